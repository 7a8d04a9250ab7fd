"""Answers of the decoding process, in the process of the test."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from shared.media.decode.picture_process.messages import Answer, Request
from shared.media.decode.picture_process.worker import Decoder
from shared.media.decode.pictures.fit import Fit
from tests.unit.media.decode.pictures.decoding import LIMIT, encoded, noise, quarters


def request(path: Path, width: int = 500, **options: str | bool) -> Request:
    return Request.model_validate({"path": str(path), "fit": Fit(width=width), "max_pixels": LIMIT} | options)


def test_smaller_version_comes_from_kept_picture(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(encoded(quarters(), "PNG"))
    decoder = Decoder()
    answer, content = decoder.answer(request(path, only_properties=True))
    assert (answer.width, answer.pixel_width, content) == (80, 0, b"")
    kept = decoder._kept
    answer, content = decoder.answer(request(path, 40))
    assert (answer.pixel_width, answer.pixel_height, len(content)) == (40, 30, 3600)
    assert decoder._kept is kept


def test_larger_version_is_decoded_again(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(encoded(quarters(), "PNG"))
    decoder = Decoder()
    decoder.answer(request(path, 20))
    assert decoder.answer(request(path, 60))[0].pixel_width == 60


def test_jpeg_file_is_written(tmp_path: Path) -> None:
    path, target = tmp_path / "a.bmp", tmp_path / "out"
    path.write_bytes(encoded(quarters(), "BMP"))
    answer, content = Decoder().answer(request(path, destination=str(target)))
    assert (answer.error_code, content) == (None, b"")
    with Image.open(target) as written:
        assert (written.format, written.size) == ("JPEG", (80, 60))


@pytest.mark.parametrize(
    ("kind", "keep", "code"),
    [("JPEG", 0.5, "media_truncated"), ("PNG", 0.5, "media_truncated"), ("WEBP", 0.5, "media_truncated")],
)
def test_cut_off_file_is_named_so(tmp_path: Path, kind: str, keep: float, code: str) -> None:
    path = tmp_path / "a"
    content = encoded(Image.fromarray(noise(100, 100)), kind)
    path.write_bytes(content[: int(len(content) * keep)])
    assert Decoder().answer(request(path))[0].error_code == code


def test_damaged_file_is_named_so(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    content = bytearray(encoded(Image.fromarray(noise(100, 100)), "PNG"))
    content[20_000:20_100] = bytes(100)
    path.write_bytes(content)
    assert Decoder().answer(request(path))[0].error_code == "media_undecodable"


def test_answer_survives_its_line() -> None:
    line = Answer(width=3, error_details={"width": 3}).model_dump_json().encode() + b"\n"
    assert Answer.model_validate_json(BytesIO(line).readline()).error_details == {"width": 3}
