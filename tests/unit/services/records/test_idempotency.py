"""At most one effect per Idempotency-Key: claims, answers, and what another owner may take over."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.local.records.records import SqliteRecords
from shared.domain import clock
from shared.domain.errors import IdempotencyMismatch
from shared.domain.keys import Key
from shared.ports.records import Delete
from shared.services.records.idempotency import LEASE, Claim, Idempotency, InProgress, Replay, canonical
from tests.unit.services.records.contended import ContendedRecords

OPERATION = "POST /prompts"
CONTENT = {"name": "People"}


class Clock:
    """The time that claims and leases see."""

    def __init__(self) -> None:
        self.moment = datetime(2030, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    time = Clock()
    monkeypatch.setattr(clock, "now", time)
    return time


@pytest.fixture
def records(tmp_path: Path) -> ContendedRecords:
    return ContendedRecords(tmp_path / "records.sqlite")


@pytest.fixture
def server(records: SqliteRecords) -> Idempotency:
    return Idempotency(records, keep_hours=24)


@pytest.fixture
def other(records: SqliteRecords) -> Idempotency:
    """Another process that answers from the same records."""
    return Idempotency(records, keep_hours=24)


def claim(server: Idempotency, content: Any = CONTENT, key: str = "k", operation: str = OPERATION) -> Claim:
    claimed = server.claim("anna", operation, key, content)
    assert isinstance(claimed, Claim)
    return claimed


def test_answer_is_replayed_for_same_content(server: Idempotency, other: Idempotency) -> None:
    server.complete(claim(server), 201, {"id": "prm_1"})
    for each in (server, other):
        assert each.claim("anna", OPERATION, "k", {"name": "People"}) == Replay(201, {"id": "prm_1"})


@pytest.mark.parametrize("answered", [True, False])
def test_other_content_is_refused(server: Idempotency, answered: bool) -> None:
    claimed = claim(server)
    if answered:
        server.complete(claimed, 201, None)
    with pytest.raises(IdempotencyMismatch):
        server.claim("anna", OPERATION, "k", {"name": "Other"})


def test_tenants_operations_and_keys_are_apart(server: Idempotency) -> None:
    first = claim(server)
    seeds = {
        claim(server, {"name": "Other"}, key="k2").seed,
        claim(server, {"name": "Other"}, operation="POST /indexes").seed,
        first.seed,
    }
    foreign = server.claim("bert", OPERATION, "k", {"name": "Other"})
    assert isinstance(foreign, Claim)
    assert len({*seeds, foreign.seed}) == 4


def test_claim_is_exclusive_until_its_lease_ends(
    server: Idempotency, other: Idempotency, time: Clock
) -> None:
    first = claim(server)
    time.moment += LEASE - timedelta(milliseconds=1)
    for each in (server, other):
        with pytest.raises(InProgress) as refused:
            claim(each)
        assert refused.value.code == "idempotency_request_in_progress"
    time.moment += timedelta(milliseconds=1)
    assert claim(other).seed == first.seed


def test_renewed_lease_lasts_longer(server: Idempotency, other: Idempotency, time: Clock) -> None:
    first = claim(server)
    time.moment += LEASE / 2
    server.renew(first)
    time.moment += LEASE / 2
    with pytest.raises(InProgress):
        claim(other)
    time.moment += LEASE / 2
    assert claim(other).seed == first.seed


def test_abandoned_claim_is_taken_over_at_once(server: Idempotency, other: Idempotency) -> None:
    first = claim(server)
    server.abandon(first)
    with pytest.raises(IdempotencyMismatch):
        claim(other, {"name": "Other"})
    assert claim(other).seed == first.seed


def test_forgotten_key_is_free_for_any_content(server: Idempotency) -> None:
    first = claim(server)
    server.forget(first)
    assert claim(server, {"name": "Other"}).seed != first.seed


def _renew(server: Idempotency, lost: Claim) -> None:
    server.renew(lost)


def _abandon(server: Idempotency, lost: Claim) -> None:
    server.abandon(lost)


def _forget(server: Idempotency, lost: Claim) -> None:
    server.forget(lost)


def _complete(server: Idempotency, lost: Claim) -> None:
    server.complete(lost, 500, "late")


@pytest.mark.parametrize("act", [_renew, _abandon, _forget, _complete])
def test_owner_of_lost_claim_changes_nothing(
    server: Idempotency, other: Idempotency, time: Clock, act: Callable[[Idempotency, Claim], None]
) -> None:
    lost = claim(server)
    time.moment += LEASE
    second = claim(other)
    act(server, lost)
    with pytest.raises(InProgress):
        claim(server)
    other.complete(second, 201, "first")
    act(server, lost)
    assert server.claim("anna", OPERATION, "k", CONTENT) == Replay(201, "first")


@pytest.mark.parametrize("act", [_renew, _abandon, _complete])
def test_stored_answer_is_not_changed(server: Idempotency, act: Callable[[Idempotency, Claim], None]) -> None:
    claimed = claim(server)
    server.complete(claimed, 201, "first")
    act(server, claimed)
    assert server.claim("anna", OPERATION, "k", CONTENT) == Replay(201, "first")


@pytest.mark.parametrize("length", [0, 89_998, 89_999, 300_000])
def test_answer_of_any_length_is_replayed(server: Idempotency, length: int) -> None:
    """A JSON string has two quotes; a record holds 90,000 characters of an answer."""
    body = {"text": "ü" * length}
    server.complete(claim(server), 200, body)
    assert server.claim("anna", OPERATION, "k", CONTENT) == Replay(200, body)


def test_answer_with_missing_part_is_not_replayed(server: Idempotency, records: SqliteRecords) -> None:
    """The records of one answer expire independently of each other."""
    claimed = claim(server)
    server.complete(claimed, 200, "x" * 200_000)
    records.write(Delete(Key(claimed.key.partition, f"{claimed.key.sort}#0002")))
    with pytest.raises(InProgress):
        server.claim("anna", OPERATION, "k", CONTENT)


def test_sole_server_takes_over_claims_of_earlier_process_only(records: SqliteRecords) -> None:
    first = claim(Idempotency(records, keep_hours=24, sole_server=True))
    restarted = Idempotency(records, keep_hours=24, sole_server=True)
    assert claim(restarted).seed == first.seed
    with pytest.raises(InProgress):
        claim(restarted)


def test_one_of_two_concurrent_claims_wins(records: ContendedRecords, server: Idempotency) -> None:
    records.conflicts, records.rival = 1, lambda: claim(server)
    with pytest.raises(InProgress):
        claim(server)


def test_claim_expires_after_its_hours(records: SqliteRecords, time: Clock) -> None:
    claimed = claim(Idempotency(records, keep_hours=24))
    assert claimed.expires_at == time.moment + timedelta(hours=24)


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        ({"a": 1, "b": [1, 2]}, {"b": [1, 2], "a": 1}, True),
        ({"a": [1, 2]}, {"a": [2, 1]}, False),
        ({"a": None}, {}, False),
        ({"a": 1}, {"a": "1"}, False),
    ],
)
def test_content_is_equal_regardless_of_order_of_names(left: Any, right: Any, equal: bool) -> None:
    assert (canonical(left) == canonical(right)) is equal
