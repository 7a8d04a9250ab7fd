"""One server to a data folder: a second would run every job twice."""

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Final

_NAME: Final = "server.lock"


class DataFolderInUse(Exception):
    """Another process serves this folder. The message names the process and the folder."""


class DataFolderLock:
    """Held until ``release`` or the end of the process, ``kill -9`` included: the kernel drops it."""

    def __init__(self, folder: Path) -> None:
        """Raises: DataFolderInUse."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / _NAME
        # Not truncated at opening: the file holds the other server's process id.
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            owner = os.read(self._descriptor, 32).decode(errors="replace").strip() or "unknown"
            os.close(self._descriptor)
            raise DataFolderInUse(
                f"The data folder {folder} is in use by the server with process id {owner}. "
                "Stop that one, or choose another folder."
            ) from error
        os.ftruncate(self._descriptor, 0)
        os.write(self._descriptor, f"{os.getpid()}\n".encode())

    def release(self) -> None:
        """The file stays: were it removed, two processes could lock two files of one name."""
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
