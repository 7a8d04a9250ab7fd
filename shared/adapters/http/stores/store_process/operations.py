"""Operations on a store with obstore, inside the process of the store."""

import contextlib
import itertools
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import IO, Any, Final

import obstore
from obstore.store import AzureStore, GCSStore, S3Store

from shared.adapters.http.stores.store_process.messages import ObjectEntry, StoreSpecification

_MEBIBYTE: Final = 1024 * 1024
_RANGE_BYTES: Final = 16 * _MEBIBYTE
"""Bytes of one request of a fetch. With the timeout of a request, the slowest permitted rate is 140 kB/s."""

_PART_BYTES: Final = 8 * _MEBIBYTE
_MAX_PARTS: Final = 9_000
"""S3 and Google permit 10,000 parts, Azure 50,000."""

_PARTS_AT_ONCE: Final = 4
_PAGE_OBJECTS: Final = 1_000
_SUBFOLDER_OBJECTS: Final = 1_000
"""A walk of one level skips a folder below it after this many objects: a page of every provider."""

_LAST_CHARACTER: Final = "\U0010ffff"

_CLIENT: Final = {
    "connect_timeout": "8s",
    "read_timeout": "45s",
    "timeout": "120s",
    "pool_idle_timeout": "30s",
    "http1_only": "true",
    "user_agent": "videovector-server",
}

AnyStore = S3Store | GCSStore | AzureStore


class TooLarge(Exception):
    """An object has more bytes than the limit. The argument is its size."""


class Changed(Exception):
    """An object was replaced while it was read."""


def opened(specification: StoreSpecification, proxy_url: str) -> AnyStore:
    """Open a store. No request is sent. The environment holds no variable that obstore reads."""
    client: dict[str, Any] = {
        **_CLIENT,
        "proxy_url": proxy_url,
        "allow_http": "true" if specification.allow_http else "false",
    }
    if specification.allow_http:
        client["pool_max_idle_per_host"] = "0"  # the proxy ends a plain connection after one request
    if specification.authorities is not None:
        client["root_certificate"] = specification.authorities
    kind: Any = {"s3": S3Store, "gcs": GCSStore, "azure": AzureStore}[specification.provider]
    retries = {
        "max_retries": 3,
        "retry_timeout": timedelta(seconds=60),
        "backoff": {
            "init_backoff": timedelta(milliseconds=100),
            "max_backoff": timedelta(seconds=2),
            "base": 2,
        },
    }
    store: AnyStore = kind(
        specification.bucket, config=specification.config, client_options=client, retry_config=retries
    )
    return store


def pages(
    store: AnyStore, prefix: str, *, recursive: bool, start_after: str = ""
) -> Iterator[list[ObjectEntry]]:
    """List the objects whose key starts with ``prefix`` and follows ``start_after``, in pages of up to 1,000.

    A page follows every 1,000 objects of the walk, so that it may hold few objects or none.
    """
    after = start_after if start_after >= prefix and start_after else None
    steps = _walk(store, prefix, after) if recursive else _level(store, prefix, after)
    while page := list(itertools.islice(steps, _PAGE_OBJECTS)):
        yield [entry for entry in page if entry is not None]


def _walk(store: AnyStore, prefix: str, after: str | None) -> Iterator[ObjectEntry | None]:
    """List in the order of the keys; None stands for an object that does not count.

    obstore's prefixes are whole folders, so the rest of a prefix is filtered here. S3 and Google list in the
    order of UTF-8, so that the walk begins just before the prefix and ends behind it.
    """
    folder, _, name = prefix.rpartition("/")
    is_ordered = not isinstance(store, AzureStore)
    if after is None and is_ordered and name[:-1].strip("."):
        after = prefix[:-1]
    for chunk in store.list(folder or None, offset=after, chunk_size=_PAGE_OBJECTS):
        for meta in chunk:
            if meta["path"].startswith(prefix):
                yield None if _marks_folder(meta) else _entry(meta)
            elif is_ordered and meta["path"] > prefix:
                return
            else:
                yield None


def _level(store: AnyStore, prefix: str, after: str | None) -> Iterator[ObjectEntry | None]:
    """List the objects without a further ``/`` after the prefix; None stands for an object below.

    A folder is left after a page of its objects: the listing goes on behind it, so that a large folder costs
    two requests.
    """
    can_skip = not isinstance(store, AzureStore)
    while True:
        folder, seen = "", 0
        for entry in _walk(store, prefix, after):
            name, slash, _ = ("", "", "") if entry is None else entry.path.removeprefix(prefix).partition("/")
            yield None if slash else entry
            if not slash:
                continue
            seen = seen + 1 if name == folder else 1
            folder = name
            if seen >= _SUBFOLDER_OBJECTS and can_skip:
                after = f"{prefix}{name}/{_LAST_CHARACTER}"
                break
        else:
            return


def _marks_folder(meta: Any) -> bool:
    """Return whether an object is the mark of a folder, as consoles make them.

    Its key ends in ``/``, which obstore strips. Nothing but its size and the missing extension tells it.
    """
    return meta["size"] == 0 and "." not in meta["path"].rpartition("/")[2]


def stat(store: AnyStore, path: str) -> ObjectEntry:
    """Return an object without its bytes."""
    result = obstore.get(store, path, options={"head": True})
    return _entry(result.meta, result.attributes.get("Content-Type"))


def fetch(store: AnyStore, path: str, file: Path, limit: int, progress: Callable[[int], None]) -> ObjectEntry:
    """Stream an object into a file, in ranges.

    Raises: TooLarge. Changed. OSError: the file cannot be written.
    """
    found = stat(store, path)
    if found.size > limit:
        raise TooLarge(found.size)
    with file.open("wb") as destination:
        for start in range(0, found.size, _RANGE_BYTES):
            end = min(start + _RANGE_BYTES, found.size)
            part = obstore.get(store, path, options={"range": (start, end)})
            content = part.bytes()
            if part.meta["size"] != found.size or part.meta["e_tag"] != found.etag:
                raise Changed
            if len(content) != end - start:
                raise Changed
            destination.write(content)
            progress(end)
    return found


def write(store: AnyStore, path: str, file: Path, content_type: str, progress: Callable[[int], None]) -> int:
    """Stream a file into an object, in parts if it is large. Return its size in bytes."""
    size = file.stat().st_size
    part_bytes = max(_PART_BYTES, -(-size // _MAX_PARTS))
    with file.open("rb") as source:
        reader: Any = _Reader(source, progress)
        obstore.put(
            store,
            path,
            reader,
            attributes={"Content-Type": content_type},
            use_multipart=size > _PART_BYTES,
            chunk_size=part_bytes,
            max_concurrency=_PARTS_AT_ONCE,
        )
    return size


def delete(store: AnyStore, path: str) -> None:
    """Delete an object. A missing object is no error."""
    with contextlib.suppress(FileNotFoundError):
        obstore.delete(store, path)


class _Reader:
    """A file that reports how far it was read."""

    def __init__(self, source: IO[bytes], progress: Callable[[int], None]) -> None:
        self._source = source
        self._progress = progress

    def read(self, size: int = -1) -> bytes:
        chunk = self._source.read(size)
        self._progress(self._source.tell())
        return chunk

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._source.seek(offset, whence)

    def tell(self) -> int:
        return self._source.tell()


def _entry(meta: Any, content_type: str | None = None) -> ObjectEntry:
    return ObjectEntry(
        meta["path"], meta["size"], meta["last_modified"].timestamp(), meta["e_tag"], content_type
    )
