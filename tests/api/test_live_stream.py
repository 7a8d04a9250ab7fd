"""The live stream of a server that sends an answer while it is being made."""

import os
import signal
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from functions.api.application import create_application
from functions.api.processing import answer
from shared.adapters.local.records.records import SqliteRecords
from shared.domain import clock
from shared.domain.access import Scope
from shared.domain.events.event import Event
from shared.domain.events.payloads import ConnectorPayload
from shared.domain.events.stream_position import first_id
from shared.domain.events.types import EventType
from shared.domain.ids import EVENT, new_id
from shared.runtime import Runtime
from shared.runtime.local import local_runtime
from shared.services.access.api_keys import ApiKeys
from shared.services.records.documents import Documents
from shared.services.records.event_log import event_write
from shared.settings import Settings
from tests.api.live_client import STREAM, live, serving
from tests.server_process import ServerProcess
from tests.waiting import HANG_TIMEOUT, wait_until

pytestmark = pytest.mark.slow

PAYLOAD = ConnectorPayload(connector_id="con_1", name="archive", provider="s3", status="active")


def event(event_id: str | None = None, tenant: str = "acme") -> Event:
    made = Event.of(EventType.CONNECTOR_CREATED, PAYLOAD, tenant_id=tenant)
    return made if event_id is None else made.model_copy(update={"event_id": event_id})


def append(records: SqliteRecords, *events: Event) -> list[str]:
    for start in range(0, len(events), 100):
        records.write(*(event_write(each) for each in events[start : start + 100]))
    return sorted(each.event_id for each in events)


class Served:
    """A server in this process with one key."""

    def __init__(self, folder: Path, **settings: float) -> None:
        data = Settings(data_folder=folder / "data", public_base_url="http://testserver")
        self.runtime: Runtime = local_runtime(data.model_copy(update=settings))
        self.application = create_application(self.runtime)
        self.key_id, self.key = self.new_key("acme")

    def new_key(self, tenant: str) -> tuple[str, str]:
        key, secret = self.runtime.access.api_keys.create(tenant, "usr_1", "test", [Scope.READ])
        return key.key_id, secret

    def append(self, *events: Event) -> list[str]:
        records = self.runtime.ports.records
        assert isinstance(records, SqliteRecords)
        return append(records, *events)


@pytest.fixture
def served(tmp_path: Path) -> Served:
    return Served(tmp_path)


