"""EfficientNet-Lite (ImageNet-1k, int8 TFLite) on the CPU: class probabilities and features."""

# ruff: noqa: PLC0415  heavy libraries are imported at first use

from __future__ import annotations

import hashlib
import threading
import warnings
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from shared.domain.lazy import lazy
from shared.models.vision.area_resize import resize_by_area
from shared.models.weights.locations import Weights, fingerprint
from shared.models.weights.sources import IMAGE_CLASSIFIER

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from shared.ports.models import RgbImage

_MAX_SQUARE_RATIO = 1.15
_MAX_CACHED_VIEWS: Final = 32
"""Views whose activations are cached, at 9 kB each."""


@dataclass(frozen=True, slots=True)
class _Loaded:
    interpreter: Any
    version: str
    side: int
    input: int
    output: dict[str, Any]
    features: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Activations:
    """The output of one run of the network: class probabilities, and the layer before them."""

    probabilities: NDArray[np.float32]
    features: NDArray[np.float32]


class ImageClassifier:
    """The network shared by the tagger and the image embedder.

    One run of the network gives both probabilities and features. The tagger and the embedder get the same
    images one after the other, so recent activations are cached by the pixels that the network saw.
    """

    def __init__(self, weights: Weights, *, threads: int = 1) -> None:
        self._weights = weights
        self._threads = threads
        self._lock = threading.Lock()  # an interpreter processes one image at a time
        self._recent: OrderedDict[bytes, _Activations] = OrderedDict()

    @lazy
    def _network(self) -> _Loaded:
        return _load(self._weights, self._threads)

    @property
    def version(self) -> str:
        """A prefix of the weights' digest."""
        return self._network.version

    @property
    def feature_count(self) -> int:
        return int(self._network.features["shape"][-1])

    def probabilities(self, image: RgbImage) -> NDArray[np.float32]:
        """Return the probability of each class.

        For an oblong image, this is the mean over the whole image and its central square.
        """
        import numpy as np

        height, width = image.shape[:2]
        views = [image]
        side = min(height, width)
        if max(height, width) > side * _MAX_SQUARE_RATIO:
            top, left = (height - side) // 2, (width - side) // 2
            views.append(image[top : top + side, left : left + side])
        outputs = [self._activations(view).probabilities for view in views]
        return np.asarray(np.mean(outputs, axis=0), np.float32)

    def features(self, image: RgbImage) -> NDArray[np.float32]:
        """Return the activations of the last layer before the classes. No value is negative."""
        return self._activations(image).features

    def _activations(self, image: RgbImage) -> _Activations:
        resized = resize_by_area(image, self._network.side)
        key = hashlib.blake2b(resized.tobytes(), digest_size=16).digest()
        with self._lock:
            if key not in self._recent:
                self._recent[key] = _run(self._network, resized)
                while len(self._recent) > _MAX_CACHED_VIEWS:
                    self._recent.popitem(last=False)
            return self._recent[key]


def _run(network: _Loaded, pixels: NDArray[np.uint8]) -> _Activations:
    import numpy as np

    network.interpreter.set_tensor(network.input, pixels[np.newaxis])
    network.interpreter.invoke()
    return _Activations(_values(network, network.output), _values(network, network.features))


def _values(network: _Loaded, tensor: dict[str, Any]) -> NDArray[np.float32]:
    import numpy as np

    values = network.interpreter.get_tensor(tensor["index"])[0]
    scale, zero_point = tensor["quantization"]
    return np.asarray((values.astype(np.float32) - zero_point) * scale, np.float32)


def _load(weights: Weights, threads: int) -> _Loaded:
    from ai_edge_litert.interpreter import Interpreter

    path = weights.require(IMAGE_CLASSIFIER)["efficientnet_lite3.tflite"]
    with warnings.catch_warnings():
        # The warning concerns memory: the preserved tensors take 20 MB, and the features are one of them.
        warnings.simplefilter("ignore", UserWarning)
        interpreter = Interpreter(
            model_path=str(path), num_threads=threads, experimental_preserve_all_tensors=True
        )
    interpreter.allocate_tensors()
    input_details, output = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    return _Loaded(
        interpreter=interpreter,
        version=fingerprint(path)[:12],
        side=int(input_details["shape"][1]),
        input=int(input_details["index"]),
        output=output,
        features=_feature_tensor(interpreter.get_tensor_details(), int(output["shape"][-1])),
    )


def _feature_tensor(tensors: list[dict[str, Any]], classes: int) -> dict[str, Any]:
    """Return the last flat tensor whose width is not the number of classes."""
    flat = [t for t in tensors if len(t["shape"]) == 2 and t["shape"][0] == 1 and t["shape"][1] != classes]
    return flat[-1]
