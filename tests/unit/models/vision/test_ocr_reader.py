"""Tests of OCR on slides, a page and photographs without text."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.models.vision.ocr_reader import PaddleOcrReader

pytestmark = pytest.mark.slow


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
