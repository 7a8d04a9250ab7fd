"""A folder of temporary files per process. The next start removes the folders of killed processes."""

import fcntl
import os
import secrets
import shutil
import tempfile
import weakref
from pathlib import Path
from typing import Final

_LOCK_NAME: Final = "lock"


class ScratchFolder:
    """A folder in ``parent`` that belongs to one process, with an advisory lock.

    A held lock shows that the process is alive: the kernel releases the lock however a process ends. A
    process id is not sufficient, because in a container every server is process 1.
    """

    def __init__(self, parent: Path) -> None:
        parent.mkdir(parents=True, exist_ok=True)
        self._parent = parent
        with (parent / _LOCK_NAME).open("w") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)  # a folder must not be inspected before its owner has locked it
            self._remove_abandoned_folders()
            self.path = parent / f"{os.getpid()}-{secrets.token_hex(4)}"
            self.path.mkdir(mode=0o700)
            self._owner_lock = (self.path / _LOCK_NAME).open("w")
            fcntl.flock(self._owner_lock, fcntl.LOCK_EX)
        weakref.finalize(self, self._owner_lock.close)

    def new_file(self, suffix: str = "") -> Path:
        """Create an empty file with a unique name."""
        descriptor, name = tempfile.mkstemp(suffix=suffix, dir=self.path)
        os.close(descriptor)
        return Path(name)

    def close(self) -> None:
        """Remove the folder and its contents."""
        shutil.rmtree(self.path, ignore_errors=True)
        self._owner_lock.close()

    def _remove_abandoned_folders(self) -> None:
        for folder in self._parent.iterdir():
            if folder.is_dir() and not _is_held(folder / _LOCK_NAME):
                shutil.rmtree(folder, ignore_errors=True)


def _is_held(lock: Path) -> bool:
    try:
        with lock.open("r") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
