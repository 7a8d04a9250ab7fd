"""The best picture embedder whose weights are at hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from shared.domain.evidence import EmbeddingSpace
from shared.domain.lazy import lazy
from shared.models.embedding.classifier_embedder import ClassifierPictureEmbedder
from shared.models.embedding.joint_embedder import SiglipEmbedder
from shared.models.vision.image_classifier import ImageClassifier
from shared.models.weights.locations import Weights
from shared.models.weights.sources import SIGLIP

if TYPE_CHECKING:
    from shared.ports.models import Picture, PictureEmbedder, Vectors


class PreferredPictureEmbedder:
    """Implements ``shared.ports.models.PictureEmbedder``: SigLIP 2, else the packaged classifier.

    The choice is made at first use and kept: vectors of one process stay in one space.
    """

    def __init__(self, weights: Weights, classifier: ImageClassifier) -> None:
        self._weights = weights
        self._classifier = classifier

    @lazy
    def _chosen(self) -> PictureEmbedder:
        return _choose(self._weights, self._classifier)

    @property
    def space(self) -> EmbeddingSpace:
        return self._chosen.space

    def embed(self, pictures: Sequence[Picture]) -> Vectors:
        return self._chosen.embed(pictures)

    def embed_text(self, texts: Sequence[str]) -> Vectors | None:
        return self._chosen.embed_text(texts)


def _choose(weights: Weights, classifier: ImageClassifier) -> PictureEmbedder:
    if weights.find(SIGLIP) is not None:
        return SiglipEmbedder(weights)
    return ClassifierPictureEmbedder(classifier)
