"""Pictures sent with a search: whoever may search may send any bytes at all."""

import base64
import subprocess
import sys
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from shared.domain.errors import InvalidRequest
from shared.media.picture import decode_base64_picture
from tests.unit.media.samples import scene
from tests.waiting import HANG_TIMEOUT


def encoded(image: Image.Image, kind: str, **options: object) -> str:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return base64.b64encode(buffer.getvalue()).decode()


def decode(text: str) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return decode_base64_picture(text, field="image_data", max_bytes=10**7, max_pixels=10**7)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_a_picture_comes_upright_and_no_larger_than_is_looked_at(kind: str) -> None:
    picture = Image.fromarray(scene(0, 0, 1600, 400))
    decoded = decode(encoded(picture, kind))
    assert decoded.shape == (320, 1280, 3)
    assert decoded[:100, :500].mean() > 200 > decoded[:100, 700:].mean()


def test_the_camera_may_have_been_held_sideways() -> None:
    picture = Image.fromarray(scene(0, 0, 400, 200))
    exif = Image.Exif()
    exif[0x0112] = 6
    decoded = decode(encoded(picture, "JPEG", exif=exif))
    assert decoded.shape == (400, 200, 3)
    assert decoded[:150, 120:].mean() > 200 > decoded[250:, 120:].mean()


@pytest.mark.parametrize("kind", ["EPS", "PCX", "JPEG2000", "DDS", "PPM", "TGA"])
def test_other_formats_are_not_even_tried(kind: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        decode(encoded(Image.new("RGB", (60, 40)), kind))
    assert raised.value.field == "image_data"


_MANY_LARGE_ONES = """
import base64, io, resource
from concurrent.futures import ThreadPoolExecutor
from PIL import Image
from shared.media.picture import decode_base64_picture

def decode(_):
    return decode_base64_picture(sent, field="f", max_bytes=10**7, max_pixels=10**8).shape

buffer = io.BytesIO()
Image.new("RGB", (9400, 9400)).save(buffer, "PNG", compress_level=1)
sent = base64.b64encode(buffer.getvalue()).decode()
resource.setrlimit(resource.RLIMIT_DATA, (1200 * 2**20,) * 2)
with ThreadPoolExecutor(4) as threads:
    assert set(threads.map(decode, range(4))) == {(1280, 1280, 3)}
"""


@pytest.mark.slow
def test_many_large_pictures_at_once_need_no_more_memory_than_one() -> None:
    """Each is 400 kB of PNG and 350 MB decoded."""
    done = subprocess.run(
        [sys.executable, "-c", _MANY_LARGE_ONES],
        capture_output=True,
        text=True,
        timeout=HANG_TIMEOUT,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
