"""Operations on the objects of a store with obstore, inside the process of the store."""

import contextlib
from collections.abc import Callable
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
