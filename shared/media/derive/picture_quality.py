"""Judgement of pictures that represent a medium: whether they show something, and how well."""

from collections.abc import Sequence
from io import BytesIO
from typing import Final, TypeVar

import cv2
import numpy as np
from PIL import Image

from shared.media.decode.pictures.blank import BRIGHT, DARK, is_blank_area
from shared.media.decode.still_image import RgbImage

_WIDTH: Final = 160
_LEVELS: Final = 32
_SHARPNESS_SCALE: Final = 100.0
_NEARLY_AS_GOOD: Final = 0.8

Picture = TypeVar("Picture", RgbImage, bytes, RgbImage | bytes)
"""Pixels or a JPEG file."""


def is_blank(picture: RgbImage | bytes) -> bool:
    """Return whether a picture is nearly black, white or grey all over. A coloured area is not blank."""
    return is_blank_area(_small(picture))


def quality(picture: RgbImage | bytes) -> float:
    """Return how much a picture shows: 0 for a uniform one, about 1 for a detailed one.

    It is the entropy of brightness, which fades, flashes and title cards lower, times the share of pixels
    that are neither black nor white, times sharpness, the variance of the Laplacian (Pech-Pacheco et al.,
    2000), which blur lowers.
    """
    grey = cv2.cvtColor(_small(picture), cv2.COLOR_RGB2GRAY)
    counts = np.bincount(grey.ravel() // (256 // _LEVELS), minlength=_LEVELS).astype(np.float64)
    shares = counts[counts > 0] / grey.size
    entropy = abs(float((shares * np.log2(shares)).sum())) / float(np.log2(_LEVELS))
    exposed = float(((grey >= DARK) & (grey <= BRIGHT)).mean())
    variance = float(cv2.Laplacian(grey, cv2.CV_32F).var())
    sharpness = variance / (variance + _SHARPNESS_SCALE)
    return entropy * (0.25 + 0.75 * exposed) * (0.25 + 0.75 * sharpness)


def first_good(qualities: Sequence[float]) -> int:
    """Return the index of the first quality that is at least four fifths of the best.

    Raises:
        ValueError: ``qualities`` is empty.
    """
    least = max(qualities) * _NEARLY_AS_GOOD
    return next(index for index, value in enumerate(qualities) if value >= least)


def without_blank(pictures: Sequence[Picture]) -> list[Picture]:
    """Return the pictures that are not blank; all if all are."""
    return [picture for picture in pictures if not is_blank(picture)] or list(pictures)


def _small(picture: RgbImage | bytes) -> RgbImage:
    if isinstance(picture, bytes):
        with Image.open(BytesIO(picture)) as file:
            file.draft("RGB", (_WIDTH, _WIDTH))
            pixels = np.asarray(file.convert("RGB"))
    else:
        pixels = picture
    if pixels.shape[1] > _WIDTH:
        height = max(1, round(pixels.shape[0] * _WIDTH / pixels.shape[1]))
        pixels = np.asarray(cv2.resize(pixels, (_WIDTH, height), interpolation=cv2.INTER_AREA))
    return np.asarray(pixels, dtype=np.uint8)
