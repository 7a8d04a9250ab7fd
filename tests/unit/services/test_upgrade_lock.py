"""Two upgrades of one archive do not work on it together."""

from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from shared.adapters.local import records
from shared.adapters.local.records import SqliteRecords
from shared.domain import keys
from shared.domain.clock import now
from shared.services import upgrade_lock
from shared.services.documents import Documents
from shared.services.upgrade_lock import LEASE, UpgradeLock, UpgradeUnderWay


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


def test_who_comes_second_is_told_who_is_at_work(documents: Documents) -> None:
    with (
        UpgradeLock(documents, "Process 1 on one"),
        pytest.raises(UpgradeUnderWay, match="Process 1 on one has been upgrading"),
        UpgradeLock(documents, "Process 2 on two"),
    ):
        pass
    with UpgradeLock(documents, "Process 2 on two"):
        pass
    assert documents.records.get(keys.archive_upgrade()) is None


def test_it_is_kept_for_as_long_as_something_is_done(documents: Documents, clock: Clock) -> None:
    with UpgradeLock(documents, "one", LEASE) as lock:
        for _ in range(30):
            clock.pass_by(LEASE / 25)
            lock.renew()
        with pytest.raises(UpgradeUnderWay), UpgradeLock(documents, "two"):
            pass


def test_what_was_cut_off_is_in_nobodys_way_for_long(documents: Documents, clock: Clock) -> None:
    cut_off = UpgradeLock(documents, "one", LEASE).__enter__()
    clock.pass_by(LEASE)
    with UpgradeLock(documents, "two"):
        with pytest.raises(UpgradeUnderWay, match="two has been upgrading"):
            cut_off.renew()
        cut_off.__exit__(None, None, None)
        assert documents.records.get(keys.archive_upgrade()) is not None
    with pytest.raises(UpgradeUnderWay, match="begin it again"):
        cut_off.renew()
