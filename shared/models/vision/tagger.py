"""Image tags: ImageNet classes, everyday categories over them, and COCO objects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from shared.domain.evidence import Tag
from shared.models.vision.image_classifier import ImageClassifier
from shared.models.vision.labels import category_probabilities, imagenet_labels
from shared.models.vision.object_detector import ObjectDetector

if TYPE_CHECKING:
    from shared.ports.models import RgbImage

_MIN_CATEGORY = 0.25
_MIN_CLASS = 0.2
_MIN_OBJECT = 0.5
_MAX_SCENES = 8


class ImageTagger:
    """Implements ``shared.ports.models.Tagger``.

    ``scene`` tags have probabilities for the whole image; ``object`` tags have the score of the best
    detection. An image without a confident class or object has few tags or none.
    """

    def __init__(self, classifier: ImageClassifier, detector: ObjectDetector) -> None:
        self._classifier = classifier
        self._detector = detector

    @property
    def model(self) -> str:
        return "efficientnet-lite3+ssd-mobilenet-v2"

    def tag(self, images: Sequence[RgbImage]) -> list[list[Tag]]:
        return [[*self._scenes(image), *self._objects(image)] for image in images]

    def _scenes(self, image: RgbImage) -> list[Tag]:
        probabilities = self._classifier.probabilities(image).tolist()
        likely = {name: p for name, p in category_probabilities(probabilities).items() if p >= _MIN_CATEGORY}
        for name, probability in zip(imagenet_labels(), probabilities, strict=True):
            if probability >= _MIN_CLASS:
                likely[name] = max(probability, likely.get(name, 0.0))
        return _tags(likely, "scene")[:_MAX_SCENES]

    def _objects(self, image: RgbImage) -> list[Tag]:
        return _tags(self._detector.detect(image, _MIN_OBJECT), "object")


def _tags(scores: dict[str, float], kind: str) -> list[Tag]:
    ordered = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    return [Tag(label=name, confidence=round(min(score, 1.0), 4), kind=kind) for name, score in ordered]
