"""Picture vectors of the packaged classifier."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.models.embedding.classifier_embedder import ClassifierImageEmbedder
from shared.models.embedding.preferred_embedder import PreferredImageEmbedder
from shared.models.vision.image_classifier import ImageClassifier
from shared.models.weights.locations import Weights

Frames = list[NDArray[np.uint8]]


@pytest.fixture(scope="module")
def embedder(weights: Weights) -> ClassifierImageEmbedder:
    return ClassifierImageEmbedder(ImageClassifier(weights))


def _altered(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Mirrored, cropped and darkened."""
    height, width = picture.shape[:2]
    cropped = picture[height // 10 :, : width - width // 8][:, ::-1]
    return (cropped.astype(np.float32) * 0.8).astype(np.uint8)


def test_a_picture_is_found_again_mirrored_cropped_and_darker(
    embedder: ClassifierImageEmbedder, reel_frames: Frames
) -> None:
    photographs = [reel_frames[scene] for scene in (0, 1, 3, 4, 5, 7)]
    originals = embedder.embed(photographs)
    altered = embedder.embed([_altered(picture) for picture in photographs])
    similarity = altered @ originals.T
    assert list(similarity.argmax(axis=1)) == list(range(len(photographs)))
    np.testing.assert_allclose(np.linalg.norm(originals, axis=1), 1.0, atol=1e-5)


def test_the_space_is_named_and_has_no_words(embedder: ClassifierImageEmbedder) -> None:
    assert embedder.space.model == "efficientnet-lite3-features"
    assert embedder.space.dimension == 1280
    assert embedder.embed_text(["a cat"]) is None
    assert embedder.embed([]).shape == (0, 1280)


def test_without_joint_weights_the_packaged_embedder_is_chosen(
    weights: Weights, embedder: ClassifierImageEmbedder, tmp_path: Path
) -> None:
    chosen = PreferredImageEmbedder(weights, ImageClassifier(weights))
    assert chosen.space == embedder.space
