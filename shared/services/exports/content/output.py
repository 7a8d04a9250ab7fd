"""The file that an export is written to, with its length."""

import json
import re
from collections.abc import Mapping
from typing import Any, BinaryIO, Final

from shared.domain.errors import ExportTooLarge

_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
_ASCII_ENCODER: Final = json.JSONEncoder(allow_nan=False, separators=(",", ":"))


_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class Output:
    """Counts the bytes that are written to ``file``. At most ``limit`` bytes are written."""

    def __init__(self, file: BinaryIO, limit: int | None = None) -> None:
        self._file = file
        self._limit = limit
        self.bytes = 0

    def write(self, data: bytes) -> int:
        """Write all of ``data``, or nothing. Raises: ExportTooLarge: it would pass the limit."""
        length = len(data)
        if self._limit is not None and self.bytes + length > self._limit:
            raise ExportTooLarge(
                f"The export is longer than {_amount(self._limit)}, the most that a JSON document may have. "
                "Export fewer runs or only the matches, choose another format (jsonl, csv, parquet or "
                "sqlite), or deliver it in such a format through a connector.",
                details={"limit_bytes": self._limit},
            )
        self._file.write(data)
        self.bytes += length
        return length


def json_line(value: Mapping[str, Any]) -> bytes:
    """Encode a JSON object as UTF-8 on one line."""
    return json_text(value).encode()


def json_text(value: Any) -> str:
    """Encode a JSON value as text that UTF-8 can hold."""
    text = _ENCODER.encode(value)
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:  # a lone surrogate, which JSON can express and UTF-8 cannot
        return _ASCII_ENCODER.encode(value)
    return text


def plain_text(text: str) -> str:
    """Replace lone surrogates by U+FFFD: plain text cannot escape them."""
    return _LONE_SURROGATE.sub("\ufffd", text)


def _amount(limit: int) -> str:
    mebibytes, rest = divmod(limit, 1024**2)
    return f"{limit} bytes" if rest or not mebibytes else f"{mebibytes} MiB"
