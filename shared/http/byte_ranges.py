"""The Range header of RFC 9110, limited to one byte range, which is what players send."""

import re
from dataclasses import dataclass
from typing import Final

_ONE_RANGE: Final = re.compile(r"bytes\s*=\s*(\d{0,19})\s*-\s*(\d{0,19})\s*")


@dataclass(frozen=True, slots=True)
class ByteRange:
    """[start, end) of a body of ``size`` bytes."""

    start: int
    end: int
    size: int

    @property
    def content_range(self) -> str:
        return f"bytes {self.start}-{self.end - 1}/{self.size}"


class RangeNotSatisfiable(Exception):
    """The range is outside the body."""


def parse_range(header: str | None, size: int) -> ByteRange | None:
    """Parse the header. None means the whole body.

    It is the result for a missing header, another unit, several ranges or a malformed header; RFC 9110
    permits a server to ignore these.

    Raises: RangeNotSatisfiable.
    """
    match = _ONE_RANGE.fullmatch(header) if header else None
    if match is None:
        return None
    first, last = match.groups()
    if not first and not last:
        return None
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start = int(first)
        end = size if not last else min(size, int(last) + 1)
        if last and int(last) < start:
            return None
    if start >= size or start >= end:
        raise RangeNotSatisfiable
    return ByteRange(start, end, size)
