"""Decoding of untrusted images that are sent with a search request."""

from __future__ import annotations

import base64
import binascii
import io
import threading
import warnings
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image

from shared.domain.errors import InvalidRequest, UnsupportedMedia
from shared.media.decode.pictures.fit import Fit
from shared.media.decode.pictures.reduced_picture import DECODE_ERRORS, FORMATS, decode_reduced

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MAX_SIDE = 1280
_DECODE_LOCK: Final = threading.Lock()
"""Serialises decoding: an image of a few hundred kilobytes can take as many megabytes once decoded."""


def decode_base64_image(text: str, *, field: str, max_bytes: int, max_pixels: int) -> NDArray[np.uint8]:
    """Return the image upright as RGB, height x width x 3, at most 1280 pixels a side.

    A ``data:image/...;base64,`` prefix is allowed.

    Raises:
        InvalidRequest: not base64, not an image, or over the limits; names ``field``.
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
        with warnings.catch_warnings(), _DECODE_LOCK:
            warnings.simplefilter("ignore")  # Pillow warns of damage and of sizes below max_pixels
            decoded = decode_reduced(
                io.BytesIO(content), _known_formats(), Fit(side=_MAX_SIDE), max_pixels=max_pixels
            )
    except (UnsupportedMedia, Image.DecompressionBombError, MemoryError) as error:
        is_memory = isinstance(error, UnsupportedMedia) and "max_bytes" in error.details
        reason = "that takes less memory to decode" if is_memory else f"of at most {max_pixels:,} pixels"
        raise InvalidRequest(field, f"must hold a picture {reason}") from error
    except DECODE_ERRORS as error:
        raise InvalidRequest(field, "must hold a picture that can be read") from error
    return np.asarray(decoded.image)


def _known_formats() -> tuple[str, ...]:
    """Return the formats that Pillow can open here. HEIF needs a package that not every process has."""
    Image.init()
    return tuple(name for name in FORMATS if name in Image.OPEN)
