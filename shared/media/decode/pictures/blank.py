"""The rule for pictures that show nothing."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

DARK: Final = 24
BRIGHT: Final = 236
"""Below and above these values, of 255, a pixel counts as black and as white."""

_MIN_CONTRAST: Final = 6.0
_BLANK_SHARE: Final = 0.97


def is_blank_area(pixels: NDArray[np.uint8]) -> bool:
    """Return whether RGB pixels (height x width x 3) are nearly black, white or grey all over. A coloured
    area is not blank."""
    is_dark = (pixels.max(axis=2) < DARK).mean() > _BLANK_SHARE
    is_bright = (pixels.min(axis=2) > BRIGHT).mean() > _BLANK_SHARE
    return bool(is_dark or is_bright or pixels.std() < _MIN_CONTRAST)
