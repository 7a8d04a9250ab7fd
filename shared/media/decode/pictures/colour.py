"""Colours of pictures: all become 8-bit sRGB.

Pillow reads more modes than it converts correctly: it clips 16-bit greys at 255 and ignores profiles.
"""

from io import BytesIO
from typing import Final

import numpy as np
from PIL import Image, ImageCms

_AVERAGED: Final = frozenset({"L", "LA", "RGB", "RGBA", "CMYK", "LAB"})
"""Modes with 8 bits a sample whose pixels can be averaged."""

_SRGB_GAMMA: Final = 1 / 2.2
_GAMMA_TOLERANCE: Final = 0.05
_PROFILE_MODES: Final = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK", "Lab ": "LAB"}


def with_eight_bits(image: Image.Image, white: float, *, inverted: bool = False) -> Image.Image:
    """Return the picture in a mode whose pixels can be averaged. The ICC profile is not applied.

    ``white`` is the value that means white, for modes with more than 8 bits. ``inverted``: 0 means white, in
    these modes.
    """
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        values = np.asarray(image).astype(np.float32) * np.float32(255.0 / white)
        grey = np.clip(np.nan_to_num(values, nan=0.0) + np.float32(0.5), 0, 255).astype(np.uint8)
        return Image.fromarray(255 - grey if inverted else grey)
    if image.has_transparency_data and image.mode not in ("LA", "RGBA"):
        return image.convert("RGBA")
    if image.mode in _AVERAGED:
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def white_value(image: Image.Image) -> float:
    """Return the value that means white in a loaded picture with more than 8 bits a sample.

    It follows from the type: 65,535 for 16 bits, 4,095 for 12 bits, 32,767 for signed 16 bits. A TIFF file
    with floating-point or 32-bit samples may declare it (SMaxSampleValue, TIFF 6.0, section 19). Otherwise
    white is 1.0 for floating-point samples, or the end of the first range that holds all values: 255, 65,535
    or 2,147,483,647.
    """
    tags = getattr(image, "tag_v2", {})
    bits, sample_format = _first(tags.get(258), 16), _first(tags.get(339), 1)
    if image.mode.startswith("I;16"):
        return float(2 ** min(bits, 16) - 1)
    if image.mode == "I" and bits <= 16:
        return 32_767.0 if sample_format == 2 else 65_535.0
    declared = _first(tags.get(341), 0)
    if declared > 0:
        return float(declared)
    highest = float(np.nanmax(np.asarray(image)))
    ranges = (1.0, 255.0, 65_535.0) if image.mode == "F" else (255.0, 65_535.0)
    return next((end for end in ranges if highest <= end), 2_147_483_647.0)


def is_white_zero(image: Image.Image) -> bool:
    """Return whether a TIFF file stores white as 0. Pillow inverts such samples of up to 8 bits only."""
    photometric = getattr(image, "tag_v2", {}).get(262)
    return photometric == 0 and image.mode not in ("1", "L", "P")


def in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return RGB or RGBA in sRGB. ``profile`` is the embedded ICC profile; a damaged one, or one for another
    kind of picture, is ignored."""
    alpha = image.getchannel("A") if image.mode in ("LA", "RGBA") else None
    opaque = image.convert("L" if image.mode == "LA" else "RGB") if alpha else image
    rgb = _with_profile(opaque, profile) if profile else None
    if rgb is None:
        rgb = _from_lab(opaque) if opaque.mode == "LAB" else opaque.convert("RGB")
    if alpha is not None:
        rgb.putalpha(alpha)
    return rgb


def with_gamma(image: Image.Image, gamma: float) -> Image.Image:
    """Undo a PNG file's gamma (chunk gAMA: the exponent of its samples) where it differs from sRGB's."""
    if not 0 < gamma < 10 or abs(gamma - _SRGB_GAMMA) < _GAMMA_TOLERANCE:
        return image
    curve = [round(255 * (value / 255) ** (_SRGB_GAMMA / gamma)) for value in range(256)]
    channels = [
        channel if name == "A" else channel.point(curve)
        for name, channel in zip(image.getbands(), image.split(), strict=True)
    ]
    return Image.merge(image.mode, channels)


def _with_profile(image: Image.Image, content: bytes) -> Image.Image | None:
    try:
        profile = ImageCms.ImageCmsProfile(BytesIO(content))
        mode = _PROFILE_MODES.get(profile.profile.xcolor_space)
        if mode == "RGB" and image.mode == "L":
            image = image.convert("RGB")
        if mode != image.mode:
            return None
        return ImageCms.profileToProfile(image, profile, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None


def _from_lab(image: Image.Image) -> Image.Image:
    converted = ImageCms.profileToProfile(
        image, ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), outputMode="RGB"
    )
    assert converted is not None  # noqa: S101 - only in-place conversion returns None
    return converted


def _first(value: object, default: float) -> float:
    first = value[0] if isinstance(value, tuple) and value else value
    return float(first) if isinstance(first, int | float) else default
