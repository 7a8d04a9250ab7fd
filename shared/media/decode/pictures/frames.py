"""Pictures and pages of a file after the first."""

from typing import Any, Final

from PIL import Image, MpoImagePlugin, TiffImagePlugin

from shared.domain.media import MediaWarning
from shared.media.decode.pictures.animation import is_animated

MAX_PAGES: Final = 20
"""Pages of a TIFF file that are shown, one below another. More would be too small to be read."""

_MAX_DIRECTORIES: Final = 1000
_SUBFILE_TYPE: Final = 254
_REDUCED_OR_MASK: Final = 0b101
_MPF_ENTRIES: Final = 0xB002
_MAP_RATIO: Final = 4


def page_numbers(image: Image.Image) -> list[int]:
    """Return the directories of a TIFF file that are pages: neither thumbnails nor masks (TIFF 6.0,
    NewSubfileType). Other files have one page. Without a page, as in raw photographs, the list is empty. The
    image is left at its first page."""
    if not isinstance(image, TiffImagePlugin.TiffImageFile):
        return [0]
    pages: list[int] = []
    for number in range(_MAX_DIRECTORIES):
        try:
            image.seek(number)
        except (EOFError, OSError, SyntaxError, ValueError):
            break
        kind = image.tag_v2.get(_SUBFILE_TYPE, 0)
        if not isinstance(kind, int) or not kind & _REDUCED_OR_MASK:
            pages.append(number)
    seek_page(image, pages[0] if pages else 0)
    return pages


def seek_page(image: Image.Image, number: int) -> None:
    """Go to a page. Pillow keeps the palette of the page before, and fails on a page without one."""
    image.seek(number)
    if image.mode not in ("P", "PA"):
        image.palette = None


def warnings_of(image: Image.Image, pages: int) -> tuple[MediaWarning, ...]:
    """Return what the medium does not show of a file with several pages, frames or pictures."""
    if pages == 0:
        message = "The file has no full-size picture that can be decoded; only its preview is shown."
        return (MediaWarning(code="preview_only", message=message),)
    if pages > MAX_PAGES:
        message = f"The file has {pages} pages; the first {MAX_PAGES} are shown and read."
        return (MediaWarning(code="pages_not_shown", message=message),)
    if is_animated(image):
        message = (
            "The picture is animated. Only its first frame that is not blank is analysed and shown in "
            "thumbnails. Upload it as a video to have all of it analysed."
        )
        return (MediaWarning(code="animation_first_frame", message=message),)
    further = _pictures(image) - 1
    if further > 0:
        message = f"The file contains {further + 1} pictures; only the main picture is shown and analysed."
        return (MediaWarning(code="further_pictures_not_shown", message=message),)
    return ()


def _pictures(image: Image.Image) -> int:
    if isinstance(image, MpoImagePlugin.MpoImageFile):
        entries = (image.mpinfo or {}).get(_MPF_ENTRIES, [])
        return sum(_is_picture(entry, entries[0]["Size"]) for entry in entries)
    return int(getattr(image, "n_frames", 1)) if image.format == "HEIF" else 1


def _is_picture(entry: dict[str, Any], first_bytes: int) -> bool:
    """Return whether an entry of a Multi-Picture file is a picture of its own (CIPA DC-007, table 4).

    The maps of HDR photographs and depth maps have no type, and are much smaller than the photograph.
    """
    kind = entry["Attribute"]["MPType"]
    if kind.startswith("Large Thumbnail"):
        return False
    return bool(kind != "Undefined" or entry["Size"] * _MAP_RATIO > first_bytes)
