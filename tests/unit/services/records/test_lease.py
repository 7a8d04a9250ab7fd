"""Only the current owner of a leased record changes or removes it."""

from datetime import timedelta
from pathlib import Path

import pytest

from shared.domain import clock
from shared.domain.keys import Key
from shared.services.records.documents import Documents, put
from shared.services.records.lease import Lease, LeasedRecord
from shared.services.records.transact import ATTEMPTS
from tests.unit.services.records.contended import ContendedRecords

KEY = Key("desks", "one")
LATER = clock.now() + timedelta(hours=1)


class Desk(LeasedRecord):
    note: str = ""


class Desks:
    def __init__(self, path: Path) -> None:
        self.records = ContendedRecords(path)
        self.documents = Documents(self.records, lambda _: None)
        self.take("anna")

    def take(self, owner: str) -> None:
        self.documents.write(put(KEY, Desk(owner=owner)))

    def lease(self, owner: str = "anna") -> Lease[Desk]:
        return Lease(self.documents, Desk, KEY, owner)

    def stored(self) -> Desk | None:
        return self.documents.get(Desk, KEY)


@pytest.fixture
def desks(tmp_path: Path) -> Desks:
    return Desks(tmp_path / "records.sqlite")


def noted(desk: Desk) -> Desk:
    return desk.model_copy(update={"note": "mine"})


def test_owner_changes_record(desks: Desks) -> None:
    assert desks.lease().change(noted, LATER)
    assert desks.stored() == Desk(owner="anna", note="mine")


def test_change_without_effect_writes_nothing(desks: Desks) -> None:
    desks.records.writes = 0
    assert desks.lease().change(lambda desk: desk, LATER)
    assert desks.records.writes == 0


def test_change_sets_expiry(desks: Desks) -> None:
    assert desks.lease().change(noted, clock.now() - timedelta(seconds=1))
    assert desks.stored() is None


def test_owner_that_lost_lease_changes_nothing(desks: Desks) -> None:
    desks.take("bert")
    assert not desks.lease().change(noted, LATER)
    assert desks.stored() == Desk(owner="bert")


def test_owner_that_loses_lease_during_change_changes_nothing(desks: Desks) -> None:
    desks.records.rival = lambda: desks.take("bert")
    desks.records.conflicts = 1
    assert not desks.lease().change(noted, LATER)
    assert desks.stored() == Desk(owner="bert")


def test_removed_record_is_not_restored(desks: Desks) -> None:
    desks.lease().release()
    assert not desks.lease().change(noted, LATER)
    assert desks.stored() is None


def test_concurrent_write_of_same_owner_keeps_lease(desks: Desks) -> None:
    desks.records.rival = lambda: desks.take("anna")
    desks.records.conflicts = 1
    assert desks.lease().change(noted, LATER)
    assert desks.stored() == Desk(owner="anna", note="mine")


def test_lease_counts_as_lost_after_conflict_in_each_attempt(desks: Desks) -> None:
    desks.records.rival = lambda: desks.take("anna")
    desks.records.conflicts = ATTEMPTS
    assert not desks.lease().change(noted, LATER)


def test_only_owner_releases_record(desks: Desks) -> None:
    desks.lease("bert").release()
    assert desks.stored() is not None
    desks.lease().release()
    assert desks.stored() is None


def test_release_during_takeover_removes_nothing(desks: Desks) -> None:
    desks.records.rival = lambda: desks.take("bert")
    desks.records.conflicts = 1
    desks.lease().release()
    assert desks.stored() == Desk(owner="bert")
