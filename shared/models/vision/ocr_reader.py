"""Text recognition in images (OCR) with PP-OCR (rapidocr) on the CPU."""

# ruff: noqa: PLC0415  heavy libraries are imported at first use

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from shared.domain.evidence import TextLine
from shared.domain.lazy import lazy

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from shared.ports.models import RgbImage

_DETECTION_SIDE = 736
"""Longer side in pixels at which text is detected. Detected lines are read at full size."""
_MIN_CONFIDENCE = 0.8
_MIN_CONFIDENCE_SHORT = 0.95
"""Minimum confidence of a line, and of a line with fewer than three letters or digits.

False detections in photographs are short: whiskers and grids look like a "1" or an "l".
"""


class PaddleOcrReader:
    """Implements ``shared.ports.models.Reader``. Lines are ordered from top to bottom, left to right."""

    def __init__(self, *, threads: int = 1) -> None:
        self._threads = threads
        self._lock = threading.Lock()  # the engine stores the image's size in its own state

    @lazy
    def _engine(self) -> Any:
        return _load(self._threads)

    @property
    def model(self) -> str:
        return "pp-ocrv6-small"

    def read(self, image: RgbImage) -> list[TextLine]:
        import numpy as np

        height, width = image.shape[:2]
        if min(height, width) < 8:
            return []
        engine = self._engine
        with self._lock:
            found = engine(np.ascontiguousarray(image[..., ::-1]))  # the engine expects BGR
        if found.txts is None or found.boxes is None:
            return []
        lines = zip(found.txts, found.scores, found.boxes, strict=True)
        return [
            TextLine(text=text.strip(), confidence=round(float(score), 4), box=_box(corners, width, height))
            for text, score, corners in lines
            if _is_confident(text, float(score))
        ]


def _is_confident(text: str, confidence: float) -> bool:
    letters = sum(character.isalnum() for character in text)
    return letters > 0 and confidence >= (_MIN_CONFIDENCE if letters >= 3 else _MIN_CONFIDENCE_SHORT)


def _box(corners: NDArray[np.float32], width: int, height: int) -> tuple[float, float, float, float]:
    """Return left, top, right, bottom in 0..1 for four corners in pixels."""
    left, top = corners.min(axis=0)
    right, bottom = corners.max(axis=0)
    fractions = (left / width, top / height, right / width, bottom / height)
    a, b, c, d = (round(min(max(float(fraction), 0.0), 1.0), 4) for fraction in fractions)
    return (a, b, c, d)


def _load(threads: int) -> Any:
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
        }
    )
