"""Tests of OCR on slides, a page and photographs without text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.media.decode.still_image import READING, decode_image
from shared.models.vision.ocr_reader import PaddleOcrReader

pytestmark = pytest.mark.slow

CASES = Path(__file__).parents[3] / "media" / "cases"


@pytest.fixture(scope="module")
def reader() -> PaddleOcrReader:
    return PaddleOcrReader()


def test_text_of_slides_is_read_exactly(
    reader: PaddleOcrReader, reel_frames: list[NDArray[np.uint8]], truth: list[dict[str, Any]]
) -> None:
    for frame, scene in zip(reel_frames, truth, strict=True):
        lines = reader.read(frame)
        assert [line.text for line in lines] == scene["on_screen_text"], scene["shows"]
        for line in lines:
            left, top, right, bottom = line.box
            assert 0 <= left < right <= 1
            assert 0 <= top < bottom <= 1


def test_photographs_without_text_give_no_lines(reader: PaddleOcrReader) -> None:
    from skimage import data

    for name in ("chelsea", "coffee", "rocket", "brick", "grass", "moon", "camera"):
        photograph = np.asarray(getattr(data, name)())
        image = photograph if photograph.ndim == 3 else np.stack([photograph] * 3, axis=-1)
        assert reader.read(image[..., :3]) == [], name


def test_printed_page_is_read(reader: PaddleOcrReader) -> None:
    from skimage import data

    printed = np.asarray(getattr(data, "page")())  # noqa: B009  untyped
    page = np.stack([printed] * 3, axis=-1)
    lines = [line.text for line in reader.read(page)]
    assert lines[0] == "Region-based segmentation"
    assert len(lines) > 6


def test_image_of_few_pixels_gives_no_lines(reader: PaddleOcrReader) -> None:
    assert reader.read(np.zeros((4, 300, 3), np.uint8)) == []


def test_lines_of_tall_screenshot_are_read_in_order(reader: PaddleOcrReader) -> None:
    picture = decode_image(CASES / "tall_screenshot_1080x20000.png", READING)[:6000]
    lines = reader.read(picture)
    numbers = [int(found[1]) for line in lines if (found := re.match(r"Line (\d+) \w+ \w+$", line.text))]
    assert numbers == list(range(len(numbers)))
    assert len(numbers) >= 48
    assert max(line.box[3] for line in lines) > 0.95


def test_small_print_of_scan_is_read(reader: PaddleOcrReader) -> None:
    from PIL import Image, ImageDraw, ImageFont

    page = Image.new("RGB", (2480, 3508), "white")
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(25)  # 6 points at 300 dots per inch
    words = ["harbour sale", "second hand boats", "open on friday"]
    for number, text in enumerate(words):
        draw.text((300, 400 + 60 * number), text, "black", font)
    assert [line.text for line in reader.read(np.asarray(page))] == words


def test_unknown_script_is_a_line_without_text(reader: PaddleOcrReader) -> None:
    lines = reader.read(decode_image(CASES / "text_russian.png", READING))
    assert [line.text for line in lines] == [""]
    assert lines[0].box[2] - lines[0].box[0] > 0.5


def test_line_cut_off_by_picture_edge_is_no_unknown_script(reader: PaddleOcrReader) -> None:
    picture = decode_image(CASES / "text_russian.png", READING)
    assert reader.read(picture[:, 40:]) == []
