"""File format detection by the first bytes. File names and declared types are not used."""

from pathlib import Path
from typing import Final

HEAD_BYTES: Final = 64 * 1024

_HEIF_BRANDS: Final = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
)
_OTHER_BRANDS: Final = frozenset({b"avif", b"avis", b"crx ", b"mjp2", b"jp2 ", b"jpx ", b"f4v "})
_QUICKTIME_BOXES: Final = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
_MAGIC_NUMBERS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"fLaC", "flac"),
    (b"OggS", "ogg"),
    (b"ID3", "mp3"),
)
_RIFF: Final = {b"AVI ": "avi", b"WAVE": "wav", b"WEBP": "webp"}

IMAGES: Final = frozenset({"jpeg", "png", "gif", "tiff", "webp", "bmp", "heif"})


def signature(path: Path) -> str | None:
    """Return the format, or None if it is unknown.

    The formats are mp4, mov, avi, mkv, webm, mp3, wav, flac, ogg, aac, jpeg, png, webp, gif, bmp, tiff and
    heif. Audio behind an ID3 tag is reported as mp3; the demuxer determines its actual format.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    for magic, name in _MAGIC_NUMBERS:
        if head.startswith(magic):
            return name
    if head[:4] in (b"RIFF", b"RF64"):
        return _RIFF.get(head[8:12])
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "webm" if b"webm" in head[:128] else "mkv"
    if head.startswith(b"BM") and head[6:10] == b"\x00\x00\x00\x00":
        return "bmp"
    return _boxes(head) or _mpeg_audio(head)


def _boxes(head: bytes) -> str | None:
    """Detect the ISO base media family and its parent QuickTime, which may lack the ``ftyp`` box."""
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand in _HEIF_BRANDS:
            return "heif"
        if brand in _OTHER_BRANDS:
            return None
        return "mov" if brand == b"qt  " else "mp4"
    return "mov" if head[4:8] in _QUICKTIME_BOXES else None


def _mpeg_audio(head: bytes) -> str | None:
    frame = head.lstrip(b"\x00")
    if len(frame) < 4 or frame[0] != 0xFF:
        return None
    if frame[1] & 0xF6 == 0xF0:
        return "aac"
    is_layered = frame[1] & 0xE0 == 0xE0 and frame[1] & 0x06 != 0
    has_rate = frame[2] & 0xF0 != 0xF0 and frame[2] & 0x0C != 0x0C
    return "mp3" if is_layered and has_rate else None
