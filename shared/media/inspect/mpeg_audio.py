"""Frame headers of MPEG audio (ISO/IEC 11172-3, 2.4.1.3; 13818-3) and of ADTS (ISO/IEC 13818-7, 6.2)."""

from typing import Final

_FRAMES_IN_A_ROW: Final = 3
_MIN_HEADER_BYTES: Final = 7

_BIT_RATES: Final = {
    # MPEG-1 layers 1, 2, 3, then MPEG-2 and 2.5 layer 1, layers 2 and 3; kbit/s.
    (1, 1): (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (1, 2): (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (1, 3): (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 1): (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (2, 3): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES: Final = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
"""Sampling rates by the version bits."""


def has_mpeg_audio(head: bytes) -> bool:
    """Return whether three frames follow each other somewhere in ``head``. Fewer prove little."""
    return any(_is_row(head, start) for start in _sync_bytes(head))


def format_of(frame: bytes) -> bytes | None:
    """Return the part of a frame's header that states sampling rate and channels; None without a header.

    The mode of stereo frames (joint or not) may change at any frame and is left out.
    """
    if len(frame) < _MIN_HEADER_BYTES or frame[0] != 0xFF or frame[1] & 0xE0 != 0xE0:
        return None
    if frame[1] & 0xF6 == 0xF0:
        return bytes([frame[1] & 0xF6, frame[2] & 0x3D, frame[3] & 0xC0])
    return bytes([frame[1] & 0xFE, frame[2] & 0x0C, frame[3] & 0xC0 == 0xC0])


def _sync_bytes(head: bytes) -> list[int]:
    starts = []
    at = head.find(b"\xff")
    while at >= 0:
        starts.append(at)
        at = head.find(b"\xff", at + 1)
    return starts


def _is_row(head: bytes, start: int) -> bool:
    position = start
    for _ in range(_FRAMES_IN_A_ROW):
        length = _frame_length(head, position)
        if length is None:
            return False
        position += length
    return True


def _frame_length(head: bytes, at: int) -> int | None:
    """Return the bytes of the frame that starts ``at``; None if no frame starts there."""
    if at + _MIN_HEADER_BYTES > len(head) or head[at] != 0xFF or head[at + 1] & 0xE0 != 0xE0:
        return None
    if head[at + 1] & 0xF6 == 0xF0:
        return _adts_length(head[at : at + _MIN_HEADER_BYTES])
    version, layer = head[at + 1] >> 3 & 3, 4 - (head[at + 1] >> 1 & 3)
    bit_rate, rate, padding = head[at + 2] >> 4, head[at + 2] >> 2 & 3, head[at + 2] >> 1 & 1
    if version == 1 or layer == 4 or rate == 3 or bit_rate in (0, 15):
        return None
    bits = _BIT_RATES[1 if version == 3 else 2, layer][bit_rate] * 1000
    hertz = _RATES[version][rate]
    if layer == 1:
        return (12 * bits // hertz + padding) * 4
    slots = 72 if layer == 3 and version != 3 else 144
    return slots * bits // hertz + padding


def _adts_length(header: bytes) -> int | None:
    length = (header[3] & 3) << 11 | header[4] << 3 | header[5] >> 5
    is_valid = (header[2] >> 2 & 15) < 13
    return length if is_valid and length > _MIN_HEADER_BYTES else None