def test_event_arrives_at_its_commit(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commit wakes the stream: it does not poll within the time of this test."""
    monkeypatch.setattr(answer, "_POLL_SECONDS", HANG_TIMEOUT)
    with serving(served.application) as base_url, live(base_url, served.key) as client:
        client.wait_for_position()
        committed = []
        for count in range(1, 6):
            committed += served.append(event())
            client.wait_for(count)
        assert client.event_ids == committed


def test_quiet_stream_has_heartbeats_with_position(tmp_path: Path) -> None:
    served = Served(tmp_path, event_stream_heartbeat_seconds=0.2)
    with serving(served.application) as base_url, live(base_url, served.key) as client:
        client.wait_for_position()
        start = client.parser.last_event_id
        wait_until(lambda: client.parser.comments > 2)
        wait_until(lambda: client.parser.last_event_id > start)
        assert client.messages == []


def test_client_that_goes_frees_its_place(tmp_path: Path) -> None:
    served = Served(tmp_path, event_streams_per_tenant=2)
    with serving(served.application) as base_url:
        with live(base_url, served.key) as first, live(base_url, served.key) as second:
            assert (first.status, second.status) == (200, 200)
            url, headers = base_url + STREAM, {"X-API-Key": served.key}
            refused = httpx.get(url, headers=headers, timeout=HANG_TIMEOUT)
            assert (refused.status_code, refused.json()["error"]["code"]) == (429, "too_many_open_streams")
            assert int(refused.headers["Retry-After"]) > 0
            with live(base_url, served.new_key("beta")[1]) as other:
                assert other.status == 200
        wait_until(lambda: len(served.application.state.open_streams) == 0)
        with live(base_url, served.key) as again:
            assert again.status == 200


def test_refused_request_takes_no_place(tmp_path: Path) -> None:
    served = Served(tmp_path, event_streams_per_tenant=1)
    with serving(served.application) as base_url:
        for query, status in (("?last_event_id=garbage", 400), ("", 200)):
            url, headers = base_url + STREAM + query, {"X-API-Key": served.key}
            assert httpx.head(url, headers=headers, timeout=HANG_TIMEOUT).status_code == status
        assert len(served.application.state.open_streams) == 0


def test_waiting_streams_hold_no_thread(tmp_path: Path) -> None:
    """More streams than there are threads for requests wait, and the server answers."""
    served = Served(tmp_path, event_streams_per_tenant=100)
    with serving(served.application) as base_url:
        clients = [live(base_url, served.key) for _ in range(70)]
        opened = [client.__enter__() for client in clients]
        try:
            for client in opened:
                client.wait_for_position()
            committed = served.append(event())
            for client in opened:
                client.wait_for(1)
                assert client.event_ids == committed
        finally:
            for each in clients:
                each.__exit__(None, None, None)


@pytest.mark.parametrize("by_ticket", [False, True])
def test_stream_of_revoked_key_ends(served: Served, *, by_ticket: bool) -> None:
    with serving(served.application) as base_url:
        query: dict[str, str] = {}
        if by_ticket:
            headers = {"X-API-Key": served.key}
            made = httpx.post(f"{base_url}/processing/events/ticket", headers=headers, timeout=HANG_TIMEOUT)
            query["ticket"] = made.json()["ticket"]
        with live(base_url, None if by_ticket else served.key, **query) as client:
            client.wait_for_position()
            served.runtime.access.api_keys.revoke("acme", served.key_id)
            client.wait_for_end()
        assert client.error is None
        (message,) = client.messages
    assert message.event == "processing.stream_error"
    assert message.json()["payload"]["code"] == "authentication_invalid_api_key"
    assert message.json()["payload"]["retryable"] is False


def test_answer_of_limited_time_ends_regularly(tmp_path: Path) -> None:
    served = Served(tmp_path, event_stream_seconds=0.3)
    with serving(served.application) as base_url, live(base_url, served.key) as client:
        client.wait_for_end()
        assert (client.error, client.parser.retry, client.messages) == (None, 3000, [])


def test_failure_of_records_ends_stream_with_error(served: Served) -> None:
    with serving(served.application) as base_url, live(base_url, served.key) as client:
        client.wait_for_position()
        with closing(sqlite3.connect(served.runtime.settings.data_folder / "records.sqlite")) as connection:
            connection.execute("ALTER TABLE record RENAME TO lost")
            connection.commit()
        client.wait_for_end()
        (message,) = client.messages
    assert client.error is None
    assert message.json()["payload"] == {
        "code": "service_unavailable",
        "message": message.json()["payload"]["message"],
        "retryable": True,
    }


@pytest.fixture
def process(tmp_path: Path) -> Iterator[ServerProcess]:
    server = ServerProcess(tmp_path, VIDEOVECTOR_SERVER_DEFAULT_INDEX="false")
    server.start()
    yield server
    server.kill()


def records_of(server: ServerProcess) -> SqliteRecords:
    return SqliteRecords(server.data_folder / "records.sqlite")


def key_of(server: ServerProcess, tenant: str = "acme") -> str:
    return ApiKeys(Documents(records_of(server))).create(tenant, "usr_1", "test", [Scope.READ])[1]


def test_resume_over_kill_misses_no_overtaken_commit(process: ServerProcess) -> None:
    """Two transactions commit in the reverse order of their ids, the later one while the server is down."""
    records, key = records_of(process), key_of(process)
    with live(process.base_url, key) as client:
        client.wait_for_position()
        late, early = new_id(EVENT), first_id(clock.now() + timedelta(milliseconds=20))
        append(records, event(early))
        client.wait_for(1)
        wait_until(lambda: client.parser.last_event_id not in ("", early))
        process.kill()
        client.wait_for_end()
        assert client.event_ids == [early]
    append(records, event(late))
    process.start()
    with live(process.base_url, key, client.parser.last_event_id) as resumed:
        resumed.wait_for(1)
        following = append(records, event())
        resumed.wait_for(2)
        assert resumed.event_ids == [late, *following]


def test_open_stream_ends_when_server_stops(process: ServerProcess) -> None:
    key = key_of(process)
    with live(process.base_url, key) as client:
        client.wait_for_position()
        os.kill(process.process_id(), signal.SIGTERM)
        client.wait_for_end()
        assert client.error is None
        assert client.parser.retry == 3000
    process.wait()
    assert "graceful shutdown exceeded" not in process.log()
    assert "Traceback" not in process.log()


def test_client_that_does_not_read_costs_bounded_memory(process: ServerProcess) -> None:
    """Ten connections ask for 100,000 events, 54 MB each, and read nothing."""
    records, key = records_of(process), key_of(process)
    age = first_id(clock.now() - timedelta(hours=2))[:14]
    events = [event(age + new_id(EVENT)[14:]) for _ in range(100_000)]
    append(records, *events)
    with live(process.base_url, key, batch_size=100) as warm:
        warm.wait_for_position()
    before = process.resident_bytes()
    oldest = first_id(clock.now() - timedelta(hours=3))
    connections = [socket.create_connection(("127.0.0.1", process.port)) for _ in range(10)]
    try:
        for connection in connections:
            connection.sendall(
                f"GET /api/v2{STREAM}?batch_size=100 HTTP/1.1\r\nHost: a\r\nX-API-Key: {key}\r\n"
                f"Last-Event-ID: {oldest}.\r\n\r\n".encode()
            )
        for connection in connections:
            connection.settimeout(HANG_TIMEOUT)
            assert connection.recv(12) == b"HTTP/1.1 200"
        with live(process.base_url, key, f"{oldest}.", batch_size=100) as reader:
            reader.wait_for(100_000)
            assert reader.event_ids == sorted(each.event_id for each in events)
        assert process.resident_bytes() - before < 60_000_000
    finally:
        for connection in connections:
            connection.close()
