"""Image embeddings from the packaged image classifier. The space has no text side."""

# ruff: noqa: PLC0415  heavy libraries are imported at first use

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from shared.domain.evidence import EmbeddingSpace
from shared.models.vision.image_classifier import ImageClassifier

if TYPE_CHECKING:
    from shared.ports.models import RgbImage, Vectors


class ClassifierImageEmbedder:
    """Implements ``shared.ports.models.ImageEmbedder`` with the features of EfficientNet-Lite.

    The features are never negative, so raw vectors of any two images would be similar. Each vector is
    therefore square-rooted, which evens out its range, centred on its own mean, and scaled to unit length.
    """

    def __init__(self, classifier: ImageClassifier) -> None:
        self._classifier = classifier

    @property
    def space(self) -> EmbeddingSpace:
        version, dimension = self._classifier.version, self._classifier.feature_count
        return EmbeddingSpace(model="efficientnet-lite3-features", version=version, dimension=dimension)

    def embed(self, images: Sequence[RgbImage]) -> Vectors:
        import numpy as np

        if not images:
            return np.zeros((0, self._classifier.feature_count), np.float32)
        roots = np.sqrt(np.maximum([self._classifier.features(image) for image in images], 0.0))
        centred = roots - roots.mean(axis=1, keepdims=True)
        lengths = np.linalg.norm(centred, axis=1, keepdims=True)
        return np.asarray(centred / np.maximum(lengths, 1e-12), np.float32)

    def embed_text(self, texts: Sequence[str]) -> Vectors | None:  # noqa: ARG002  part of the port
        return None
