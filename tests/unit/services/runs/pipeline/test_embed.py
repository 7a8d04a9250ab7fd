"""The passages of search documents: which texts and vectors they contain, and under which names."""

from collections.abc import Sequence

import numpy as np
import pytest

from shared.domain.evidence import FrameEvidence
from shared.services.runs.pipeline import embed
from shared.services.runs.pipeline.embed import (
    PassageText,
    TextVectors,
    evidence_passages,
    field_passages,
    metadata_passages,
    picture_passages,
)
from tests.unit.services.runs.medium_work import frame
from tests.unit.services.small_models import TextEmbedder


def texts(*values: str) -> list[PassageText]:
    return [PassageText("title", "title", value) for value in values]


def paths(passages: Sequence[PassageText]) -> list[tuple[str, str]]:
    return [(passage.instance_path, passage.text) for passage in passages]


def test_each_text_is_embedded_once() -> None:
    embedder = TextEmbedder()
    vectors = TextVectors(embedder)
    first, second = vectors.passages([texts("a", "b"), texts("b", "a")])
    vectors.passages([texts("b", "c")])
    assert embedder.texts == ["a", "b", "c"]
    assert [passage.text for passage in second] == ["b", "a"]
    assert np.array_equal(first[0].vector, second[1].vector)
    assert not np.array_equal(first[0].vector, first[1].vector)


def test_documents_without_texts_need_no_embedder_call() -> None:
    embedder = TextEmbedder()
    assert TextVectors(embedder).passages([[], []]) == [[], []]
    assert embedder.texts == []


@pytest.mark.parametrize(("limit", "embedded"), [(3, ["a", "b", "c"]), (2, ["a", "b", "c", "a"])])
def test_full_cache_keeps_only_wanted_texts(
    monkeypatch: pytest.MonkeyPatch, limit: int, embedded: list[str]
) -> None:
    monkeypatch.setattr(embed, "_MAX_CACHED_TEXTS", limit)
    embedder = TextEmbedder()
    vectors = TextVectors(embedder)
    for wanted in (texts("a", "b"), texts("b", "c"), texts("a")):
        vectors.passages([wanted])
    assert embedder.texts == embedded


def test_disabled_fields_are_left_out() -> None:
    data = {"title": "A film", "cast": [{"name": "Ann"}, {"name": "Bea"}], "year": 1999, "note": None}
    passages = field_passages(data, {"cast[].name"})
    assert paths(passages) == [("title", "A film"), ("year", "year: 1999")]
    assert [passage.field_path for passage in field_passages({"cast": [{"name": "Ann"}]}, ())] == [
        "cast[].name"
    ]


@pytest.mark.parametrize("disabled", ["tags", "tags[]"])
def test_disabled_array_leaves_out_its_elements(disabled: str) -> None:
    data = {"title": "A film", "tags": ["old", "film"]}
    assert paths(field_passages(data, {disabled})) == [("title", "A film")]


def test_single_passage_of_evidence_has_no_number() -> None:
    frames = [frame(0.0, text="EXIT")]
    assert paths(evidence_passages("Hello.", frames, ())) == [
        ("transcription", "Hello."),
        ("[on_screen_text]", "EXIT"),
        ("[visual_tags][0]", "a wall"),
    ]


def test_several_passages_of_evidence_are_numbered() -> None:
    long_transcript = " ".join(["word"] * 50)
    frames = [frame(0.0, text="EXIT"), frame(1.0, text="ENTRY")]
    passages = evidence_passages(long_transcript, frames, ())
    assert [passage.instance_path for passage in passages] == [
        "transcription[0]",
        "transcription[1]",
        "[on_screen_text][0]",
        "[on_screen_text][1]",
        "[visual_tags][0]",
    ]


@pytest.mark.parametrize("disabled", ["transcription", "[on_screen_text]", "[visual_tags]"])
def test_disabled_evidence_is_left_out(disabled: str) -> None:
    passages = evidence_passages("Hello.", [frame(0.0, text="EXIT")], {disabled})
    assert len(passages) == 2
    assert disabled not in {passage.field_path for passage in passages}


def test_tags_are_weighted_and_texts_are_not() -> None:
    passages = evidence_passages("Hello.", [frame(0.0, text="EXIT")], ())
    assert [passage.weight for passage in passages] == [1.0, 1.0, 0.8]


@pytest.mark.parametrize(
    ("text", "disabled", "count"), [("a: b", [], 1), ("", [], 0), ("a: b", ["metadata_text"], 0)]
)
def test_metadata_text_is_one_passage(text: str, disabled: list[str], count: int) -> None:
    assert paths(metadata_passages(text, disabled)) == [("metadata_text", text)] * count


def test_frame_vectors_have_unit_length() -> None:
    """Stored vectors are rounded, so their length is not exactly one."""
    frames: list[FrameEvidence] = [
        frame(0.0, embedding=(3, 4, 0, 0)),
        frame(1.0, embedding=None),
        frame(2.0, embedding=(0, 0, 0, 0)),
    ]
    first, zero = picture_passages(frames)
    assert (first.timestamp, zero.timestamp) == (0.0, 2.0)
    assert np.allclose(first.vector, [0.6, 0.8, 0, 0])
    assert first.vector.dtype == np.float32
    assert np.array_equal(zero.vector, [0, 0, 0, 0])
