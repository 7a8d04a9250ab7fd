"""Tickets of the live stream over real records."""

import sqlite3
import threading
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from shared.adapters.local.records.records import SqliteRecords
from shared.domain import clock
from shared.domain.access import Caller, Scope
from shared.domain.errors import NotAuthenticated
from shared.services.notifications.stream_tickets import TICKET_LIFE, StreamTickets
from shared.services.records.documents import Documents

ANNA = Caller(tenant_id="anna", user_id="usr_anna", key_id="key_1", scopes=frozenset({Scope.ADMIN}))


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "records.sqlite"


@pytest.fixture
def tickets(database: Path) -> StreamTickets:
    return StreamTickets(Documents(SqliteRecords(database)))


def test_ticket_opens_one_stream_of_its_caller(tickets: StreamTickets) -> None:
    ticket = tickets.issue(ANNA)
    caller = tickets.redeem(ticket)
    assert (caller.tenant_id, caller.user_id, caller.key_id) == ("anna", "usr_anna", "key_1")
    assert caller.scopes == {Scope.READ}
    with pytest.raises(NotAuthenticated, match="used") as refused:
        tickets.redeem(ticket)
    assert refused.value.code == "authentication_invalid_ticket"


@pytest.mark.parametrize("ticket", ["", "tkt_" + "0" * 64, "sk_live_" + "0" * 48, "tkt_\ud800", "tkt_#"])
def test_unknown_ticket_is_refused(tickets: StreamTickets, ticket: str) -> None:
    with pytest.raises(NotAuthenticated):
        tickets.redeem(ticket)


def test_ticket_expires(tickets: StreamTickets, monkeypatch: pytest.MonkeyPatch) -> None:
    earlier = clock.now() - TICKET_LIFE - timedelta(seconds=1)
    with monkeypatch.context() as patched:
        patched.setattr(clock, "now", lambda: earlier)
        ticket = tickets.issue(ANNA)
    with pytest.raises(NotAuthenticated):
        tickets.redeem(ticket)


def test_ticket_is_not_stored(tickets: StreamTickets, database: Path) -> None:
    ticket = tickets.issue(ANNA)
    stored = b"".join(path.read_bytes() for path in database.parent.iterdir())
    assert ticket.removeprefix("tkt_").encode() not in stored


def test_ticket_used_at_once_by_many_opens_one_stream(tickets: StreamTickets, database: Path) -> None:
    ticket = tickets.issue(ANNA)
    opened: list[Caller] = []
    together = threading.Barrier(8)

    def use() -> None:
        mine = StreamTickets(Documents(SqliteRecords(database)))
        together.wait()
        with suppress(NotAuthenticated):
            opened.append(mine.redeem(ticket))

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 1
    with closing(sqlite3.connect(database)) as connection:
        left = connection.execute("SELECT count(*) FROM record WHERE partition GLOB 'stream-ticket#*'")
        assert left.fetchone() == (0,)
