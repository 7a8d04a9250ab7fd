"""Text recognition in images (OCR) with PP-OCR (rapidocr) on the CPU.

Long pictures are read by tiles. The model reads Latin letters, digits, Chinese and Japanese. It finds lines
of other scripts, but gives nothing or wrong letters for them.
"""

# ruff: noqa: PLC0415  heavy libraries are imported at first use

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from shared.domain.evidence import TextLine
from shared.domain.lazy import lazy
from shared.models.vision.ocr_tiles import FoundBox, Tile, tiles_of, without_duplicates

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from shared.ports.models import RgbImage

_DETECTION_SIDE = 736
"""Longer side in pixels at which text is detected. Detected lines are read at full size."""
_FINE_DETECTION_SIDE = 1280
"""Longer side of the second detection in a large picture that has text.

Its boxes are tighter and separate columns, but it misses some thin letters.
"""
_MAX_LINES = 2000
_MIN_CONFIDENCE = 0.8
_MIN_CONFIDENCE_SHORT = 0.95
"""Minimum confidence of a line, and of a line with fewer than three letters or digits.

False detections in photographs are short: whiskers and grids look like a "1" or an "l".
"""
_UNREAD_RATIO = 3.0
_UNREAD_SIDE = 16.0
"""Shape of a detected line that counts as text although it cannot be read: at least three times as long as
high, and 16 pixels high. False detections in photographs are about as long as high."""


class PaddleOcrReader:
    """Implements ``shared.ports.models.Reader``. Lines are ordered from top to bottom, left to right."""

    def __init__(self, *, threads: int = 1) -> None:
        self._threads = threads
        self._lock = threading.Lock()  # an engine stores the image's size in its own state

    @lazy
    def _detector(self) -> Any:
        """Finds lines in frames, which mostly have one size. It keeps its memory from frame to frame."""
        return _load_detector(self._threads, keeps_memory=True)

    @lazy
    def _fine_detector(self) -> Any:
        return _load_detector(self._threads, keeps_memory=False)

    @lazy
    def _recognizer(self) -> Any:
        return _load(self._threads, keeps_memory=False)

    @property
    def model(self) -> str:
        return "pp-ocrv6-small"

    def read(self, image: RgbImage) -> list[TextLine]:
        height, width = image.shape[:2]
        if min(height, width) < 8:
            return []
        with self._lock:
            found = [self._detect(image, tile) for tile in tiles_of(height, width)]
            lines = (self._recognize(image, box) for box in without_duplicates(found)[:_MAX_LINES])
            return [line for line in lines if line is not None]

    def _detect(self, image: RgbImage, tile: Tile) -> list[FoundBox]:
        part = _part(image, tile)
        found = _boxes(self._detector, part, _DETECTION_SIDE)
        if found and max(part.shape) > 2 * _DETECTION_SIDE:
            finer = _boxes(self._fine_detector, part, _FINE_DETECTION_SIDE)
            found = finer if len(finer) >= len(found) else found
        return [FoundBox(tile, corners) for corners in found]

    def _recognize(self, image: RgbImage, box: FoundBox) -> TextLine | None:
        """Return a line that is read; a line without text if it is seen but not read; None if the box has no
        text."""
        from rapidocr.utils.process_img import get_rotate_crop_image

        height, width = image.shape[:2]
        line = get_rotate_crop_image(_part(image, box.tile), box.corners.astype("float32"))
        found = self._recognizer.recognize_txt([line])
        text, confidence = found.txts[0].strip(), float(found.scores[0])
        if not _is_confident(text, confidence):
            if not _is_line(line.shape[0], line.shape[1]) or box.is_at_edge(height, width):
                return None
            text = ""
        return TextLine(text=text, confidence=round(confidence, 4), box=_fractions(box, width, height))


def _boxes(engine: Any, part: NDArray[np.uint8], side: int) -> list[NDArray[np.float32]]:
    """Return the corners of the lines that the engine finds at ``side`` pixels of the longer side."""
    engine.text_det.limit_side_len = side
    found = engine(part, use_det=True, use_rec=False)
    return [] if found.boxes is None else list(found.boxes)


def _part(image: RgbImage, tile: Tile) -> NDArray[np.uint8]:
    """Return the tile in BGR, which the engine expects."""
    import numpy as np

    return np.ascontiguousarray(image[tile.top : tile.bottom, tile.left : tile.right, ::-1])


def _is_confident(text: str, confidence: float) -> bool:
    letters = sum(character.isalnum() for character in text)
    return letters > 0 and confidence >= (_MIN_CONFIDENCE if letters >= 3 else _MIN_CONFIDENCE_SHORT)


def _is_line(height: int, width: int) -> bool:
    """Return whether a box has the shape of a line of text. The sides are in pixels, of the upright line."""
    return height >= _UNREAD_SIDE and width >= _UNREAD_RATIO * height


def _fractions(box: FoundBox, width: int, height: int) -> tuple[float, float, float, float]:
    """Return left, top, right, bottom in 0..1 of the whole picture."""
    left, top, right, bottom = box.bounds()
    fractions = (left / width, top / height, right / width, bottom / height)
    a, b, c, d = (round(min(max(fraction, 0.0), 1.0), 4) for fraction in fractions)
    return (a, b, c, d)


def _load_detector(threads: int, *, keeps_memory: bool) -> Any:
    import numpy as np

    engine = _load(threads, keeps_memory=keeps_memory)
    engine(np.zeros((64, 64, 3), np.uint8), use_det=True, use_rec=False)  # loads the model
    return engine


def _load(threads: int, *, keeps_memory: bool) -> Any:
    """Return an engine that loads its models at first use.

    ``keeps_memory``: buffers are kept for the next image instead of being returned to the system. For images
    of one size this takes 30 % less processor time; images of many sizes would pile up memory.
    """
    from rapidocr import RapidOCR

    return RapidOCR(
        params={
            "Global.log_level": "error",
            # Upside-down text is rare in films, and its detection costs one model run per line.
            "Global.use_cls": False,
            "Det.limit_type": "max",
            "Det.limit_side_len": _DETECTION_SIDE,
            # A batch of lines is no faster, and six long lines take 280 MB more than one.
            "Rec.rec_batch_num": 1,
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            "EngineConfig.onnxruntime.enable_cpu_mem_arena": keeps_memory,
        }
    )
