"""Image files: decoded in a process of their own, upright, in 8-bit sRGB, at the size that is needed."""

from io import BytesIO
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from shared.media.decode.picture_process.messages import Answer, Request
from shared.media.decode.picture_process.process import picture_process
from shared.media.decode.pictures.fit import MAX_CANVAS_PIXELS, Fit

RgbImage = NDArray[np.uint8]
"""Pixels, height x width x 3."""

MAX_PIXELS: Final = 100_000_000

KEY_FRAME: Final = Fit(width=1280, pixels=4_000_000)
"""The picture as it is tagged, embedded and shown."""

READING: Final = Fit(short_side=2480, pixels=32_000_000)
"""The picture as its text is read: an A4 page at 300 dots per inch, or a screenshot of 1080 x 29,000."""

_CONVERTED: Final = Fit(pixels=MAX_CANVAS_PIXELS)
_NO_LIMIT: Final = 2**62


def measure_image(path: Path, max_pixels: int = MAX_PIXELS) -> Answer:
    """Decode the image at ``KEY_FRAME`` size, and return its properties.

    Raises:
        UnsupportedMedia: ``picture_too_large``, ``media_truncated``, ``unsupported_codec`` or
            ``media_undecodable``.
    """
    request = Request(path=str(path.absolute()), fit=KEY_FRAME, max_pixels=max_pixels, only_properties=True)
    return picture_process().decode(request)[0]


def decode_image(path: Path, fit: Fit) -> RgbImage:
    """Return the image, or its first frame, reduced to ``fit``. The image has passed ``measure_image``, whose
    result serves sizes of up to ``KEY_FRAME`` without another decoding.

    Raises:
        UnsupportedMedia: ``picture_too_large``, ``media_truncated``, ``unsupported_codec`` or
            ``media_undecodable``.
    """
    request = Request(path=str(path.absolute()), fit=fit, max_pixels=_NO_LIMIT)
    answer, pixels = picture_process().decode(request)
    return np.frombuffer(pixels, np.uint8).reshape(answer.pixel_height, answer.pixel_width, 3)


def convert_to_jpeg(path: Path, destination: Path) -> None:
    """Write the image as a JPEG file of at most 50 megapixels. The pages of a TIFF file, at most 20, are put
    one below another.

    Raises:
        UnsupportedMedia: ``picture_too_large``, ``media_truncated``, ``unsupported_codec`` or
            ``media_undecodable``.
    """
    request = Request(
        path=str(path.absolute()),
        fit=_CONVERTED,
        max_pixels=_NO_LIMIT,
        destination=str(destination.absolute()),
    )
    picture_process().decode(request)


def shrunk(image: Image.Image, width: int) -> Image.Image:
    """Return the image at most ``width`` wide. It is never enlarged."""
    if image.width <= width:
        return image
    return image.resize((width, max(1, round(image.height * width / image.width))), Image.Resampling.LANCZOS)


def to_jpeg(image_or_pixels: RgbImage | Image.Image, quality: int = 85) -> bytes:
    image = image_or_pixels if isinstance(image_or_pixels, Image.Image) else Image.fromarray(image_or_pixels)
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()
