"""Tests of the classifier that the tagger and the image embedder share."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.models.vision.image_classifier import ImageClassifier
from shared.models.weights.locations import Weights

Image = NDArray[np.uint8]


class CountedInterpreter:
    """Passes on to an interpreter, and counts its runs."""

    def __init__(self, interpreter: Any) -> None:
        self._interpreter = interpreter
        self.runs = 0

    def invoke(self) -> None:
        self.runs += 1
        self._interpreter.invoke()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._interpreter, name)


@pytest.fixture
def counted(weights: Weights, monkeypatch: pytest.MonkeyPatch) -> CountedInterpreter:
    """Count the runs of all interpreters that are loaded from now on."""
    from ai_edge_litert import interpreter

    counted = CountedInterpreter(None)

    def load(**options: Any) -> CountedInterpreter:
        counted._interpreter = real(**options)
        return counted

    real = interpreter.Interpreter
    monkeypatch.setattr(interpreter, "Interpreter", load)
    return counted


def test_tagged_image_is_embedded_without_another_run(
    weights: Weights, counted: CountedInterpreter, reel_frames: list[Image]
) -> None:
    classifier = ImageClassifier(weights)
    together = [(classifier.probabilities(image), classifier.features(image)) for image in reel_frames[:2]]
    assert counted.runs == 4, "each image is seen whole and by its central square"
    for image, (probabilities, features) in zip(reel_frames, together, strict=False):
        np.testing.assert_array_equal(ImageClassifier(weights).features(image), features)
        np.testing.assert_array_equal(ImageClassifier(weights).probabilities(image), probabilities)


def test_changed_pixel_is_another_image(weights: Weights, counted: CountedInterpreter) -> None:
    classifier = ImageClassifier(weights)
    image = np.zeros((280, 280, 3), np.uint8)
    black = classifier.features(image)
    image[100:140] = 255
    assert not np.array_equal(classifier.features(image), black)
    assert counted.runs == 2


def test_cache_of_activations_is_bounded(weights: Weights, counted: CountedInterpreter) -> None:
    classifier = ImageClassifier(weights)
    images = [np.full((280, 280, 3), level, np.uint8) for level in range(40)]
    for image in [*images, images[-1], images[0]]:
        classifier.features(image)
    assert counted.runs == 41
