"""Image files: decoded with a size limit, oriented upright, converted to RGB."""

from io import BytesIO
from pathlib import Path
from typing import Final

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from shared.domain.errors import UnsupportedMedia
from shared.media.decode.query_image import FORMATS

pillow_heif.register_heif_opener()

RgbImage = NDArray[np.uint8]
"""Pixels, height x width x 3."""

MAX_PIXELS: Final = 100_000_000
_ORIENTATION: Final = 0x0112
_ROTATIONS: Final = {3: 180, 4: 180, 5: 270, 6: 270, 7: 90, 8: 90}


def decode_image(path: Path, *, max_pixels: int = MAX_PIXELS, for_width: int | None = None) -> Image.Image:
    """Decode the image, or its first frame. The result is not yet upright.

    The size is checked before decoding. With ``for_width`` a JPEG may be decoded at a smaller size, but not
    below that width.

    Raises:
        UnsupportedMedia: ``picture_too_large``, ``media_truncated`` or ``media_undecodable``.
    """
    try:
        with Image.open(path, formats=FORMATS) as image:
            if image.width * image.height > max_pixels:
                raise _too_large(image.width, image.height, max_pixels)
            if for_width is not None:
                image.draft("RGB", (for_width, for_width))
            image.load()
    except Image.DecompressionBombError as error:
        raise UnsupportedMedia("The picture has too many pixels.", code="picture_too_large") from error
    except UnidentifiedImageError as error:
        raise _undecodable() from error
    except (EOFError, OSError, ValueError, SyntaxError) as error:
        if "truncated" in str(error).lower():
            raise UnsupportedMedia(
                "The picture is cut off: part of the file is missing.", code="media_truncated"
            ) from error
        raise _undecodable() from error
    return image


def upright(image: Image.Image) -> Image.Image:
    """Return 8-bit RGB as a viewer shows it: EXIF orientation applied, transparency on white."""
    oriented = ImageOps.exif_transpose(image)
    if oriented.mode in ("I", "F", "I;16", "I;16B", "I;16L"):
        return Image.fromarray(_to_eight_bits(np.asarray(oriented))).convert("RGB")
    if oriented.has_transparency_data:
        layer = oriented.convert("RGBA")
        background = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(background, layer).convert("RGB")
    return oriented.convert("RGB")


def orientation(image: Image.Image) -> int:
    """Return the counter-clockwise rotation in degrees with which a viewer shows the stored image."""
    return _ROTATIONS.get(image.getexif().get(_ORIENTATION, 1), 0)


def shrunk(image: Image.Image, width: int) -> Image.Image:
    """Return the image at most ``width`` wide. It is never enlarged."""
    if image.width <= width:
        return image
    return image.resize((width, max(1, round(image.height * width / image.width))), Image.Resampling.LANCZOS)


def to_jpeg(image_or_pixels: RgbImage | Image.Image, quality: int = 85) -> bytes:
    image = image_or_pixels if isinstance(image_or_pixels, Image.Image) else Image.fromarray(image_or_pixels)
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def _to_eight_bits(values: NDArray[np.generic]) -> NDArray[np.uint8]:
    numbers = values.astype(np.float32)
    low, high = float(numbers.min()), float(numbers.max())
    scale = 255.0 / (high - low) if high > low else 0.0
    return ((numbers - low) * scale).astype(np.uint8)


def _too_large(width: int, height: int, limit: int) -> UnsupportedMedia:
    return UnsupportedMedia(
        f"The picture is {width} x {height} pixels; at most {limit:,} pixels are accepted.",
        code="picture_too_large",
        details={"width": width, "height": height, "max_pixels": limit},
    )


def _undecodable() -> UnsupportedMedia:
    return UnsupportedMedia("The picture is damaged and cannot be decoded.", code="media_undecodable")
