"""Connections to one SQLite file, for several threads and processes."""

import shutil
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from shared.domain.errors import Unavailable

_BUSY_SECONDS: Final = 30.0
_RETRY_SECONDS: Final = 0.01
_PAGE_BYTES: Final = 16384
_PRIMARY_CODE: Final = 0xFF
_FULL_BYTES: Final = 1024**2
"""With less room than this, an I/O error of SQLite counts as a full disk, on which no file can grow."""


class StorageFull(Unavailable):
    """The disk is full. ``made_room``: there is room again, and another attempt may succeed."""

    code = "storage_full"

    def __init__(self, message: str, *, details: Mapping[str, Any], made_room: bool) -> None:
        super().__init__(message, details=details)
        self.made_room = made_room


class SqliteConnections:
    """Readers never wait. The writers of one process queue for a single writing connection.

    With one writing connection per thread, the threads would wait in SQLite's busy handler, which polls and
    can starve a writer. Here only writers of different processes use it.

    Commits are ``synchronous=FULL``: an acknowledged write survives a power failure and ``kill -9``
    (``NORMAL`` only survives the latter). The cost is one fsync per transaction.
    """

    def __init__(
        self,
        path: Path,
        schema: Sequence[str],
        schema_version: int,
        make_room: Callable[[], bool] = lambda: False,
        *,
        mapped_bytes: int = 0,
    ) -> None:
        """Open or create ``path``, readable by its owner only.

        ``make_room`` is called when the disk is full. It returns whether it made room. Readers map the first
        ``mapped_bytes`` of the file into memory, which saves copies of pages.

        Raises:
            Unavailable: the file is no database, is locked for too long, or was written by a newer release.
        """
        self._path = path
        self._make_room = make_room
        self._mapped_bytes = mapped_bytes
        self._write_lock = threading.Lock()
        self._readers: deque[sqlite3.Connection] = deque()
        self._closed = False
        self._is_rewriting = False
        self._may_rewrite = True
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=True)
        self._writer = self._connect()
        try:
            self._prepare(schema, schema_version)
        except BaseException:
            self._writer.close()
            raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Provide a connection for exclusive use in the block. Raises: Unavailable."""
        self._require_open()
        try:
            connection = self._readers.pop()
        except IndexError:
            connection = self._connect(self._mapped_bytes)
        try:
            yield connection
        except sqlite3.DatabaseError as error:
            raise self._unavailable(error) from error
        finally:
            self._give_back(connection)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Provide the writing connection in a transaction, which an exception rolls back.

        Raises:
            Unavailable: another process holds the write lock for too long.
            StorageFull: the disk is full.
        """
        with self._write_lock:
            self._require_open()
            try:
                self._writer.execute("BEGIN IMMEDIATE")
                yield self._writer
                self._writer.execute("COMMIT")
            except sqlite3.DatabaseError as error:
                raise self._unavailable(error) from error
            finally:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")

    def rewrite(self) -> None:
        """Write the file anew (``VACUUM``). Readers go on, and writers wait.

        The new pages are first in a file in the system's folder for temporary files, then in the write-ahead
        log.

        Raises: Unavailable: the file stays as it is, for example because a disk has no room.
        """
        with self._write_lock:
            self._require_open()
            self._is_rewriting = True
            try:
                if not self._may_rewrite:
                    raise Unavailable(f"The store {self._path.name} is not rewritten now.")
                self._writer.execute("VACUUM")
            except sqlite3.DatabaseError as error:
                raise Unavailable(f"The store {self._path.name} cannot be rewritten: {error}.") from error
            finally:
                self._is_rewriting = False

    def end_rewrites(self) -> None:
        """Let a ``rewrite`` in another thread fail soon, and every later one at once."""
        self._may_rewrite = False
        while self._is_rewriting:
            self._writer.interrupt()  # without effect if the statement has not begun
            time.sleep(_RETRY_SECONDS)

    def close(self) -> None:
        """Close every connection. A connection that is reading closes when the read ends."""
        with self._write_lock:
            self._closed = True
            self._writer.close()
            self._close_readers()

    def _connect(self, mapped_bytes: int = 0) -> sqlite3.Connection:
        """Open a connection. Raises: Unavailable."""
        try:
            connection = sqlite3.connect(
                self._path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute(f"PRAGMA mmap_size = {mapped_bytes}")
        except sqlite3.DatabaseError as error:
            raise self._unavailable(error) from error
        return connection

    def _prepare(self, schema: Sequence[str], schema_version: int) -> None:
        try:
            self._writer.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
            self._switch_to_wal()
        except sqlite3.DatabaseError as error:
            raise self._unavailable(error) from error
        with self.writing() as connection:
            (found,) = connection.execute("PRAGMA user_version").fetchone()
            if found > schema_version:
                raise Unavailable(f"{self._path} was written by a newer release (layout {found}).")
            for statement in schema:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {schema_version}")

    def _switch_to_wal(self) -> None:
        """Enable write-ahead logging, with retries.

        Processes that create the file concurrently get SQLITE_BUSY here immediately: to avoid a deadlock,
        SQLite does not call the busy handler when a read lock is upgraded to a write lock.
        """
        deadline = time.monotonic() + _BUSY_SECONDS
        while True:
            try:
                self._writer.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(_RETRY_SECONDS)
            else:
                return

    def _give_back(self, connection: sqlite3.Connection) -> None:
        self._readers.append(connection)
        if self._closed:
            self._close_readers()

    def _close_readers(self) -> None:
        while self._readers:
            try:
                self._readers.pop().close()
            except IndexError:  # another thread took the last one
                return

    def _require_open(self) -> None:
        if self._closed:
            raise Unavailable(f"{self._path} is closed.")

    def _unavailable(self, error: sqlite3.DatabaseError) -> Unavailable:
        message = f"The store {self._path.name} cannot be used: {error}."
        details = {"file": self._path.name}
        if self._is_full(error):
            return StorageFull(message, details=details, made_room=self._make_room())
        return Unavailable(message, details=details)

    def _is_full(self, error: sqlite3.DatabaseError) -> bool:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK)
        if code & _PRIMARY_CODE == sqlite3.SQLITE_IOERR:
            return shutil.disk_usage(self._path.parent).free < _FULL_BYTES
        return code == sqlite3.SQLITE_FULL
