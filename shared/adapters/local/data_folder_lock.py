"""Lock of the data folder: a second server would run every job twice."""

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Final

_NAME: Final = "server.lock"


class DataFolderInUse(Exception):
    """Another server uses this folder. The message names the process and the folder."""


class DataFolderLock:
    """An exclusive lock, held until ``release`` or the end of the process.

    The kernel releases the lock of a dead process, also after ``kill -9``.
    """

    def __init__(self, folder: Path) -> None:
        """Acquire the lock. Raises: DataFolderInUse."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / _NAME
        # Opening must not truncate the file: it contains the process id of the server that holds the lock.
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            owner = os.read(self._descriptor, 32).decode(errors="replace").strip() or "unknown"
            os.close(self._descriptor)
            raise DataFolderInUse(
                f"The data folder {folder} is in use by the server with process id {owner}. "
                "Stop that server, or choose another folder."
            ) from error
        os.ftruncate(self._descriptor, 0)
        os.write(self._descriptor, f"{os.getpid()}\n".encode())

    def release(self) -> None:
        """Release the lock. The file is not deleted: two processes could then lock different files."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> "DataFolderLock":
        return self

    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release()
