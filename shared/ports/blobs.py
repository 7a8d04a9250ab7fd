"""Blobs: byte streams under keys. Both adapters (folder, S3) pass ``tests/contract/test_blobs.py``."""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol


@dataclass(frozen=True, slots=True)
class BlobStat:
    """The size in bytes and the content type of a blob."""

    size: int
    content_type: str


class BlobNotFound(Exception):
    """No blob exists under the key, which is the exception's only argument."""


MAX_CHUNK_BYTES: Final = 1024**2

_SEGMENT: Final = r"(?!\.\.?(?:/|$))[A-Za-z0-9._~-]{1,200}"
_KEY: Final = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT})*")


def check_key(key: str) -> str:
    """Return ``key`` if it is a valid blob key. Raises: ValueError."""
    if len(key) > 1024 or not _KEY.fullmatch(key):
        raise ValueError(f"{key[:200]!r} is no blob key")
    return key


class Blobs(Protocol):
    """A store of blobs.

    A key consists of ``/``-separated segments of letters, digits and ``._~-``; no segment is ``.`` or
    ``..``. Every method raises ValueError for an invalid key. No caller uses a key that is a folder of
    another: if ``a/b`` exists, ``a`` does not.
    """

    def uri(self, key: str) -> str:
        """Return the durable URI that clients see in ``gcs_uri`` fields."""
        ...

    def key_of(self, uri: str) -> str | None:
        """Return the key of one of our URIs, without its ``#fragment``, or None for any other URI."""
        ...

    def write(self, key: str, content: bytes, content_type: str) -> None:
        """Store a blob atomically. An existing blob is replaced."""
        ...

    def adopt(self, key: str, path: Path, content_type: str) -> None:
        """Store the file at ``path``, which is moved or deleted."""
        ...

    def read(self, key: str) -> bytes:
        """Return the blob's bytes. Raises: BlobNotFound."""
        ...

    def stream(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Yield bytes [start, end) in chunks of at most ``MAX_CHUNK_BYTES``. A range beyond the end is cut.

        Raises:
            BlobNotFound: at the call, not at the first chunk.
        """
        ...

    def stat(self, key: str) -> BlobStat | None: ...

    def as_file(self, key: str) -> AbstractContextManager[Path]:
        """Provide a readable local file with the blob's bytes, for decoders. Raises: BlobNotFound."""
        ...

    def keys(self, prefix: str) -> Iterator[str]:
        """Yield the keys that start with ``prefix`` (any text, not only whole segments), sorted."""
        ...

    def delete(self, key: str) -> None:
        """Delete a blob. A missing blob is no error."""
        ...

    def delete_prefix(self, prefix: str) -> None:
        """Delete every key that starts with ``prefix``. Raises: ValueError: it is empty."""
        ...

    def scratch_file(self, suffix: str = "") -> Path:
        """Create an empty file that ``adopt`` can move. The next start removes files that a crash left.

        Raises: OSError: ENOSPC, as ``require_room``.
        """
        ...

    def require_room(self, size: int = 0) -> None:
        """Check that ``size`` more bytes may be stored. Call it while a scratch file grows.

        Raises: OSError: ENOSPC: the store keeps the room that is left for deletions.
        """
        ...

    def signed_link(self, key: str, *, expires_in: int, file_name: str | None = None) -> str:
        """Return an absolute http(s) URL that permits GET without credentials for ``expires_in`` seconds."""
        ...


class MediaLinks(Protocol):
    """Verification of ``signed_link``, for stores whose bytes the server itself serves."""

    def open_link(self, token: str) -> tuple[str, str]:
        """Return the blob key and the file name that a link's token contains.

        Raises:
            NotPermitted: the token is invalid (code ``media_link_invalid``) or has expired
                (``media_link_expired``).
        """
        ...
