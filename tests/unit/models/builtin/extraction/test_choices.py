"""Choice of an enum member: the order of the ways, and what each needs."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.domain.evidence import EmbeddingSpace
from shared.models.builtin.extraction.choices import MEANING_MARGIN, MEANING_THRESHOLD, choose, neutral_member
from shared.models.builtin.extraction.findings import Findings
from tests.unit.models.builtin.extraction.material import field, findings

OPINIONS = ("positive", "negative", "neutral", "mixed")


class Similarities:
    """An embedder of which the similarity of each question with the evidence is known."""

    space = EmbeddingSpace(model="known", version="1", dimension=2)

    def __init__(self, **similarities: float) -> None:
        self._similarities = {f"room: {name}": value for name, value in similarities.items()}

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        cosines = np.array([self._similarities.get(text, 1.0) for text in texts])
        return np.stack([cosines, np.sqrt(1 - cosines**2)], axis=1).astype(np.float32)


@pytest.mark.parametrize(
    ("members", "neutral"),
    [
        (["a", "Unknown"], "Unknown"),
        (["other", "neutral", "unknown"], "unknown"),
        (["other", "none"], "none"),
        (["not_visible", "seen"], "not_visible"),
        (["N/A"], "N/A"),
        (["yes", "no"], "no"),
        ([None, 0, "a"], None),
    ],
)
def test_clearest_neutral_member_is_found(members: list[Any], neutral: str | None) -> None:
    assert neutral_member(members) == neutral


@pytest.mark.parametrize(
    ("members", "chosen"), [(["fr", "en"], "en"), (["French", "English"], "English"), (["fr"], None)]
)
def test_language_is_that_of_speech(members: list[str], chosen: str | None) -> None:
    assert choose(field("language"), members, findings(speech="bonjour french"), None) == chosen


def test_media_type_is_chosen_by_type_alone() -> None:
    seen = findings(lines=("audio",))
    assert choose(field("media_type"), ["audio", "Video"], seen, None) == "Video"
    assert choose(field("media_type"), ["audio", "image"], seen, None) is None


@pytest.mark.parametrize(
    ("speech", "chosen"),
    [
        ("what a great day", "positive"),
        ("this is awful", "negative"),
        ("this is not great", "negative"),
        ("this is not so great", "negative"),
        ("this is not really so great", "positive"),
        ("there was never a problem", "mixed"),  # "never" is a negative word too
        ("great but awful", "mixed"),
        ("great great but awful", "mixed"),
        ("great great great but awful", "positive"),
        ("the train leaves", "neutral"),
        ("", None),
    ],
)
def test_sentiment_counts_words_and_negations(speech: str, chosen: str | None) -> None:
    assert choose(field("mood"), OPINIONS, findings(speech=speech), None) == chosen


def test_sentiment_without_matching_member_is_open() -> None:
    members = ("Positive", "Negative")
    assert choose(field("mood"), members, findings(speech="great but awful"), None) is None
    assert choose(field("mood"), members, findings(speech="great great but awful"), None) == "Positive"


@pytest.mark.parametrize(
    ("members", "chosen"),
    [
        (["cat", "dog"], "dog"),  # the surer tag
        (["dogs", "cats"], "dogs"),
        (["black_cat", "cat"], "cat"),  # half of the words of the first
        (["animal", "dog"], "dog"),  # each member of a category counts half
        (["animal", "cat"], "animal"),
        (["gate", "dog"], "gate"),  # a word counts more than a tag
        (["sign", "gate"], "sign"),  # the first of equal ones
        (["other", "bird"], None),  # a neutral member is not chosen by words
        ([1, None], None),
    ],
)
def test_member_is_chosen_by_shared_words(members: list[Any], chosen: str | None) -> None:
    seen = findings(tags=(("dog", 0.9, "object"), ("cat", 0.6, "object")), lines=("Sign to other gate",))
    assert choose(field("thing"), members, seen, None) == chosen


SEEN = findings(tags=(("sofa", 0.9, "scene"),))


@pytest.mark.parametrize(
    ("similarities", "chosen"),
    [
        ({"kitchen": MEANING_THRESHOLD + 0.01, "bath": 0.1}, "kitchen"),
        ({"kitchen": MEANING_THRESHOLD - 0.01, "bath": 0.1}, None),
        ({"kitchen": 0.7, "bath": 0.7 - MEANING_MARGIN - 0.01}, "kitchen"),
        ({"kitchen": 0.7, "bath": 0.7 - MEANING_MARGIN + 0.01}, None),
        ({"kitchen": 0.7, "bath": 0.2, "unknown": 0.9}, "kitchen"),
        ({"kitchen": 0.7}, "kitchen"),
        ({"unknown": 0.9}, None),
    ],
)
def test_meaning_needs_similarity_and_lead(similarities: dict[str, float], chosen: str | None) -> None:
    assert choose(field("room"), list(similarities), SEEN, Similarities(**similarities)) == chosen


@pytest.mark.parametrize("seen", [findings(), findings(lines=("kitchen sink",))])
def test_meaning_comes_after_words_and_needs_evidence(seen: Findings) -> None:
    chosen = choose(field("room"), ["kitchen", "bath"], seen, Similarities(kitchen=0.0, bath=0.9))
    assert chosen == ("kitchen" if seen.lines else None)
