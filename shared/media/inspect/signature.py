"""File format detection by the first bytes. File names and declared types are not used.

The detection names pictures exactly. Of video and audio it only says what is worth opening: the demuxer
decides, and accepts files that begin in the middle of a frame or of a packet.
"""

import re
from itertools import islice
from pathlib import Path
from typing import Final

from shared.media.inspect.mp4_boxes import top_level
from shared.media.inspect.mpeg_audio import has_mpeg_audio

HEAD_BYTES: Final = 64 * 1024

_HEIF_BRANDS: Final = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
)
_OTHER_BRANDS: Final = frozenset({b"avif", b"avis", b"crx ", b"jp2 ", b"jpx ", b"jpm "})
_QUICKTIME_BOXES: Final = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
_MOVIE_BOXES: Final = frozenset({b"moov", b"moof", b"mdat"})
_MAX_BOXES: Final = 64
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
_RIFF: Final = {b"AVI ": "avi", b"AVI\x19": "avi", b"WAVE": "wav", b"WEBP": "webp"}
_DOCUMENT_TYPE: Final = re.compile(rb"\x42\x82[\x80-\x9f]webm")
"""The element DocType of EBML (RFC 8794, 11.2.6) with the value of WebM."""

_TRANSPORT_SYNC: Final = 0x47
_TRANSPORT_STEPS: Final = (188, 192, 204)
_TRANSPORT_PACKETS: Final = 5
_BMP_HEADERS: Final = frozenset({12, 16, 40, 52, 56, 64, 108, 124})
"""Sizes of the header that follows the file header, one for each version of the format."""

IMAGES: Final = frozenset({"jpeg", "png", "gif", "tiff", "webp", "bmp", "heif"})


def signature(path: Path) -> str | None:
    """Return the format, or None if it is unknown.

    The formats are mp4, mov, avi, mkv, webm, ts, mp3, wav, flac, ogg, aac, jpeg, png, webp, gif, bmp, tiff
    and heif. Audio behind a tag, and MPEG audio that does not begin with a frame, is reported as mp3; the
    demuxer determines its actual format.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    for magic, name in _MAGIC_NUMBERS:
        if head.startswith(magic):
            return name
    if head[:4] in (b"RIFF", b"RIFX", b"RF64", b"BW64"):
        return _RIFF.get(head[8:12])
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "webm" if _DOCUMENT_TYPE.search(head[:4096]) else "mkv"
    if head.startswith(b"BM") and _is_bmp(head):
        return "bmp"
    return _boxes(head) or _without_magic_number(path, head)


def _boxes(head: bytes) -> str | None:
    """Detect the ISO base media family and its parent QuickTime, which may lack the ``ftyp`` box."""
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand in _HEIF_BRANDS:
            return None if is_avif(head) else "heif"
        if brand in _OTHER_BRANDS:
            return None
        return "mov" if brand == b"qt  " else "mp4"
    return "mov" if head[4:8] in _QUICKTIME_BOXES else None


def _without_magic_number(path: Path, head: bytes) -> str | None:
    if head[4:8] == b"ftyp":
        return None
    boxes = _first_boxes(path)
    if not boxes.isdisjoint(_MOVIE_BOXES):
        return "mp4"
    if _is_transport_stream(head):
        return "ts"
    audio = head.lstrip(b"\x00")
    return _mpeg_audio(audio) or ("mp3" if has_mpeg_audio(audio) else None)


def _is_bmp(head: bytes) -> bool:
    """Return whether the reserved field is 0 or, as some programs use it, a known header follows."""
    return head[6:10] == bytes(4) or int.from_bytes(head[14:18], "little") in _BMP_HEADERS


def _mpeg_audio(frame: bytes) -> str | None:
    if len(frame) < 4 or frame[0] != 0xFF:
        return None
    if frame[1] & 0xF6 == 0xF0:
        return "aac"
    is_layered = frame[1] & 0xE0 == 0xE0 and frame[1] & 0x06 != 0
    has_rate = frame[2] & 0xF0 != 0xF0 and frame[2] & 0x0C != 0x0C
    return "mp3" if is_layered and has_rate else None


def _first_boxes(path: Path) -> set[bytes]:
    """Return the types in the chain of boxes with which the file begins, up to the first of a movie.
    Pieces of a stream begin with ``styp``, ``sidx`` or ``moof``, other files with boxes of their makers."""
    found: set[bytes] = set()
    for kind, _ in islice(top_level(path), _MAX_BOXES):
        if not kind.isascii() or not kind.decode("ascii").isprintable():
            break
        found.add(kind)
        if kind in _MOVIE_BOXES:
            break
    return found


def _is_transport_stream(head: bytes) -> bool:
    """Return whether packets of MPEG-TS follow each other (ISO/IEC 13818-1, 2.4.3.2), from any byte on."""
    starts = [match.start() for match in re.finditer(b"G", head[: len(head) // 2 + 1])]
    return any(_has_packets(head, start, step) for step in _TRANSPORT_STEPS for start in starts)


def _has_packets(head: bytes, start: int, step: int) -> bool:
    places = range(start, min(len(head), start + step * _TRANSPORT_PACKETS), step)
    return len(places) == _TRANSPORT_PACKETS and all(head[at] == _TRANSPORT_SYNC for at in places)


def is_avif(head: bytes) -> bool:
    """Return whether the brands name AVIF and no HEIF codec that is supported. ``mif1`` says only HEIF."""
    size = min(int.from_bytes(head[:4], "big"), 256)
    brands = {head[8:12], *(head[at : at + 4] for at in range(16, size, 4))}
    return bool(brands & {b"avif", b"avis"}) and not brands & (_HEIF_BRANDS - {b"mif1", b"msf1"})
