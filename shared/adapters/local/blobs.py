"""Blobs in a folder. The server itself signs and serves the links to them."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import quote

from shared.adapters.local import blob_walk
from shared.adapters.local.content_types import (
    by_extension,
    encode_change,
    encode_types,
    read_type,
    type_file,
)
from shared.adapters.local.disk_reserve import DiskReserve
from shared.adapters.local.durable_file import copy_durably, make_folders, sync, write_durably
from shared.adapters.local.link_tokens import LinkTokens
from shared.adapters.scratch_folder import ScratchFolder
from shared.ports.blobs import MAX_CHUNK_BYTES, BlobNotFound, BlobStat, check_key

_URI_PREFIX: Final = "media://local/"
_PLACE_ATTEMPTS: Final = 10


class FolderBlobs:
    """Implements ``shared.ports.blobs.Blobs`` and ``MediaLinks``.

    The blob ``a/b.mp4`` is the file ``objects/a/b.mp4``, so users can open it, and decoders need no copy.
    A blob is replaced by a rename, so a reader sees either the old or the new blob, complete.
    """

    def __init__(
        self,
        root: Path,
        *,
        link_base_url: Callable[[], str],
        signing_key: bytes,
        reserve: DiskReserve | None = None,
    ) -> None:
        """``link_base_url`` is called for each link: the port may be unknown until the server runs."""
        self._reserve = reserve
        self._objects = root / "objects"
        make_folders(self._objects)
        self._scratch = ScratchFolder(root / ".scratch")
        self._link_base_url = link_base_url
        self._tokens = LinkTokens(signing_key)
        self._place_lock = threading.Lock()

    def uri(self, key: str) -> str:
        return _URI_PREFIX + check_key(key)

    def key_of(self, uri: str) -> str | None:
        if not uri.startswith(_URI_PREFIX):
            return None
        try:
            return check_key(uri.removeprefix(_URI_PREFIX).partition("#")[0])
        except ValueError:
            return None

    def write(self, key: str, content: bytes, content_type: str) -> None:
        path = self._path(key)
        self.require_room(len(content))
        incoming = self._scratch.new_file()
        try:
            write_durably(incoming, content)
            self._place(incoming, path, content_type)
        finally:
            incoming.unlink(missing_ok=True)

    def adopt(self, key: str, path: Path, content_type: str) -> None:
        target = self._path(key)
        if path.is_symlink() or path.stat().st_dev != self._objects.stat().st_dev:
            self.require_room(path.stat().st_size)
            incoming = self._scratch.new_file()
            copy_durably(path, incoming)
            path.unlink()
        else:
            incoming = path
            sync(incoming)
        self._place(incoming, target, content_type)

    def read(self, key: str) -> bytes:
        with self._open(key) as file:
            return file.read()

    def stream(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        if start < 0:
            raise ValueError("start must not be negative")
        return _chunks(self._open(key), start, end)

    def stat(self, key: str) -> BlobStat | None:
        path = self._path(key)
        try:
            found = path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        return None if path.is_dir() else BlobStat(found.st_size, read_type(path, found))

    @contextmanager
    def as_file(self, key: str) -> Iterator[Path]:
        self._open(key).close()
        yield self._path(key)

    def keys(self, prefix: str) -> Iterator[str]:
        return blob_walk.keys(self._objects, prefix)

    def delete(self, key: str) -> None:
        path = self._path(key)
        blob_walk.delete_blob(path)
        blob_walk.remove_empty_folders(path.parent, self._objects)

    def delete_prefix(self, prefix: str) -> None:
        if not prefix:
            raise ValueError("an empty prefix would delete every blob")
        blob_walk.delete_prefix(self._objects, prefix)

    def scratch_file(self, suffix: str = "") -> Path:
        self.require_room()
        return self._scratch.new_file(suffix)

    def require_room(self, size: int = 0) -> None:
        if self._reserve is not None:
            self._reserve.require_room(size)

    def signed_link(self, key: str, *, expires_in: int, file_name: str | None = None) -> str:
        name = file_name or check_key(key).rsplit("/", 1)[-1]
        token = self._tokens.make(check_key(key), name, expires_in)
        return f"{self._link_base_url().rstrip('/')}/media/{_path_segment(name)}?token={token}"

    def open_link(self, token: str) -> tuple[str, str]:
        return self._tokens.open(token)

    def close(self) -> None:
        """Remove this process's scratch files."""
        self._scratch.close()

    def _path(self, key: str) -> Path:
        return self._objects / check_key(key)

    def _open(self, key: str) -> BinaryIO:
        try:
            return self._path(key).open("rb")
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
            raise BlobNotFound(key) from error

    def _place(self, incoming: Path, path: Path, content_type: str) -> None:
        """Rename ``incoming`` to ``path``. Raises: ValueError: ``path`` is a folder of other blobs."""
        for attempt in range(_PLACE_ATTEMPTS):
            try:
                with self._place_lock:
                    make_folders(path.parent)
                    self._rename(incoming, path, content_type)
                break
            except (NotADirectoryError, FileExistsError, IsADirectoryError) as error:
                raise ValueError(f"{path.relative_to(self._objects)} conflicts with another key") from error
            except FileNotFoundError:  # a concurrent deletion removed the empty folder
                if attempt == _PLACE_ATTEMPTS - 1:
                    raise
        with suppress(FileNotFoundError):  # the blob was deleted concurrently
            sync(path.parent)

    def _rename(self, incoming: Path, path: Path, content_type: str) -> None:
        if path.is_dir():
            raise IsADirectoryError(path)
        after = incoming.stat()
        try:
            before = path.stat()
            old = read_type(path, before)
        except FileNotFoundError:
            self._store_type(path, content_type)
            incoming.replace(path)
            return
        if old != content_type:
            self._write_type(path, encode_change(before, old, after, content_type))
        incoming.replace(path)
        if old != content_type:
            self._store_type(path, content_type)

    def _store_type(self, path: Path, content_type: str) -> None:
        if content_type == by_extension(path):
            type_file(path).unlink(missing_ok=True)
        else:
            self._write_type(path, encode_types(content_type))

    def _write_type(self, path: Path, content: bytes) -> None:
        incoming = self._scratch.new_file()
        write_durably(incoming, content)
        incoming.replace(type_file(path))


def _chunks(file: BinaryIO, start: int, end: int | None) -> Iterator[bytes]:
    with file:
        size = os.fstat(file.fileno()).st_size
        remaining = max(0, min(size, size if end is None else end) - start)
        file.seek(start)
        while remaining and (chunk := file.read(min(remaining, MAX_CHUNK_BYTES))):
            remaining -= len(chunk)
            yield chunk


def _path_segment(file_name: str) -> str:
    """Encode the name as one segment of a URL's path, which cannot be ``.`` or ``..``."""
    return "media" if file_name in (".", "..") else quote(file_name.replace("/", "_"), safe="")
