"""Files whose end is missing."""

from io import BytesIO

import pytest
from PIL import Image

from shared.media.decode.pictures.formats.cut_off import is_cut_off
from tests.unit.media.decode.pictures.decoding import encoded, noise


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
@pytest.mark.parametrize("kind", ["WEBP", "BMP", "HEIF", "TIFF"])
def test_missing_end_is_told_from_damage(kind: str) -> None:
    options = {"compression": "tiff_lzw"} if kind == "TIFF" else {}
    content = encoded(Image.fromarray(noise(90, 70)), kind, **options)
    assert is_cut_off(BytesIO(content[: len(content) * 2 // 3]))
    assert not is_cut_off(BytesIO(content))


@pytest.mark.parametrize("content", [b"", b"II*\0", b"RIFF", b"\0\0\0\x08ftyp", b"something else"])
def test_short_files_are_examined_without_error(content: bytes) -> None:
    is_cut_off(BytesIO(content))
