"""Tests of images sent with a search. The content is untrusted."""

import base64
import subprocess
import sys
from io import BytesIO

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from shared.domain.errors import InvalidRequest
from shared.media.decode.picture_process.process import query_picture_process
from shared.media.decode.query_image import decode_base64_image
from tests.unit.media.samples import scene
from tests.waiting import HANG_TIMEOUT, wait_until

pillow_heif.register_heif_opener()


def encoded(image: Image.Image, kind: str, **options: object) -> str:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return base64.b64encode(buffer.getvalue()).decode()


def decode(text: str) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return decode_base64_image(text, field="image_data", max_bytes=10**7, max_pixels=10**7)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "HEIF"])
def test_image_is_upright_and_at_most_1280_pixels_wide(kind: str) -> None:
    image = Image.fromarray(scene(0, 0, 1600, 400))
    decoded = decode(encoded(image, kind))
    assert decoded.shape == (320, 1280, 3)
    assert decoded[:100, :500].mean() > 200 > decoded[:100, 700:].mean()


def test_exif_orientation_is_applied() -> None:
    image = Image.fromarray(scene(0, 0, 400, 200))
    exif = Image.Exif()
    exif[0x0112] = 6
    decoded = decode(encoded(image, "JPEG", exif=exif))
    assert decoded.shape == (400, 200, 3)
    assert decoded[:150, 120:].mean() > 200 > decoded[250:, 120:].mean()


def test_end_of_decoding_process_costs_at_most_its_search() -> None:
    sent = encoded(Image.new("RGB", (60, 40)), "PNG")
    decode(sent)
    process = query_picture_process()._process
    assert process is not None
    process.kill()
    wait_until(lambda: process.poll() is not None)
    assert decode(sent).shape == (40, 60, 3)


@pytest.mark.parametrize("kind", ["EPS", "PCX", "JPEG2000", "DDS", "PPM", "TGA"])
def test_other_formats_are_refused(kind: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        decode(encoded(Image.new("RGB", (60, 40)), kind))
    assert raised.value.field == "image_data"


_CONCURRENT_DECODING = """
import base64, io, resource
from concurrent.futures import ThreadPoolExecutor
from PIL import Image
from shared.media.decode.query_image import decode_base64_image

def decode(_):
    return decode_base64_image(sent, field="f", max_bytes=10**7, max_pixels=10**8).shape

buffer = io.BytesIO()
Image.new("RGB", (9400, 9400)).save(buffer, "PNG", compress_level=1)
sent = base64.b64encode(buffer.getvalue()).decode()
resource.setrlimit(resource.RLIMIT_DATA, (1200 * 2**20,) * 2)
with ThreadPoolExecutor(4) as threads:
    assert set(threads.map(decode, range(4))) == {(1280, 1280, 3)}
"""


@pytest.mark.slow
def test_concurrent_large_images_need_memory_of_one() -> None:
    """Each image is 400 kB as PNG and 350 MB decoded."""
    done = subprocess.run(
        [sys.executable, "-c", _CONCURRENT_DECODING],
        capture_output=True,
        text=True,
        timeout=HANG_TIMEOUT,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
