"""Times of raw AAC (ADTS, ISO/IEC 14496-3, 1.A.2.2), of which each frame states its own sampling rate.

FFmpeg counts all frames at the rate of the first one, so a recording whose rate changes gets wrong times.
"""

from collections.abc import Iterator
from typing import Any, Final

from av.packet import Packet

_HEADER_BYTES: Final = 7
_SAMPLES: Final = 1024
_RATES: Final = (
    *(96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000),
    *(22_050, 16_000, 12_000, 11_025, 8_000, 7_350),
)
"""Sampling rates by index (ISO/IEC 14496-3, 1.6.3.4)."""


def timed(packets: Iterator["Packet[Any]"]) -> Iterator["Packet[Any]"]:
    """Time each packet by the durations of those before it. The time of the first one stays."""
    following: int | None = None
    for packet in packets:
        length = _seconds(bytes(memoryview(packet)[:_HEADER_BYTES])) if packet.size else None
        if length is not None and packet.time_base and packet.pts is not None:
            packet.pts = packet.dts = packet.pts if following is None else following
            packet.duration = round(length / packet.time_base)
            following = packet.pts + packet.duration
        yield packet


def _seconds(header: bytes) -> float | None:
    """Return the duration of the frame that begins with ``header``; None if it is no header of ADTS."""
    if len(header) < _HEADER_BYTES or header[0] != 0xFF or header[1] & 0xF6 != 0xF0:
        return None
    rate, blocks = header[2] >> 2 & 0x0F, (header[6] & 3) + 1
    return _SAMPLES * blocks / _RATES[rate] if rate < len(_RATES) else None
