"""Large TIFF and BMP files that are decoded by rows."""

from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image

from shared.media.decode.pictures.formats import row_bands
from tests.unit.media.decode.pictures.decoding import encoded, noise

PICTURE = Image.fromarray(np.repeat(noise(15, 210), 4, axis=1))


@pytest.fixture(autouse=True)
def no_lower_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Decode small pictures by rows, which takes less time."""
    monkeypatch.setattr(row_bands, "_LARGE_PIXELS", 1)


@pytest.mark.parametrize(
    ("kind", "mode", "options"),
    [
        ("TIFF", "RGB", {}),
        ("TIFF", "RGB", {"compression": "tiff_lzw", "tiffinfo": {278: 8}}),
        ("TIFF", "RGB", {"compression": "tiff_deflate", "tiffinfo": {278: 8, 317: 2}}),
        ("TIFF", "RGB", {"compression": "tiff_lzw", "tiffinfo": {278: 8}, "big_tiff": True}),
        ("TIFF", "CMYK", {"compression": "tiff_lzw", "tiffinfo": {278: 8}}),
        ("TIFF", "L", {"compression": "packbits", "tiffinfo": {278: 8}}),
        ("TIFF", "P", {"compression": "tiff_lzw", "tiffinfo": {278: 8}}),
        ("BMP", "RGB", {}),
        ("BMP", "L", {}),
        ("BMP", "P", {}),
    ],
)
@pytest.mark.parametrize("rows", [5, 64])
def test_bands_equal_picture(kind: str, mode: str, options: dict[str, Any], rows: int) -> None:
    written = PICTURE.quantize(32) if mode == "P" else PICTURE.convert(mode)
    file = BytesIO(encoded(written, kind, **options))
    with Image.open(file) as image:
        assert row_bands.has_row_bands(image)
        bands = list(row_bands.row_bands(image, file, rows))
    assert [band.height for band in bands[:-1]] == [rows] * (len(bands) - 1)
    found = np.concatenate([np.asarray(band.convert("RGB")) for band in bands])
    assert np.array_equal(found, np.asarray(written.convert("RGB")))


def test_turned_picture_is_decoded_as_a_whole() -> None:
    file = BytesIO(encoded(PICTURE, "TIFF", tiffinfo={274: 3}))
    with Image.open(file) as image:
        assert not row_bands.has_row_bands(image)


def test_truncated_bitmap_is_reported() -> None:
    content = encoded(PICTURE, "BMP")
    file = BytesIO(content[: len(content) // 2])
    with Image.open(file) as image, pytest.raises(OSError, match="truncated"):
        list(row_bands.row_bands(image, file, 10))
