"""Colours of pictures: all become 8-bit sRGB.

Pillow reads more modes than it converts correctly: it clips 16-bit greys at 255 and ignores profiles.
"""

from io import BytesIO
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

_AVERAGED: Final = frozenset({"L", "LA", "RGB", "RGBA", "CMYK", "LAB"})
"""Modes with 8 bits a sample whose pixels can be averaged."""

_SRGB_GAMMA: Final = 1 / 2.2
_GAMMA_TOLERANCE: Final = 0.05
_PROFILE_MODES: Final = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK", "Lab ": "LAB"}


class GreyScale(NamedTuple):
    """The meaning of grey samples with more than 8 bits. ``white`` is the value that means white.

    ``is_inverted``: 0 means white. ``is_unsigned``: Pillow reads 32 unsigned bits as signed.
    """

    white: float = 255.0
    is_inverted: bool = False
    is_unsigned: bool = False

    def values(self, image: Image.Image) -> NDArray[np.generic]:
        samples = np.asarray(image)
        return samples.view(np.uint32) if self.is_unsigned else samples


def with_eight_bits(image: Image.Image, scale: GreyScale | None = None) -> Image.Image:
    """Return the picture in a mode whose pixels can be averaged. The ICC profile is not applied.

    ``scale`` is used for modes with more than 8 bits.
    """
    if is_deep(image):
        scale = scale or GreyScale()
        values = scale.values(image).astype(np.float32) * np.float32(255.0 / scale.white)
        grey = np.clip(np.nan_to_num(values, nan=0.0) + np.float32(0.5), 0, 255).astype(np.uint8)
        return Image.fromarray(255 - grey if scale.is_inverted else grey)
    if image.has_transparency_data and image.mode not in ("LA", "RGBA"):
        return image.convert("RGBA")
    if image.mode in _AVERAGED:
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def is_deep(image: Image.Image) -> bool:
    """Return whether the picture is grey with more than 8 bits a sample."""
    return image.mode in ("I", "F") or image.mode.startswith("I;16")


def grey_scale(image: Image.Image) -> GreyScale:
    """Return the meaning of the samples of a loaded picture with more than 8 bits a sample.

    White follows from the type: 65,535 for 16 bits, 4,095 for 12 bits, 32,767 for signed 16 bits. A TIFF file
    with floating-point or 32-bit samples may declare it (SMaxSampleValue, TIFF 6.0, section 19). Otherwise
    white is 1.0 for floating-point samples, or the end of the first range that holds all finite values: 255,
    65,535 or the end of the type.

    A TIFF file may store white as 0; Pillow inverts such samples of up to 8 bits only.
    """
    tags = getattr(image, "tag_v2", {})
    bits, sample_format = _first(tags.get(258), 16), _first(tags.get(339), 1)
    scale = GreyScale(
        is_inverted=tags.get(262) == 0, is_unsigned=image.mode == "I" and bits == 32 and sample_format == 1
    )
    if image.mode.startswith("I;16"):
        return scale._replace(white=2.0 ** min(bits, 16) - 1)
    if image.mode == "I" and bits <= 16:
        return scale._replace(white=32_767.0 if sample_format == 2 else 65_535.0)
    declared = _first(tags.get(341), 0)
    return scale._replace(white=declared if declared > 0 else _end_of_range(image, scale))


def _end_of_range(image: Image.Image, scale: GreyScale) -> float:
    values = scale.values(image)
    highest = float(np.max(values, initial=0, where=np.isfinite(values)))
    ranges = (1.0, 255.0, 65_535.0) if image.mode == "F" else (255.0, 65_535.0)
    return next((end for end in ranges if highest <= end), 2.0**32 - 1 if scale.is_unsigned else 2.0**31 - 1)


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
