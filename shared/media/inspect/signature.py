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
    (b"II+\x00", "tiff"),  # BigTIFF
    (b"MM\x00+", "tiff"),
    (b"fLaC", "flac"),
    (b"OggS", "ogg"),
    (b"ID3", "mp3"),
)
_BMP_HEADERS: Final = frozenset({12, 16, 40, 52, 56, 64, 108, 124})
"""Sizes of the header that follows the file header, one for each version of the format."""

_UNSUPPORTED_BRANDS: Final = {b"crx ": "Canon CR3", b"jp2 ": "JPEG 2000", b"jpx ": "JPEG 2000"}
_UNSUPPORTED_MAGIC_NUMBERS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"\x00\x00\x00\x0cJXL \r\n\x87\n", "JPEG XL"),
    (b"\xff\x0a", "JPEG XL"),
    (b"II\xbc\x01", "JPEG XR"),
    (b"8BPS", "Photoshop"),
    (b"%PDF-", "PDF"),
    (b"%!PS-Adobe", "PostScript"),
    (b"\x00\x00\x01\x00", "Windows icon"),
    (b"FUJIFILMCCD-RAW", "Fujifilm RAW"),
    (b"IIU\x00", "Panasonic RAW"),
    (b"IIRO", "Olympus RAW"),
    (b"IIRS", "Olympus RAW"),
    (b"\x76\x2f\x31\x01", "OpenEXR"),
    (b"#?RADIANCE", "Radiance HDR"),
    (b"gimp xcf", "GIMP"),
    (b"qoif", "QOI"),
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
    if head.startswith(b"BM") and _is_bmp(head):
        return "bmp"
    return _boxes(head) or _mpeg_audio(head)


def _boxes(head: bytes) -> str | None:
    """Detect the ISO base media family and its parent QuickTime, which may lack the ``ftyp`` box."""
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand in _HEIF_BRANDS:
            return None if _is_avif(head) else "heif"
        if brand in _OTHER_BRANDS:
            return None
        return "mov" if brand == b"qt  " else "mp4"
    return "mov" if head[4:8] in _QUICKTIME_BOXES else None


def _is_bmp(head: bytes) -> bool:
    """Return whether the reserved field is 0 or, as some programs use it, a known header follows."""
    return head[6:10] == bytes(4) or int.from_bytes(head[14:18], "little") in _BMP_HEADERS


def unsupported_picture(path: Path) -> str | None:
    """Return the name of a picture or document format that is known but not supported."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if head[4:8] == b"ftyp":
        return "AVIF" if _is_avif(head) else _UNSUPPORTED_BRANDS.get(head[8:12])
    for magic, name in _UNSUPPORTED_MAGIC_NUMBERS:
        if head.startswith(magic):
            return name
    return "SVG" if b"<svg" in head[:1024] else None


def _is_avif(head: bytes) -> bool:
    """Return whether the brands name AVIF and no HEIF codec that is supported. ``mif1`` says only HEIF."""
    size = min(int.from_bytes(head[:4], "big"), 256)
    brands = {head[8:12], *(head[at : at + 4] for at in range(16, size, 4))}
    return bool(brands & {b"avif", b"avis"}) and not brands & (_HEIF_BRANDS - {b"mif1", b"msf1"})


def _mpeg_audio(head: bytes) -> str | None:
    frame = head.lstrip(b"\x00")
    if len(frame) < 4 or frame[0] != 0xFF:
        return None
    if frame[1] & 0xF6 == 0xF0:
        return "aac"
    is_layered = frame[1] & 0xE0 == 0xE0 and frame[1] & 0x06 != 0
    has_rate = frame[2] & 0xF0 != 0xF0 and frame[2] & 0x0C != 0x0C
    return "mp3" if is_layered and has_rate else None
