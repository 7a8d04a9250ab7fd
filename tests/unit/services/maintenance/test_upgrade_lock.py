"""The upgrade lock keeps two processes from upgrading one archive at the same time."""

from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from shared.adapters.local.records import records
from shared.adapters.local.records.records import SqliteRecords
from shared.domain import keys
from shared.domain.clock import now
from shared.services.maintenance import upgrade_lock
from shared.services.maintenance.upgrade_lock import LEASE, UpgradeInProgress, UpgradeLock
from shared.services.records.documents import Documents


class Clock:
    """The lock's and the records' time, which passes as a test says."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        return now() + self._ahead

    def pass_by(self, time: timedelta) -> None:
        self._ahead += time


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(upgrade_lock, "now", made)
    monkeypatch.setattr(records, "time", SimpleNamespace(time=lambda: made().timestamp()))
    return made


@pytest.fixture
def documents(tmp_path: Path) -> Documents:
    return Documents(SqliteRecords(tmp_path / "records.sqlite"))


def test_second_process_gets_name_of_lock_owner(documents: Documents) -> None:
    with (
        UpgradeLock(documents, "Process 1 on one"),
        pytest.raises(UpgradeInProgress, match="Process 1 on one has been upgrading"),
        UpgradeLock(documents, "Process 2 on two"),
    ):
        pass
    with UpgradeLock(documents, "Process 2 on two"):
        pass
    assert documents.records.get(keys.archive_upgrade()) is None


def test_renewed_lock_outlasts_its_lease(documents: Documents, clock: Clock) -> None:
    with UpgradeLock(documents, "one", LEASE) as lock:
        for _ in range(30):
            clock.pass_by(LEASE / 25)
            lock.renew()
        with pytest.raises(UpgradeInProgress), UpgradeLock(documents, "two"):
            pass


def test_lock_of_interrupted_process_expires(documents: Documents, clock: Clock) -> None:
    interrupted = UpgradeLock(documents, "one", LEASE).__enter__()
    clock.pass_by(LEASE)
    with UpgradeLock(documents, "two"):
        with pytest.raises(UpgradeInProgress, match="two has been upgrading"):
            interrupted.renew()
        interrupted.__exit__(None, None, None)
        assert documents.records.get(keys.archive_upgrade()) is not None
    with pytest.raises(UpgradeInProgress, match="Run it again"):
        interrupted.renew()
