"""Names of picture and document formats that the server knows but does not accept."""

from pathlib import Path
from typing import Final

from shared.media.inspect.signature import HEAD_BYTES, is_avif

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


def unsupported_picture(path: Path) -> str | None:
    """Return the name of a picture or document format that is known but not supported."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if head[4:8] == b"ftyp":
        return "AVIF" if is_avif(head) else _UNSUPPORTED_BRANDS.get(head[8:12])
    for magic, name in _UNSUPPORTED_MAGIC_NUMBERS:
        if head.startswith(magic):
            return name
    return "SVG" if b"<svg" in head[:1024] else None
