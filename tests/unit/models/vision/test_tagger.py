"""Tests of labels, categories and tags, and of text search over tags."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.domain.evidence import FrameEvidence, Tag
from shared.domain.query.tag_passages import tag_passages
from shared.models.embedding.text_embedder import MiniLmTextEmbedder
from shared.models.vision.image_classifier import ImageClassifier
from shared.models.vision.labels import categories, category_probabilities, coco_labels, imagenet_labels
from shared.models.vision.object_detector import ObjectDetector
from shared.models.vision.tagger import ImageTagger
from shared.models.weights.locations import Weights

Frames = list[NDArray[np.uint8]]


def test_labels_are_complete_everyday_names() -> None:
    assert len(imagenet_labels()) == 1000
    assert imagenet_labels()[281] == "tabby cat"
    assert len(coco_labels()) == 80
    assert (coco_labels()[1], coco_labels()[90]) == ("person", "toothbrush")
    assert not [name for name in imagenet_labels() if "," in name or not name.strip()]


def test_category_probability_is_sum_of_members() -> None:
    probabilities = [0.0] * 1000
    probabilities[281], probabilities[282], probabilities[285] = 0.3, 0.2, 0.25
    summed = category_probabilities(probabilities)
    assert summed["cat"] == pytest.approx(0.75)
    assert summed["animal"] == pytest.approx(0.75)
    assert summed["dog"] == 0.0
    assert all(0 <= index < 1000 for members in categories().values() for index in members)


def test_tag_passages_weigh_tags_by_duration() -> None:
    def frame(*tags: tuple[str, float]) -> FrameEvidence:
        return FrameEvidence(
            timestamp=0, shot=0, picture="p", tags=tuple(Tag(label=t, confidence=c) for t, c in tags)
        )

    frames = [frame(("cat", 0.9), ("cat", 0.7), ("espresso coffee", 0.8)), frame(("cat", 0.9))]
    passages = dict(tag_passages(frames))
    assert list(passages) == ["a cat", "espresso coffee"]
    assert passages["a cat"] == pytest.approx(0.9**0.5, abs=1e-4)
    assert passages["espresso coffee"] == pytest.approx(0.6**0.5, abs=1e-4)
    assert dict(tag_passages([frame(("airplane", 1.0))])) == {"an airplane": 1.0}
    assert tag_passages([]) == []


@pytest.fixture(scope="module")
def tags(weights: Weights, reel_frames: Frames) -> list[list[Tag]]:
    return ImageTagger(ImageClassifier(weights), ObjectDetector(weights)).tag(reel_frames)


@pytest.mark.slow
def test_photographs_get_expected_tags(tags: list[list[Tag]], truth: list[dict[str, Any]]) -> None:
    expected = {1: "cat", 3: "cup of coffee", 4: "rocket", 5: "motorcycle"}
    for scene, label in expected.items():
        assert label in [tag.label for tag in tags[scene]], truth[scene]["shows"]
    assert ("cat", "object") in [(tag.label, tag.kind) for tag in tags[1]]
    assert tags[2] == tags[6] == [], "slides get no tags"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("query", "scene"),
    [
        ("a cat", 1), ("pet", 1), ("a kitten looking at the camera", 1),
        ("a cup of coffee", 3), ("a hot drink", 3), ("espresso on a table", 3),
        ("a rocket", 4), ("spaceship", 4), ("missile on launch pad", 4),
        ("a motorcycle", 5), ("a vehicle", 5), ("motorbike in a garage", 5),
    ],
)  # fmt: skip
def test_query_ranks_matching_image_first(
    weights: Weights, tags: list[list[Tag]], query: str, scene: int
) -> None:
    embedder = MiniLmTextEmbedder(weights)
    wanted = embedder.embed([query])[0]
    scores = []
    for found in tags:
        passages = tag_passages([FrameEvidence(timestamp=0, shot=0, picture="p", tags=tuple(found))])
        vectors = embedder.embed([text for text, _ in passages])
        scores.append(
            max((float(v @ wanted) * w for v, (_, w) in zip(vectors, passages, strict=True)), default=0.0)
        )
    assert int(np.argmax(scores)) == scene
