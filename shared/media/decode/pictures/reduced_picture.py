"""Reduced pictures: decoded band by band or at a reduced scale where the format allows it, upright, in
8-bit sRGB, without transparency."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import IO, Final

from PIL import Image

from shared.domain.media import MediaWarning
from shared.media.decode.pictures.animation import is_animated, seek_shown_frame
from shared.media.decode.pictures.colour import grey_scale, in_srgb, is_deep, with_eight_bits, with_gamma
from shared.media.decode.pictures.errors import DECODE_ERRORS
from shared.media.decode.pictures.fit import Fit, reduction
from shared.media.decode.pictures.formats.gif_comments import check_gif_comments
from shared.media.decode.pictures.formats.png_rows import PngLayout, png_bands, png_layout
from shared.media.decode.pictures.formats.row_bands import has_row_bands, row_bands
from shared.media.decode.pictures.frames import MAX_PAGES, page_numbers, seek_page, warnings_of
from shared.media.decode.pictures.memory import check_memory, check_pixels, check_webp_pixels
from shared.media.decode.pictures.transparency import composed

FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "HEIF")
"""The image formats of media. Pillow supports forty more, one of which starts another program."""

_BAND_PIXELS: Final = 4_000_000
_ORIENTATION: Final = 0x0112
_TRANSPOSITIONS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ROTATIONS: Final = {3: 180, 4: 180, 5: 270, 6: 270, 7: 90, 8: 90}
"""Counter-clockwise rotation in degrees of each EXIF orientation."""


@dataclass(frozen=True, slots=True)
class Reduced:
    """A reduced picture. ``width`` and ``height`` are those of the file's picture, upright."""

    image: Image.Image
    width: int
    height: int
    rotation: int
    warnings: tuple[MediaWarning, ...] = ()


def decode_reduced(
    file: IO[bytes], formats: tuple[str, ...], fit: Fit, *, max_pixels: int, all_pages: bool = False
) -> Reduced:
    """Decode the main picture of ``file``, or, with ``all_pages``, the pages of a TIFF file one below
    another. Of an animation it is the first frame that is not blank.

    Raises:
        UnsupportedMedia: ``picture_too_large``, ``media_undecodable``.
        ``DECODE_ERRORS``: the file is damaged.
        MemoryError: the process has too little memory.
    """
    check_webp_pixels(file, max_pixels)
    check_gif_comments(file)
    file.seek(0)
    with Image.open(file, formats=formats) as image:
        check_pixels(image.width, image.height, max_pixels)
        pages = page_numbers(image)
        warnings = warnings_of(image, len(pages))
        if all_pages and len(pages) > 1:
            stack = _stacked(image, file, pages[:MAX_PAGES], fit, max_pixels)
            return Reduced(stack, stack.width, stack.height, 0, warnings)
        layout = png_layout(file) if image.format == "PNG" else None
        orientation = _orientation(image, layout)
        width, height = image.size if orientation < 5 else image.size[::-1]
        if is_animated(image):
            seek_shown_frame(image)
        is_first = image.tell() == 0 or image.format == "TIFF"
        shown = _decode(image, file, layout if is_first else None, fit.scale(width, height))
        if orientation in _TRANSPOSITIONS:
            shown = shown.transpose(_TRANSPOSITIONS[orientation])
        target = fit.size(width, height)
        return Reduced(no_larger(shown, target), width, height, _ROTATIONS.get(orientation, 0), warnings)


def _stacked(
    image: Image.Image, file: IO[bytes], pages: Sequence[int], fit: Fit, max_pixels: int
) -> Image.Image:
    """Return pages of a TIFF file one below another, in the middle of a white column."""
    sizes = []
    for page in pages:
        seek_page(image, page)
        check_pixels(image.width, image.height, max_pixels)
        sizes.append(image.size)
    scale = fit.scale(max(width for width, _ in sizes), sum(height for _, height in sizes))
    targets = [(max(1, int(width * scale)), max(1, int(height * scale))) for width, height in sizes]
    column = Image.new("RGB", (max(w for w, _ in targets), sum(h for _, h in targets)), "white")
    top = 0
    for page, (width, height) in zip(pages, targets, strict=True):
        seek_page(image, page)
        shown = no_larger(_decode(image, file, None, scale), (width, height))
        column.paste(shown, ((column.width - shown.width) // 2, top))
        top += height
    return column


def _decode(image: Image.Image, file: IO[bytes], layout: PngLayout | None, scale: float) -> Image.Image:
    """Decode the open picture, reduced by about ``scale``, as stored: not yet upright."""
    stored_pixels = image.width * image.height
    wanted = (ceil(image.width * scale), ceil(image.height * scale))
    profile = image.info.get("icc_profile")
    gamma = None if layout is None or layout.has_srgb else image.info.get("gamma")
    if layout is not None and layout.is_decoded_by_rows:
        factor = reduction(*image.size, scale)
        bands = png_bands(file, layout, _band_rows(image.width, factor))
    elif has_row_bands(image):
        factor = reduction(*image.size, scale)
        bands = row_bands(image, file, _band_rows(image.width, factor))
    else:
        if image.format in ("JPEG", "MPO"):
            image.draft(image.mode, wanted)
        check_memory(image, stored_pixels)
        image.load()
        factor = reduction(*image.size, min(1.0, wanted[0] / image.width))
        bands = _loaded_bands(image, _band_rows(image.width, factor))
    averaged = _averaged(bands, image.size, factor)
    if gamma and not profile:
        averaged = with_gamma(averaged, gamma)
    coloured = in_srgb(averaged, profile)
    return composed(coloured, has_padding=image.format == "BMP") if coloured.mode == "RGBA" else coloured


def _band_rows(width: int, factor: int) -> int:
    return max(1, _BAND_PIXELS // width // factor) * factor


def _loaded_bands(image: Image.Image, rows: int) -> Iterator[Image.Image]:
    scale = grey_scale(image) if is_deep(image) else None
    for top in range(0, image.height, rows):
        band = image.crop((0, top, image.width, min(top + rows, image.height)))
        yield with_eight_bits(band, scale)


def _averaged(bands: Iterator[Image.Image], size: tuple[int, int], factor: int) -> Image.Image:
    """Join the bands, each reduced by ``factor``. All but the last have a multiple of ``factor`` rows."""
    canvas: Image.Image | None = None
    top = 0
    for band in bands:
        eight_bits = with_eight_bits(band)
        reduced = eight_bits.reduce(factor) if factor > 1 else eight_bits
        if canvas is None:
            canvas = Image.new(reduced.mode, (reduced.width, ceil(size[1] / factor)))
        canvas.paste(reduced, (0, top))
        top += reduced.height
    assert canvas is not None  # noqa: S101 - a picture has a row
    return canvas


def no_larger(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return the picture, reduced to ``size`` if it is larger."""
    if image.width <= size[0] and image.height <= size[1]:
        return image
    return image.resize(size, Image.Resampling.LANCZOS)


def _orientation(image: Image.Image, layout: PngLayout | None) -> int:
    """Return the EXIF orientation. Damaged EXIF data are ignored. Pillow itself applies the orientation of a
    TIFF file."""
    if image.format == "TIFF":
        return 1
    try:
        exif = image.getexif() if layout is None else Image.Exif()
        if layout is not None:
            exif.load(layout.exif and b"Exif\0\0" + layout.exif)
        value = exif.get(_ORIENTATION, 1)
    except DECODE_ERRORS:
        return 1
    return value if isinstance(value, int) else 1
