"""Decoding of untrusted images that are sent with a search request, in a process of their own."""

from __future__ import annotations

import base64
import binascii
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from shared.domain.errors import InvalidRequest, UnsupportedMedia
from shared.media.decode.picture_process.messages import Request
from shared.media.decode.picture_process.process import query_picture_process
from shared.media.decode.pictures.fit import Fit

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MAX_SIDE: Final = 1280
_PROCESSOR_SECONDS: Final = 15
"""Processor time for one picture. The largest accepted one takes about 2 s."""


def decode_base64_image(text: str, *, field: str, max_bytes: int, max_pixels: int) -> NDArray[np.uint8]:
    """Return the image upright as RGB, height x width x 3, at most 1280 pixels a side.

    A ``data:image/...;base64,`` prefix is allowed.

    Raises:
        InvalidRequest: not base64, not an image, or over the limits; names ``field``.
        Unavailable: the decoding process cannot be started.
    """
    payload = text.partition(",")[2] if text.startswith("data:") else text
    if len(payload) > max_bytes * 4 // 3 + 4:
        raise InvalidRequest(field, f"must hold a picture of at most {max_bytes:,} bytes")
    try:
        content = base64.b64decode(payload, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidRequest(field, "must be base64") from error
    try:
        return _decode(content, max_pixels)
    except UnsupportedMedia as error:
        raise InvalidRequest(field, f"must hold a picture {_rule(error, max_pixels)}") from error


def _decode(content: bytes, max_pixels: int) -> NDArray[np.uint8]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "picture"
        path.write_bytes(content)
        request = Request(
            path=str(path),
            fit=Fit(side=_MAX_SIDE),
            max_pixels=max_pixels,
            is_kept=False,
            processor_seconds=_PROCESSOR_SECONDS,
        )
        answer, pixels = query_picture_process().decode(request)
    return np.frombuffer(pixels, np.uint8).reshape(answer.pixel_height, answer.pixel_width, 3)


def _rule(error: UnsupportedMedia, max_pixels: int) -> str:
    """Return the rule that the picture breaks."""
    if error.code != "picture_too_large":
        return "that can be read"
    if "max_pixels" in error.details:
        return f"of at most {max_pixels:,} pixels"
    return "that takes less memory and time to decode"
