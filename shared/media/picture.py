"""A picture sent with a request, decoded with care."""

from __future__ import annotations

import base64
import binascii
import io
import threading
import warnings
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from shared.domain.errors import InvalidRequest

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LONGEST_SIDE = 1280
FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "HEIF")
"""Those of pictures that may be opened. Pillow knows forty more, one of which starts another program."""

_SCALABLE: Final = ("RGB", "RGBA", "L", "LA", "CMYK", "YCbCr")
_ONE_AT_A_TIME: Final = threading.Lock()
"""A few hundred kilobytes can hold a picture that takes as many megabytes once decoded."""

_UNREADABLE = (
    UnidentifiedImageError,
    OSError,
    ValueError,
    SyntaxError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


def decode_base64_picture(text: str, *, field: str, max_bytes: int, max_pixels: int) -> NDArray[np.uint8]:
    """Return the picture upright as RGB, height x width x 3, at most 1280 pixels a side.

    A ``data:image/...;base64,`` head is allowed.

    Raises:
        InvalidRequest: not base64, not a picture, or one over the limits; names ``field``.
    """
    payload = text.partition(",")[2] if text.startswith("data:") else text
    if len(payload) > max_bytes * 4 // 3 + 4:
        raise InvalidRequest(field, f"must hold a picture of at most {max_bytes:,} bytes")
    try:
        content = base64.b64decode(payload, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidRequest(field, "must be base64") from error
    return _decode(content, field, max_pixels)


def _decode(content: bytes, field: str, max_pixels: int) -> NDArray[np.uint8]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with _ONE_AT_A_TIME, Image.open(io.BytesIO(content), formats=_known_formats()) as opened:
                if opened.width * opened.height > max_pixels:
                    raise InvalidRequest(field, f"must hold a picture of at most {max_pixels:,} pixels")
                scaled = opened if opened.mode in _SCALABLE else opened.convert("RGB")
                scaled.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))  # first: every later step makes a copy
                picture = ImageOps.exif_transpose(scaled).convert("RGB")
    except _UNREADABLE as error:
        raise InvalidRequest(field, "must hold a picture that can be read") from error
    return np.asarray(picture)


def _known_formats() -> list[str]:
    """HEIF has a package of its own, which not every process has."""
    Image.init()
    return [name for name in FORMATS if name in Image.OPEN]
