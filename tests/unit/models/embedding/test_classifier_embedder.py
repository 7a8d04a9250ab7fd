"""Tests of image vectors of the packaged classifier."""

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


def _altered(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the image mirrored, cropped and darkened."""
    height, width = image.shape[:2]
    cropped = image[height // 10 :, : width - width // 8][:, ::-1]
    return (cropped.astype(np.float32) * 0.8).astype(np.uint8)


def test_altered_image_is_nearest_to_its_original(
    embedder: ClassifierImageEmbedder, reel_frames: Frames
) -> None:
    photographs = [reel_frames[scene] for scene in (0, 1, 3, 4, 5, 7)]
    originals = embedder.embed(photographs)
    altered = embedder.embed([_altered(image) for image in photographs])
    similarity = altered @ originals.T
    assert list(similarity.argmax(axis=1)) == list(range(len(photographs)))
    np.testing.assert_allclose(np.linalg.norm(originals, axis=1), 1.0, atol=1e-5)


def test_space_is_named_and_has_no_text_side(embedder: ClassifierImageEmbedder) -> None:
    assert embedder.space.model == "efficientnet-lite3-features"
    assert embedder.space.dimension == 1280
    assert embedder.embed_text(["a cat"]) is None
    assert embedder.embed([]).shape == (0, 1280)


def test_packaged_embedder_is_chosen_without_siglip_weights(
    weights: Weights, embedder: ClassifierImageEmbedder, tmp_path: Path
) -> None:
    chosen = PreferredImageEmbedder(weights, ImageClassifier(weights))
    assert chosen.space == embedder.space
