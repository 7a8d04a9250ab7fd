"""Names of video and audio formats that the server knows but does not accept."""

from pathlib import Path
from typing import Final

_HEAD_BYTES: Final = 64
_MAGIC_NUMBERS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "WMV, WMA and ASF"),
    (b"FLV", "FLV"),
    (b"\x00\x00\x01\xba", "MPEG program stream (MPG, VOB)"),
    (b"\x00\x00\x01\xb3", "MPEG video stream"),
    (b"\x00\x00\x00\x01\x67", "H.264 stream"),
    (b"\x00\x00\x00\x01\x27", "H.264 stream"),
    (b"\x00\x00\x00\x01\x40\x01", "H.265 stream"),
    (b"\x06\x0e\x2b\x34\x02\x05\x01\x01", "MXF"),
    (b"\x1f\x07\x00", "DV"),
    (b".RMF", "RealMedia"),
    (b".ra\xfd", "RealAudio"),
    (b"DKIF", "IVF"),
    (b"#!AMR", "AMR"),
    (b"caff", "Core Audio"),
    (b".snd", "Sun audio"),
    (b"riff\x2e\x91\xcf\x11", "Wave64"),
    (b"MThd", "MIDI"),
    (b"MAC ", "Monkey's Audio"),
    (b"wvpk", "WavPack"),
    (b"MPCK", "Musepack"),
    (b"TTA1", "True Audio"),
    (b"DSD ", "DSD"),
    (b"\x0b\x77", "AC-3 stream"),
    (b"\x7f\xfe\x80\x01", "DTS stream"),
    (b"\x02#!SILK", "SILK"),
    (b"#!SILK", "SILK"),
)
"""Names by the first bytes, as FFmpeg's demuxers know them."""


def unsupported_recording(path: Path) -> str | None:
    """Return the name of a video or audio format that is known but not supported."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if head.startswith(b"FORM") and head[8:12] in (b"AIFF", b"AIFC"):
        return "AIFF"
    return next((name for magic, name in _MAGIC_NUMBERS if head.startswith(magic)), None)
