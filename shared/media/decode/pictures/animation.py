"""The frame that represents an animated picture."""

from typing import Final

import numpy as np
from PIL import Image

from shared.media.decode.pictures.blank import is_blank_area
from shared.media.decode.pictures.errors import DECODE_ERRORS
from shared.media.decode.pictures.transparency import composed

_MAX_FRAMES: Final = 100
_MAX_PIXELS: Final = 40_000_000
"""The most frames, and the most pixels of all of them, that are decoded in search of the frame."""

_SAMPLE_SIDE: Final = 160


def is_animated(image: Image.Image) -> bool:
    """Return whether a GIF, WebP or PNG file has several frames."""
    return image.format in ("GIF", "WEBP", "PNG") and bool(getattr(image, "is_animated", False))


def seek_shown_frame(image: Image.Image) -> None:
    """Go to the first frame of an animation that is not blank, or to its first frame if none is found.

    The picture of a PNG file that players without animation show may be no frame (PNG, third edition, 4.9).
    It is shown only if there is nothing else.
    """
    first = 1 if getattr(image, "default_image", False) else 0
    shown = _first_not_blank(image, first)
    try:
        image.seek(first if shown is None else shown)
    except DECODE_ERRORS:
        image.seek(0)


def _first_not_blank(image: Image.Image, first: int) -> int | None:
    count = min(_MAX_FRAMES, _MAX_PIXELS // (image.width * image.height))
    for number in range(first, first + count):
        try:
            image.seek(number)
            image.load()
        except DECODE_ERRORS:
            return None
        sample = image.convert("RGBA")
        sample.thumbnail((_SAMPLE_SIDE, _SAMPLE_SIDE))
        if not is_blank_area(np.asarray(composed(sample))):
            return number
    return None
