"""Pictures and pages of a file after the first."""

from typing import Final

from PIL import Image, MpoImagePlugin, TiffImagePlugin

from shared.domain.media import MediaWarning

MAX_PAGES: Final = 20
"""Pages of a TIFF file that are shown, one below another. More would be too small to be read."""

_MAX_DIRECTORIES: Final = 1000
_SUBFILE_TYPE: Final = 254
_REDUCED_OR_MASK: Final = 0b101
_GAIN_MAP_OR_THUMBNAIL: Final = frozenset(
    {"Undefined", "Large Thumbnail (VGA Equivalent)", "Large Thumbnail (Full HD Equivalent)"}
)


def page_numbers(image: Image.Image) -> list[int]:
    """Return the directories of a TIFF file that are pages: neither thumbnails nor masks (TIFF 6.0,
    NewSubfileType). Other files have one page. The image is left at its first page."""
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
    image.seek(pages[0] if pages else 0)
    return pages or [0]


def warnings_of(image: Image.Image, pages: int) -> tuple[MediaWarning, ...]:
    """Return what the medium does not show of a file with several pages, frames or pictures."""
    if pages > MAX_PAGES:
        message = f"The file has {pages} pages; the first {MAX_PAGES} are shown and read."
        return (MediaWarning(code="pages_not_shown", message=message),)
    if image.format in ("GIF", "WEBP", "PNG") and getattr(image, "is_animated", False):
        message = (
            "The picture is animated. Only its first frame is analysed and shown in thumbnails. "
            "Upload it as a video to have all of it analysed."
        )
        return (MediaWarning(code="animation_first_frame", message=message),)
    further = _pictures(image) - 1
    if further > 0:
        message = f"The file contains {further + 1} pictures; only the main picture is shown and analysed."
        return (MediaWarning(code="further_pictures_not_shown", message=message),)
    return ()


def _pictures(image: Image.Image) -> int:
    if isinstance(image, MpoImagePlugin.MpoImageFile):
        entries = (image.mpinfo or {}).get(0xB002, [])
        kinds = [entry["Attribute"]["MPType"] for entry in entries]
        return sum(kind not in _GAIN_MAP_OR_THUMBNAIL for kind in kinds)
    return int(getattr(image, "n_frames", 1)) if image.format == "HEIF" else 1
