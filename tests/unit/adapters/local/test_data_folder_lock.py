import os
import subprocess
import sys
from pathlib import Path

import pytest

from shared.adapters.local.data_folder_lock import DataFolderInUse, DataFolderLock
from tests.waiting import HANG_TIMEOUT

HOLD = (
    "import sys; from pathlib import Path\n"
    "from shared.adapters.local.data_folder_lock import DataFolderLock\n"
    "lock = DataFolderLock(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
)


def test_second_server_is_refused_with_process_id_of_first(tmp_path: Path) -> None:
    with DataFolderLock(tmp_path), pytest.raises(DataFolderInUse, match=f"process id {os.getpid()}"):
        DataFolderLock(tmp_path)


def test_folder_is_free_after_release(tmp_path: Path) -> None:
    DataFolderLock(tmp_path).release()
    with DataFolderLock(tmp_path / "new" / "folder"), DataFolderLock(tmp_path):
        pass


def test_kill_9_releases_folder(tmp_path: Path) -> None:
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    with pytest.raises(DataFolderInUse, match=f"process id {other.pid}"):
        DataFolderLock(tmp_path)
    other.kill()
    other.communicate(timeout=HANG_TIMEOUT)
    DataFolderLock(tmp_path).release()
