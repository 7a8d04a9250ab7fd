"""Byte streams under keys. Both adapters (folder, S3) pass ``tests/contract/test_blobs.py``."""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol


@dataclass(frozen=True, slots=True)
class BlobStat:
    size: int
    content_type: str


class BlobNotFound(Exception):
    """There is no blob under the key, which is the exception's one argument."""


MAX_CHUNK_BYTES: Final = 1024**2

_SEGMENT: Final = r"(?!\.\.?(?:/|$))[A-Za-z0-9._~-]{1,200}"
_KEY: Final = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT})*")


def check_key(key: str) -> str:
    """``key`` itself, if it is one. Raises: ValueError."""
    if len(key) > 1024 or not _KEY.fullmatch(key):
        raise ValueError(f"{key[:200]!r} is no blob key")
    return key


class Blobs(Protocol):
    """Keys are ``/``-separated segments of letters, digits and ``._~-``; none is ``.`` or ``..``.

    A key that is none is a ValueError, wherever it is given. No caller makes one key the folder of
    another: where there is ``a/b`` there is no ``a``.
    """

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
        """Bytes [start, end) in chunks of at most ``MAX_CHUNK_BYTES``; what lies beyond the end is left out.

        Raises:
            BlobNotFound: at once, not only when the first chunk is asked for.
        """
        ...

    def stat(self, key: str) -> BlobStat | None: ...

    def as_file(self, key: str) -> AbstractContextManager[Path]:
        """A readable local file with the blob's bytes, for decoders. Raises: BlobNotFound."""
        ...

    def keys(self, prefix: str) -> Iterator[str]:
        """The keys that start with ``prefix`` (any text, not only whole segments), sorted."""
        ...

    def delete(self, key: str) -> None:
        """Deleting what is not there is no error."""
        ...

    def delete_prefix(self, prefix: str) -> None:
        """Delete every key that starts with ``prefix``. Raises: ValueError: it is empty."""
        ...

    def scratch_file(self, suffix: str = "") -> Path:
        """A new empty file that ``adopt`` can take without copying; left-overs of a crash go at start."""
        ...

    def signed_link(self, key: str, *, expires_in: int, file_name: str | None = None) -> str:
        """An absolute http(s) URL that anyone may GET for ``expires_in`` seconds."""
        ...


class MediaLinks(Protocol):
    """The other end of ``signed_link`` where the server itself serves the bytes."""

    def open_link(self, token: str) -> tuple[str, str]:
        """The blob key and file name that a link's token stands for.

        Raises:
            NotPermitted: not one of our tokens (code ``media_link_invalid``), or too old
                (``media_link_expired``).
        """
        ...
