"""Image resizing by area: each new pixel is the mean of the area that it covers."""

# ruff: noqa: PLC0415  heavy libraries are imported at first use

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from shared.ports.models import RgbImage


def resize_by_area(image: RgbImage, side: int) -> NDArray[np.uint8]:
    """Resize ``image`` (height x width x 3) to ``side`` x ``side`` x 3.

    Uses OpenCV if it is installed, which takes a millisecond. A function that embeds one query image does not
    ship OpenCV (90 MB) and computes the same with NumPy in 30 ms.
    """
    try:
        import cv2
    except ImportError:
        return resize_by_area_numpy(image, side)
    import numpy as np

    return np.asarray(cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def resize_by_area_numpy(image: RgbImage, side: int) -> NDArray[np.uint8]:
    """Resize with NumPy alone. The result differs from OpenCV's by at most one level."""
    import numpy as np

    height, width, channels = image.shape
    rows = _coverage(height, side) @ image.reshape(height, -1).astype(np.float32)
    columns = rows.reshape(side, width, channels).transpose(1, 0, 2).reshape(width, -1)
    means = (_coverage(width, side) @ columns).reshape(side, side, channels).transpose(1, 0, 2)
    return np.asarray(np.clip(np.rint(means), 0, 255), np.uint8)


def _coverage(length: int, side: int) -> NDArray[np.float32]:
    """Return the fraction of each new pixel (row) that each old pixel (column) covers. Rows sum to 1."""
    import numpy as np

    edges = np.arange(side + 1) * (length / side)
    old = np.arange(length)
    overlap = np.minimum(edges[1:, None], old + 1) - np.maximum(edges[:-1, None], old)
    return np.asarray(np.clip(overlap, 0, None) * (side / length), np.float32)
