"""Transparent pictures, composed on a background on which their content is visible."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

_SAMPLE_SIDE: Final = 512
_EDGE_PIXELS: Final = 7
"""Width of the neighbourhood of transparent pixels. Content inside an opaque area has its own background."""

_VISIBLE_DIFFERENCE: Final = 64
"""Difference in a colour channel, of 255, at which content is seen on a background."""

_CANDIDATES: Final = ((255, 255, 255), (0, 0, 0), (128, 128, 128))
_PREFERENCE: Final = 0.9
"""An earlier candidate is kept unless a later one shows clearly more."""


def composed(image: Image.Image, *, has_padding: bool = False) -> Image.Image:
    """Return an RGBA picture as RGB. Pictures without transparent pixels stay as they are.

    ``has_padding``: an alpha channel that is 0 everywhere is padding, as in BMP files of many programs.
    """
    alpha = image.getchannel("A")
    lowest, highest = alpha.getextrema()
    if lowest == 255 or (has_padding and highest == 0):
        return image.convert("RGB")
    background = Image.new("RGB", image.size, _background(image))
    background.paste(image, mask=alpha)
    return background


def _background(image: Image.Image) -> tuple[int, int, int]:
    """Return white, black or grey: the one on which most of the content at transparent edges is seen."""
    sample = image.copy()
    sample.thumbnail((_SAMPLE_SIDE, _SAMPLE_SIDE))
    alpha = np.asarray(sample.getchannel("A"), np.float32)
    clear = sample.getchannel("A").point(lambda value: 255 if value < 128 else 0)
    is_edge = np.asarray(clear.filter(ImageFilter.MaxFilter(_EDGE_PIXELS))) > 0
    weights = np.where(is_edge, alpha, 0.0)
    colours = np.asarray(sample.convert("RGB"), np.int16)
    best, best_score = _CANDIDATES[0], _visible_share(colours, weights, _CANDIDATES[0])
    for candidate in _CANDIDATES[1:]:
        score = _visible_share(colours, weights, candidate)
        if best_score < score * _PREFERENCE:
            best, best_score = candidate, score
    return best


def _visible_share(
    colours: NDArray[np.int16], weights: NDArray[np.float32], background: tuple[int, int, int]
) -> float:
    difference = np.abs(colours - np.array(background, np.int16)).max(axis=-1)
    return float(weights[difference >= _VISIBLE_DIFFERENCE].sum())
