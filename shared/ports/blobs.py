"""Byte streams under keys. Both adapters (folder, S3) pass ``tests/contract/blobs.py``."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class BlobStat:
    size: int
    content_type: str


class BlobNotFound(Exception):
    pass


class Blobs(Protocol):
    """Keys are ``/``-separated, URL-safe, never start with ``/`` and never hold ``..``."""

    def uri(self, key: str) -> str:
        """The durable name that clients see in ``gcs_uri`` fields."""
        ...

    def key_of(self, uri: str) -> str | None:
        """The key behind one of our URIs (a ``#fragment`` is dropped), or None for any other."""
        ...

    def write(self, key: str, content: bytes, content_type: str) -> None:
        """Store all or nothing; an existing blob is replaced."""
        ...

    def adopt(self, key: str, path: Path, content_type: str) -> None:
        """Store the file at ``path``, which is moved or deleted."""
        ...

    def read(self, key: str) -> bytes:
        """Raises: BlobNotFound."""
        ...

    def stream(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Bytes [start, end) in chunks of at most 1 MiB. Raises: BlobNotFound."""
        ...

    def stat(self, key: str) -> BlobStat | None: ...

    def as_file(self, key: str) -> AbstractContextManager[Path]:
        """A readable local file with the blob's bytes, for decoders. Raises: BlobNotFound."""
        ...

    def keys(self, prefix: str) -> Iterator[str]: ...

    def delete(self, key: str) -> None:
        """Deleting what is not there is no error."""
        ...

    def delete_prefix(self, prefix: str) -> None: ...

    def scratch_file(self, suffix: str = "") -> Path:
        """A new empty file that ``adopt`` can take without copying; left-overs of a crash go at start."""
        ...

    def signed_link(self, key: str, *, expires_in: int, file_name: str | None = None) -> str:
        """An absolute http(s) URL that anyone may GET for ``expires_in`` seconds."""
        ...
