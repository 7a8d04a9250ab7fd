"""Decoding of pictures in the process of the test."""

from io import BytesIO
from typing import Any

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image

from shared.media.decode.pictures.fit import Fit
from shared.media.decode.pictures.reduced_picture import FORMATS, Reduced, decode_reduced

pillow_heif.register_heif_opener()

LIMIT = 100_000_000


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    """Encode a copy: Pillow leaves settings of the encoder in the image."""
    buffer = BytesIO()
    image.copy().save(buffer, kind, **options)
    return buffer.getvalue()


def reduced(content: bytes, fit: Fit | None = None, *, all_pages: bool = False) -> Reduced:
    return decode_reduced(BytesIO(content), FORMATS, fit or Fit(), max_pixels=LIMIT, all_pages=all_pages)


def pixels(content: bytes, fit: Fit | None = None) -> NDArray[np.uint8]:
    return np.asarray(reduced(content, fit).image)


def quarters(width: int = 80, height: int = 60) -> Image.Image:
    """Draw red, green, blue and white quarters."""
    image = np.full((height, width, 3), 250, np.uint8)
    image[: height // 2, : width // 2] = (200, 40, 40)
    image[: height // 2, width // 2 :] = (40, 180, 60)
    image[height // 2 :, : width // 2] = (50, 60, 210)
    return Image.fromarray(image)


def noise(width: int, height: int, channels: int = 3) -> NDArray[np.uint8]:
    return np.random.default_rng(5).integers(0, 256, (height, width, channels), dtype=np.uint8)
