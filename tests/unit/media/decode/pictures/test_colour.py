"""Colours: profiles, deep greys, other colour models."""

import struct
from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from shared.media.decode.pictures.colour import grey_scale
from tests.unit.media.decode.pictures.decoding import encoded, pixels, quarters


def grey_tiff(values: NDArray[np.generic], **tags: int) -> bytes:
    tiffinfo = {int(tag.removeprefix("tag")): value for tag, value in tags.items()}
    return encoded(Image.fromarray(values), "TIFF", tiffinfo=tiffinfo)


def flat(value: float, kind: type[np.generic]) -> NDArray[np.generic]:
    return np.full((20, 30), value, kind)


def unsigned(values: NDArray[np.generic]) -> bytes:
    """Return a TIFF file whose samples are unsigned. Pillow writes them as signed."""
    content = grey_tiff(values.view(np.int32))
    signed = struct.pack("<HHIH", 339, 3, 1, 2)
    assert content.count(signed) == 1
    return content.replace(signed, struct.pack("<HHIH", 339, 3, 1, 1))


@pytest.mark.parametrize(
    ("content", "grey"),
    [
        (encoded(Image.fromarray(np.full((20, 30), 60_000, np.uint16)), "PNG"), 233),
        (grey_tiff(flat(60_000, np.uint16)), 233),
        (grey_tiff(flat(300, np.uint16)), 1),
        (grey_tiff(flat(60_000, np.int32)), 233),
        (grey_tiff(flat(2**31 - 1, np.int32)), 255),
        (grey_tiff(flat(0.9, np.float32)), 230),
        (grey_tiff(flat(200, np.float32)), 200),
        (grey_tiff(flat(np.nan, np.float32)), 0),
        (unsigned(flat(2**32 - 1, np.uint32)), 255),
        (unsigned(flat(2**31, np.uint32)), 128),
    ],
)
def test_deep_grey_is_scaled_by_its_type(content: bytes, grey: int) -> None:
    found = pixels(content)
    assert found.min() == found.max() == pytest.approx(grey, abs=1)


def test_infinite_sample_does_not_darken_the_others() -> None:
    values = np.full((20, 30), 0.9, np.float32)
    values[0, :2] = (np.inf, -np.inf)
    found = pixels(grey_tiff(values))
    assert np.median(found) == pytest.approx(230, abs=1)
    assert found[0, :2, 0].tolist() == [255, 0]


def test_white_of_twelve_bits_is_4095() -> None:
    image = Image.open(BytesIO(grey_tiff(flat(0, np.uint16))))
    image.tag_v2[258] = (12,)  # type: ignore[attr-defined]  # a TIFF file
    assert grey_scale(image).white == 4095


def test_grey_whose_white_is_zero_is_inverted() -> None:
    content = bytearray(grey_tiff(flat(60_000, np.uint16)))
    at = content.index(bytes((6, 1, 3, 0, 1, 0, 0, 0))) + 8  # PhotometricInterpretation, one SHORT
    content[at] = 0
    assert pixels(bytes(content)).mean() == pytest.approx(255 - 233, abs=1)


def test_lab_and_cmyk_become_rgb() -> None:
    lab = ImageCms.profileToProfile(
        quarters(), ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    assert lab is not None
    expected = np.asarray(quarters()).astype(int)
    for content in (encoded(lab, "TIFF"), encoded(quarters().convert("CMYK"), "JPEG", quality=95)):
        assert np.abs(pixels(content) - expected).mean() < 4


def test_damaged_profile_is_ignored() -> None:
    content = encoded(quarters(), "PNG", icc_profile=b"no profile" * 20)
    assert np.array_equal(pixels(content), np.asarray(quarters()))


def test_profile_for_other_kind_of_picture_is_ignored() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    content = encoded(quarters(), "PNG", icc_profile=profile)
    assert np.array_equal(pixels(content), np.asarray(quarters()))


def test_profile_keeps_transparency() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    clear = quarters().convert("RGBA")
    clear.putalpha(0)
    assert pixels(encoded(clear, "PNG", icc_profile=profile)).min() == 255
