"""Selection of the best image embedder whose weights are available."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from shared.domain.evidence import EmbeddingSpace
from shared.domain.lazy import lazy
from shared.models.embedding.classifier_embedder import ClassifierImageEmbedder
from shared.models.embedding.siglip_embedder import SiglipEmbedder
from shared.models.vision.image_classifier import ImageClassifier
from shared.models.weights.locations import Weights
from shared.models.weights.sources import SIGLIP

if TYPE_CHECKING:
    from shared.ports.models import ImageEmbedder, RgbImage, Vectors


class PreferredImageEmbedder:
    """Implements ``shared.ports.models.ImageEmbedder`` with SigLIP 2, else with the packaged classifier.

    The choice is made at first use and kept, so all vectors of one process are in one space.
    """

    def __init__(self, weights: Weights, classifier: ImageClassifier) -> None:
        self._weights = weights
        self._classifier = classifier

    @lazy
    def _chosen(self) -> ImageEmbedder:
        return _choose(self._weights, self._classifier)

    @property
    def space(self) -> EmbeddingSpace:
        return self._chosen.space

    def embed(self, images: Sequence[RgbImage]) -> Vectors:
        return self._chosen.embed(images)

    def embed_text(self, texts: Sequence[str]) -> Vectors | None:
        return self._chosen.embed_text(texts)


def _choose(weights: Weights, classifier: ImageClassifier) -> ImageEmbedder:
    if weights.find(SIGLIP) is not None:
        return SiglipEmbedder(weights)
    return ClassifierImageEmbedder(classifier)
