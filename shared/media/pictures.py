"""Still pictures: opened with bounds, upright, in RGB."""

from io import BytesIO
from pathlib import Path
from typing import Final

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from shared.domain.errors import UnsupportedMedia
from shared.media.picture import FORMATS

pillow_heif.register_heif_opener()

RGB = NDArray[np.uint8]
"""Height x width x 3."""

MAX_PIXELS: Final = 100_000_000
_ORIENTATION: Final = 0x0112
_TURNS: Final = {3: 180, 4: 180, 5: 270, 6: 270, 7: 90, 8: 90}


def decoded(path: Path, *, max_pixels: int = MAX_PIXELS, for_width: int | None = None) -> Image.Image:
    """The picture (its first frame), decoded but not yet upright. The size is checked before
    anything is decoded. With ``for_width`` a JPEG may come smaller, but not below that width.

    Raises:
        UnsupportedMedia: picture_too_large, media_truncated, media_undecodable.
    """
    try:
        image = Image.open(path, formats=FORMATS)
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
    """8-bit RGB as a viewer shows it: EXIF orientation applied, transparency on white."""
    turned = ImageOps.exif_transpose(image)
    if turned.mode in ("I", "F", "I;16", "I;16B", "I;16L"):
        return Image.fromarray(_eight_bits(np.asarray(turned))).convert("RGB")
    if turned.has_transparency_data:
        layer = turned.convert("RGBA")
        ground = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(ground, layer).convert("RGB")
    return turned.convert("RGB")


def orientation(image: Image.Image) -> int:
    """Degrees counter-clockwise by which the stored picture is turned to be shown."""
    return _TURNS.get(image.getexif().get(_ORIENTATION, 1), 0)


def shrunk(image: Image.Image, width: int) -> Image.Image:
    """At most ``width`` wide; never enlarged."""
    if image.width <= width:
        return image
    return image.resize((width, max(1, round(image.height * width / image.width))), Image.Resampling.LANCZOS)


def to_jpeg(picture: RGB | Image.Image, quality: int = 85) -> bytes:
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def _eight_bits(values: NDArray[np.generic]) -> NDArray[np.uint8]:
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
