"""TIFF files that are intact, but cannot be decoded."""

import struct
from pathlib import Path

import pytest

from shared.media.decode.picture_process.messages import Answer, Request
from shared.media.decode.picture_process.worker import Decoder
from shared.media.decode.pictures.fit import Fit
from tests.unit.media.decode.pictures.decoding import LIMIT, encoded, quarters


def answer(path: Path, content: bytes) -> Answer:
    path.write_bytes(content)
    return Decoder().answer(Request(path=str(path), fit=Fit(), max_pixels=LIMIT))[0]


def with_tag(content: bytes, tag: int, before: int, after: int) -> bytes:
    """Change a tag with one SHORT."""
    entry = struct.pack("<HHIH", tag, 3, 1, before)
    assert content.count(entry) == 1
    return content.replace(entry, struct.pack("<HHIH", tag, 3, 1, after))


@pytest.mark.filterwarnings("ignore:More samples")
@pytest.mark.parametrize(
    ("tag", "before", "after", "named"),
    [
        (258, 32, 64, "with floating-point samples of 64 bits, 1 a pixel,"),
        (258, 32, 24, "with floating-point samples of 24 bits, 1 a pixel,"),
        (259, 1, 33005, "compressed with JPEG 2000"),
        (259, 1, 50001, "compressed with WebP"),
        (259, 1, 60000, "compressed with method 60000"),
    ],
)
def test_unsupported_kind_is_named(tmp_path: Path, tag: int, before: int, after: int, named: str) -> None:
    content = encoded(quarters().convert("F"), "TIFF")
    found = answer(tmp_path / "a.tif", with_tag(content, tag, before, after))
    assert found.error_code == "unsupported_codec"
    assert f"TIFF files {named} are not supported" in found.error_message


@pytest.mark.filterwarnings("ignore:Truncated File Read")
@pytest.mark.parametrize("mode", ["F", "RGB", "L"])
def test_damaged_file_of_supported_kind_is_damaged(tmp_path: Path, mode: str) -> None:
    content = encoded(quarters().convert(mode), "TIFF", compression="tiff_lzw")
    assert answer(tmp_path / "a.tif", content).error_code is None
    strip = content.index(b"\x80")  # LZW begins with the code that clears its table
    damaged = content[:strip] + b"\xff" * 20 + content[strip + 20 :]
    assert answer(tmp_path / "a.tif", damaged).error_code == "media_undecodable"
