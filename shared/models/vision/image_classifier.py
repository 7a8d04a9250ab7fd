"""EfficientNet-Lite (ImageNet-1k, int8 TFLite) on the CPU: class probabilities and features."""

# ruff: noqa: PLC0415  heavy libraries are imported at first use

from __future__ import annotations

import threading
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.domain.lazy import lazy
from shared.models.vision.area_resize import resize_by_area
from shared.models.weights.locations import Weights, fingerprint
from shared.models.weights.sources import IMAGE_CLASSIFIER

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from shared.ports.models import Picture

_NEARLY_SQUARE = 1.15


@dataclass(frozen=True, slots=True)
class _Loaded:
    interpreter: Any
    version: str
    side: int
    input: int
    output: dict[str, Any]
    features: dict[str, Any]


class ImageClassifier:
    """One network, shared by the tagger and the picture embedder."""

    def __init__(self, weights: Weights, *, threads: int = 1) -> None:
        self._weights = weights
        self._threads = threads
        self._lock = threading.Lock()  # an interpreter holds one picture at a time

    @lazy
    def _network(self) -> _Loaded:
        return _load(self._weights, self._threads)

    @property
    def version(self) -> str:
        """A prefix of the digest of the weights."""
        return self._network.version

    @property
    def feature_count(self) -> int:
        return int(self._network.features["shape"][-1])

    def probabilities(self, picture: Picture) -> NDArray[np.float32]:
        """Of each class; the mean over the whole picture and, where it is oblong, its middle square."""
        import numpy as np

        height, width = picture.shape[:2]
        views = [picture]
        side = min(height, width)
        if max(height, width) > side * _NEARLY_SQUARE:
            top, left = (height - side) // 2, (width - side) // 2
            views.append(picture[top : top + side, left : left + side])
        seen = [self._run(view, self._network.output) for view in views]
        return np.asarray(np.mean(seen, axis=0), np.float32)

    def features(self, picture: Picture) -> NDArray[np.float32]:
        """What the last layer before the classes saw in the whole picture: no value is negative."""
        return self._run(picture, self._network.features)

    def _run(self, picture: Picture, tensor: dict[str, Any]) -> NDArray[np.float32]:
        import numpy as np

        network = self._network
        resized = resize_by_area(picture, network.side)
        with self._lock:
            network.interpreter.set_tensor(network.input, resized[np.newaxis])
            network.interpreter.invoke()
            values = network.interpreter.get_tensor(tensor["index"])[0]
        scale, zero = tensor["quantization"]
        return np.asarray((values.astype(np.float32) - zero) * scale, np.float32)


def _load(weights: Weights, threads: int) -> _Loaded:
    from ai_edge_litert.interpreter import Interpreter

    path = weights.require(IMAGE_CLASSIFIER)["efficientnet_lite3.tflite"]
    with warnings.catch_warnings():
        # It warns of memory: the inner tensors of this network are 20 MB, and the features are one of them.
        warnings.simplefilter("ignore", UserWarning)
        interpreter = Interpreter(
            model_path=str(path), num_threads=threads, experimental_preserve_all_tensors=True
        )
    interpreter.allocate_tensors()
    entry, output = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    return _Loaded(
        interpreter=interpreter,
        version=fingerprint(path)[:12],
        side=int(entry["shape"][1]),
        input=int(entry["index"]),
        output=output,
        features=_before_classes(interpreter.get_tensor_details(), int(output["shape"][-1])),
    )


def _before_classes(tensors: list[dict[str, Any]], classes: int) -> dict[str, Any]:
    """The last flat tensor that is not as wide as the classes."""
    flat = [t for t in tensors if len(t["shape"]) == 2 and t["shape"][0] == 1 and t["shape"][1] != classes]
    return flat[-1]
