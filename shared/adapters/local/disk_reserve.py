"""Room on the disk that uploads leave free, and a file that deletions can exchange for room.

Two amounts of room protect a server whose disk fills up:

- Data of media is stored only while more than the reserve is free. Records may still be written.
- Other programs may fill the rest. Then the ballast, a file of this server, is deleted, so that the server
  can start and delete media. The ballast is written again once there is room for it and the reserve.
"""

import errno
import logging
import os
import shutil
import threading
from pathlib import Path
from typing import Final

DEFAULT_RESERVE_BYTES: Final = 512 * 1024**2
"""The reserve of disks of 5 GiB and more; smaller disks reserve a tenth."""

_MOST_BALLAST_BYTES: Final = 64 * 1024**2
_BALLAST: Final = "reserve.bin"
_BLOCK_BYTES: Final = 1024**2

log = logging.getLogger(__name__)


class DiskReserve:
    """The reserve of the disk of one data folder. Several threads may use it."""

    def __init__(self, folder: Path, reserve_bytes: int | None) -> None:
        """``reserve_bytes`` None selects the default. 0 disables the reserve and the ballast."""
        self._folder = folder
        self._given = reserve_bytes
        self._ballast = folder / _BALLAST
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """The reserve in bytes, without the ballast."""
        if self._given is not None:
            return self._given
        return min(DEFAULT_RESERVE_BYTES, shutil.disk_usage(self._folder).total // 10)

    @property
    def ballast_size(self) -> int:
        return min(_MOST_BALLAST_BYTES, self.size // 4)

    def require_room(self, size: int = 0) -> None:
        """Check that ``size`` bytes can be stored outside the reserve.

        Raises: OSError: ENOSPC.
        """
        if self._free() - size < self.size:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._folder))

    def release(self) -> bool:
        """Delete the ballast. Returns whether this made room."""
        with self._lock:
            try:
                self._ballast.unlink()
            except FileNotFoundError:
                return False
        log.warning("The disk of %s is full. Delete media, or make room.", self._folder)
        return True

    def tend(self) -> None:
        """Release the ballast if the disk is almost full; write it if it is absent and there is room.

        It does nothing while the folder does not exist.
        """
        if not self._folder.is_dir():
            return
        ballast = self.ballast_size
        if not ballast:
            return
        if self._free() < ballast // 4:
            self.release()
        elif self._free() >= self.size + ballast and not self._ballast.exists():
            self._write(ballast)

    def _free(self) -> int:
        return shutil.disk_usage(self._folder).free

    def _write(self, size: int) -> None:
        """Write the ballast. Its bytes are random, because some file systems compress zeros away."""
        incoming = self._ballast.with_suffix(".incoming")
        block = os.urandom(min(size, _BLOCK_BYTES))
        with self._lock:
            try:
                with incoming.open("wb") as file:
                    for at in range(0, size, _BLOCK_BYTES):
                        file.write(block[: size - at])
                    file.flush()
                    os.fsync(file.fileno())
                incoming.replace(self._ballast)
            except OSError as error:  # another program took the room meanwhile
                log.warning("The reserve on the disk could not be written: %s", error.strerror)
                incoming.unlink(missing_ok=True)
