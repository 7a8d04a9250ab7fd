"""Two upgrades of one archive do not work on it together."""

import time
from datetime import timedelta
from pathlib import Path

import pytest

from shared.adapters.local.records.records import SqliteRecords
from shared.domain import keys
from shared.services.maintenance.upgrade_lock import UpgradeLock, UpgradeUnderWay
from shared.services.records.documents import Documents

SHORT = timedelta(milliseconds=60)


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


def test_it_is_kept_for_as_long_as_something_is_done(documents: Documents) -> None:
    with UpgradeLock(documents, "one", timedelta(seconds=0.5)) as lock:
        begun = time.monotonic()
        while time.monotonic() < begun + 0.6:
            time.sleep(0.02)
            lock.renew()
        with pytest.raises(UpgradeUnderWay), UpgradeLock(documents, "two"):
            pass


def test_what_was_cut_off_is_in_nobodys_way_for_long(documents: Documents) -> None:
    cut_off = UpgradeLock(documents, "one", SHORT).__enter__()
    time.sleep(0.07)
    with UpgradeLock(documents, "two"):
        with pytest.raises(UpgradeUnderWay, match="two has been upgrading"):
            cut_off.renew()
        cut_off.__exit__(None, None, None)
        assert documents.records.get(keys.archive_upgrade()) is not None
    with pytest.raises(UpgradeUnderWay, match="begin it again"):
        cut_off.renew()
