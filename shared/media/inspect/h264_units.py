"""Units of H.264 samples (ITU-T H.264, 7.3).

MP4 and Matroska put a length before each unit (ISO/IEC 14496-15, 5.3), transport streams a start code.
"""

from collections.abc import Iterator
from typing import Final

_START_CODE: Final = b"\0\0\1"
_SUPPLEMENTAL: Final = 6
_SEQUENCE_PARAMETERS: Final = 7
_SLICES: Final = range(1, 6)
_DISPLAY_ORIENTATION: Final = 47


def sequence_parameters(content: bytes, extradata: bytes) -> bytes:
    """Return the sequence parameter sets that precede the first slice of a sample."""
    return b"".join(unit for kind, unit in _units(content, extradata) if kind == _SEQUENCE_PARAMETERS)


def has_display_orientation(content: bytes, extradata: bytes) -> bool:
    """Return whether a sample states an orientation in its supplemental information (D.1.27)."""
    units = (unit for kind, unit in _units(content, extradata) if kind == _SUPPLEMENTAL)
    return any(_DISPLAY_ORIENTATION in _payload_types(unit) for unit in units)


def _units(content: bytes, extradata: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield type and bytes of the units before the first slice."""
    has_lengths = len(extradata) > 4 and extradata[0] == 1
    units = _with_lengths(content, (extradata[4] & 3) + 1) if has_lengths else _with_start_codes(content)
    for unit in units:
        kind = unit[0] & 0x1F if unit else 0
        if kind in _SLICES:
            return
        yield kind, unit


def _with_lengths(content: bytes, length_bytes: int) -> Iterator[bytes]:
    position = 0
    while position + length_bytes < len(content):
        start = position + length_bytes
        position = start + int.from_bytes(content[position:start], "big")
        yield content[start:position]


def _with_start_codes(content: bytes) -> Iterator[bytes]:
    """Split a byte stream (ITU-T H.264, Annex B)."""
    end = content.find(_START_CODE)
    while end >= 0:
        start = end + len(_START_CODE)
        end = content.find(_START_CODE, start)
        yield content[start : end if end >= 0 else len(content)].rstrip(b"\0")


def _payload_types(unit: bytes) -> Iterator[int]:
    """Yield the types of the messages in a unit of supplemental information."""
    content = unit.replace(b"\0\0\3", b"\0\0")  # emulation prevention (7.4.1)
    position = 1
    while position + 2 < len(content):
        kind, position = _number(content, position)
        size, position = _number(content, position)
        yield kind
        position += size


def _number(content: bytes, position: int) -> tuple[int, int]:
    """Read a number as a sum of bytes, of which only the last is below 255. Return it and its end."""
    total = 0
    while position < len(content) and content[position] == 0xFF:
        total, position = total + 0xFF, position + 1
    last = content[position] if position < len(content) else 0
    return total + last, position + 1
