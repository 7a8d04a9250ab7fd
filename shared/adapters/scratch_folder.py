"""A folder of temporary files that outlives no process: what a killed one left goes at next start."""

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
    """Each process has a folder of its own in ``parent``, held by an advisory lock.

    The lock tells the dead from the living: the kernel drops it however a process ends. A process
    id alone would not do, since in a container every server is process 1.
    """

    def __init__(self, parent: Path) -> None:
        parent.mkdir(parents=True, exist_ok=True)
        self._parent = parent
        with (parent / _LOCK_NAME).open("w") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)  # nobody may judge a folder before its owner has locked it
            self._remove_left_overs()
            self.path = parent / f"{os.getpid()}-{secrets.token_hex(4)}"
            self.path.mkdir(mode=0o700)
            self._owner_lock = (self.path / _LOCK_NAME).open("w")
            fcntl.flock(self._owner_lock, fcntl.LOCK_EX)
        weakref.finalize(self, self._owner_lock.close)

    def new_file(self, suffix: str = "") -> Path:
        """A new empty file, which only the caller knows."""
        descriptor, name = tempfile.mkstemp(suffix=suffix, dir=self.path)
        os.close(descriptor)
        return Path(name)

    def close(self) -> None:
        """Remove the folder and all in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        self._owner_lock.close()

    def _remove_left_overs(self) -> None:
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
