"""Text in pictures with PP-OCR (rapidocr) on the CPU."""

# ruff: noqa: PLC0415  heavy libraries are imported at first use

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from shared.domain.evidence import TextLine
from shared.domain.lazy import lazy

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from shared.ports.models import Picture

_DETECTION_SIDE = 736
"""Pixels of the longer side in which text is looked for; lines are then read at full size."""
_SURE = 0.8
_SURE_OF_FEW = 0.95
"""Least confidence of a line, and of one with fewer than three letters or digits.

Whiskers and grids look like a "1" or an "l": what photographs tempt the reader to see is short.
"""


class PaddleReader:
    """Implements ``shared.ports.models.Reader``. Lines come from top to bottom, left to right."""

    def __init__(self, *, threads: int = 1) -> None:
        self._threads = threads
        self._lock = threading.Lock()  # the engine keeps the picture's measures on itself

    @lazy
    def _engine(self) -> Any:
        return _load(self._threads)

    @property
    def model(self) -> str:
        return "pp-ocrv6-small"

    def read(self, picture: Picture) -> list[TextLine]:
        import numpy as np

        height, width = picture.shape[:2]
        if min(height, width) < 8:
            return []
        engine = self._engine
        with self._lock:
            found = engine(np.ascontiguousarray(picture[..., ::-1]))  # it expects BGR
        if found.txts is None or found.boxes is None:
            return []
        lines = zip(found.txts, found.scores, found.boxes, strict=True)
        return [
            TextLine(text=text.strip(), confidence=round(float(score), 4), box=_box(corners, width, height))
            for text, score, corners in lines
            if _is_sure(text, float(score))
        ]


def _is_sure(text: str, confidence: float) -> bool:
    letters = sum(character.isalnum() for character in text)
    return letters > 0 and confidence >= (_SURE if letters >= 3 else _SURE_OF_FEW)


def _box(corners: NDArray[np.float32], width: int, height: int) -> tuple[float, float, float, float]:
    """Left, top, right, bottom in 0..1 of four corners in pixels."""
    left, top = corners.min(axis=0)
    right, bottom = corners.max(axis=0)
    shares = (left / width, top / height, right / width, bottom / height)
    a, b, c, d = (round(min(max(float(share), 0.0), 1.0), 4) for share in shares)
    return (a, b, c, d)


def _load(threads: int) -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(
        params={
            "Global.log_level": "error",
            # Upside-down text is rare in films, and asking for it costs a model run a line.
            "Global.use_cls": False,
            "Det.limit_type": "max",
            "Det.limit_side_len": _DETECTION_SIDE,
            # Lines read together are no faster, and six long ones take 280 MB more than one.
            "Rec.rec_batch_num": 1,
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
        }
    )
