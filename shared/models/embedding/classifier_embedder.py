"""Picture embeddings from the packaged image classifier: alike pictures lie near, words have no place."""

# ruff: noqa: PLC0415  heavy libraries are imported at first use

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from shared.domain.evidence import EmbeddingSpace
from shared.models.vision.image_classifier import ImageClassifier

if TYPE_CHECKING:
    from shared.ports.models import Picture, Vectors


class ClassifierPictureEmbedder:
    """Implements ``shared.ports.models.PictureEmbedder`` with features of EfficientNet-Lite.

    Features are never negative, so any two pictures would look alike: the square root evens out their
    range and each vector is centred on its own mean before it is brought to unit length.
    """

    def __init__(self, classifier: ImageClassifier) -> None:
        self._classifier = classifier

    @property
    def space(self) -> EmbeddingSpace:
        version, dimension = self._classifier.version, self._classifier.feature_count
        return EmbeddingSpace(model="efficientnet-lite3-features", version=version, dimension=dimension)

    def embed(self, pictures: Sequence[Picture]) -> Vectors:
        import numpy as np

        if not pictures:
            return np.zeros((0, self._classifier.feature_count), np.float32)
        roots = np.sqrt(np.maximum([self._classifier.features(picture) for picture in pictures], 0.0))
        centred = roots - roots.mean(axis=1, keepdims=True)
        lengths = np.linalg.norm(centred, axis=1, keepdims=True)
        return np.asarray(centred / np.maximum(lengths, 1e-12), np.float32)

    def embed_text(self, texts: Sequence[str]) -> Vectors | None:  # noqa: ARG002  part of the port
        return None
