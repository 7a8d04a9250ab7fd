"""The upgrade lock keeps two processes from upgrading one archive at the same time."""

import time
from datetime import timedelta
from pathlib import Path

import pytest

from shared.adapters.local.records.records import SqliteRecords
from shared.domain import keys
from shared.services.maintenance.upgrade_lock import UpgradeInProgress, UpgradeLock
from shared.services.records.documents import Documents

SHORT = timedelta(milliseconds=60)


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


def test_renewed_lock_outlasts_its_lease(documents: Documents) -> None:
    with UpgradeLock(documents, "one", timedelta(seconds=0.5)) as lock:
        start = time.monotonic()
        while time.monotonic() < start + 0.6:
            time.sleep(0.02)
            lock.renew()
        with pytest.raises(UpgradeInProgress), UpgradeLock(documents, "two"):
            pass


def test_lock_of_interrupted_process_expires(documents: Documents) -> None:
    interrupted = UpgradeLock(documents, "one", SHORT).__enter__()
    time.sleep(0.07)
    with UpgradeLock(documents, "two"):
        with pytest.raises(UpgradeInProgress, match="two has been upgrading"):
            interrupted.renew()
        interrupted.__exit__(None, None, None)
        assert documents.records.get(keys.archive_upgrade()) is not None
    with pytest.raises(UpgradeInProgress, match="Run it again"):
        interrupted.renew()
