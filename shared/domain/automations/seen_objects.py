"""Digests of the objects that a listing has seen: 8 bytes for each object and version.

They tell whether a later listing has something new, without a record for each object. Two of a million
objects have the same digest with a probability of one in 37 million; the second of them would wait for its
next version.
"""

import base64
import hashlib
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Final, Self

from pydantic import BaseModel

_PER_RECORD: Final = 30_000
"""Digests in one record: 320 KB of text. DynamoDB accepts 400 KB."""

UNSIGNED_64: Final = "Q"
"""The type code of an array of digests, which has 8 bytes for each. A list of numbers has 40."""


class SeenObjectsPart(BaseModel):
    """Digests as Base64, in ascending order."""

    digests: str


class SeenObjects:
    """A set of digests."""

    def __init__(self, digests: Iterable[int] = ()) -> None:
        self._sorted = array(UNSIGNED_64, sorted(digests))

    def __len__(self) -> int:
        return len(self._sorted)

    def __contains__(self, digest: int) -> bool:
        at = bisect_left(self._sorted, digest)
        return at < len(self._sorted) and self._sorted[at] == digest

    def parts(self) -> Iterator[SeenObjectsPart]:
        """Divide the digests into records."""
        for start in range(0, len(self._sorted), _PER_RECORD):
            part = array(UNSIGNED_64, self._sorted[start : start + _PER_RECORD])
            yield SeenObjectsPart(digests=base64.b64encode(part.tobytes()).decode())

    @classmethod
    def of_parts(cls, parts: Iterable[SeenObjectsPart]) -> Self:
        """Join the records of one listing."""
        seen = cls()
        for part in parts:
            seen._sorted.frombytes(base64.b64decode(part.digests))
        return seen


def object_digest(path: str, version: str) -> int:
    """Return the digest of an object. ``version`` differs after each change of its content."""
    return int.from_bytes(hashlib.sha256(f"{path}\0{version}".encode("utf-8", "surrogatepass")).digest()[:8])
