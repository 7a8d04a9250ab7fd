"""Object detection (COCO classes) with SSD MobileNet v2, run by OpenCV on the CPU."""

# ruff: noqa: PLC0415  heavy libraries are imported at first use

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from shared.domain.lazy import lazy
from shared.models.vision.labels import coco_labels
from shared.models.weights.locations import Weights
from shared.models.weights.sources import OBJECT_DETECTOR

if TYPE_CHECKING:
    from shared.ports.models import RgbImage

_INPUT_SIDE = 300
"""Side in pixels of the network's square input."""


class ObjectDetector:
    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._lock = threading.Lock()  # a network processes one image at a time

    @lazy
    def _network(self) -> Any:
        return _load(self._weights)

    def detect(self, image: RgbImage, min_score: float) -> dict[str, float]:
        """Return the best score of each class that reaches ``min_score``."""
        import cv2

        network = self._network
        with self._lock:
            network.setInput(cv2.dnn.blobFromImage(image, size=(_INPUT_SIDE, _INPUT_SIDE), swapRB=False))
            rows = network.forward()[0, 0]
        names = coco_labels()
        best: dict[str, float] = {}
        for _, number, score, *_ in rows.tolist():
            name = names.get(int(number))
            if name is not None and score >= min_score:
                best[name] = max(score, best.get(name, 0.0))
        return best


def _load(weights: Weights) -> Any:
    import cv2

    files = weights.require(OBJECT_DETECTOR)
    graph, configuration = files["frozen_inference_graph.pb"], files["ssd_mobilenet_v2_coco_2018_03_29.pbtxt"]
    network = cv2.dnn.readNetFromTensorflow(str(graph), str(configuration))
    # Winograd keeps a second copy of the weights (35 MB) and saves only a few milliseconds per image.
    network.enableWinograd(False)
    # Frames are decoded, read and transcribed in other threads meanwhile. A second thread for one image took
    # 17 % more processor time and gave the same scores.
    cv2.setNumThreads(1)
    return network
