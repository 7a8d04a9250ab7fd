"""Tests of segmentation: properties that hold for any shots and speech, and the scenes of the reel."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.evidence import Shot, SpeechSpan, Utterance, Word
from shared.domain.media import MediaType
from shared.domain.runs.prompt_run import RunOptions, SegmentationType
from shared.domain.runs.segmentation import plan_parts, recipe, segment_spans
from shared.domain.runs.sentences import sentences_of

REEL = Path(__file__).parents[3] / "media" / "sample-reel.json"

durations = st.floats(0.04, 4000)
cut_lists = st.lists(st.floats(0, 4000), max_size=60)
span_lists = st.lists(st.tuples(st.floats(0, 4000), st.floats(0, 40)), max_size=60)
recipes = st.sampled_from(["smart:1", "content_aware:1", "fixed:10", "fixed:1", "fixed:300"])


def shots_of(cuts: list[float], duration: float) -> list[Shot]:
    edges = [0.0, *sorted({cut for cut in cuts if 0 < cut < duration}), duration]
    return [Shot(start=a, end=b) for a, b in pairwise(edges)]


def spans_of(pairs: list[tuple[float, float]]) -> list[SpeechSpan]:
    return [SpeechSpan(start=start, end=start + length) for start, length in sorted(pairs)]


def utterance(text: str, start: float, end: float) -> Utterance:
    return Utterance(text=text, start=start, end=end)


@given(recipes, st.sampled_from([MediaType.VIDEO, MediaType.AUDIO]), durations, cut_lists, span_lists)
def test_segments_cover_medium_without_gaps_or_overlaps(
    rule: str, media_type: MediaType, duration: float, cuts: list[float], speech: list[tuple[float, float]]
) -> None:
    spans = segment_spans(
        rule,
        media_type=media_type,
        duration=duration,
        shots=shots_of(cuts, duration),
        utterances=spans_of(speech),
    )
    assert spans[0][0] == 0.0
    assert spans[-1][1] == duration
    assert all(before[1] == after[0] for before, after in pairwise(spans))
    assert all(start < end for start, end in spans)


@given(durations, cut_lists, span_lists)
def test_segment_lengths_stay_within_bounds(
    duration: float, cuts: list[float], speech: list[tuple[float, float]]
) -> None:
    bounds = {
        ("smart:1", MediaType.VIDEO): (3.0, 30.0),
        ("content_aware:1", MediaType.VIDEO): (1.0, 60.0),
        ("content_aware:1", MediaType.AUDIO): (5.0, 60.0),
    }
    for (rule, media_type), (shortest, longest) in bounds.items():
        spans = segment_spans(
            rule,
            media_type=media_type,
            duration=duration,
            shots=shots_of(cuts, duration),
            utterances=spans_of(speech),
        )
        lengths = [end - start for start, end in spans]
        assert max(lengths) <= longest + 1e-5
        assert len(spans) == 1 or min(lengths) >= shortest - 1e-5


@given(st.floats(1, 200_000), st.floats(10, 2400))
def test_parts_are_fewest_within_maximum_length(duration: float, longest: float) -> None:
    parts = plan_parts(duration, longest)
    assert (parts[0][0], parts[-1][1]) == (0.0, duration)
    assert all(a[1] == b[0] for a, b in pairwise(parts))
    assert max(b - a for a, b in parts) <= longest * (1 + 1e-9)
    assert (len(parts) - 1) * longest < duration


def test_short_remainder_joins_last_fixed_segment() -> None:
    def cut(duration: float) -> list[tuple[float, float]]:
        return segment_spans("fixed:10", media_type=MediaType.VIDEO, duration=duration)

    assert cut(25.0) == [(0.0, 10.0), (10.0, 20.0), (20.0, 25.0)]
    assert cut(20.0) == [(0.0, 10.0), (10.0, 20.0)]
    assert cut(20.3) == [(0.0, 10.0), (10.0, 20.3)]
    assert cut(0.2) == [(0.0, 0.2)]


def test_flash_joins_neighbour_and_long_shot_is_split() -> None:
    shots = shots_of([10.0, 10.3], 130.0)
    spans = segment_spans("content_aware:1", media_type=MediaType.VIDEO, duration=130.0, shots=shots)
    assert [start for start, _ in spans] == pytest.approx([0.0, 10.3, 10.3 + 119.7 / 2])


def test_smart_segmentation_does_not_cut_sentences() -> None:
    shots = shots_of([10.0, 20.0], 28.0)
    speech = [utterance("one", 5.0, 14.0), utterance("two", 16.0, 21.0)]
    spans = segment_spans(
        "smart:1", media_type=MediaType.VIDEO, duration=28.0, shots=shots, utterances=speech
    )
    assert [start for start, _ in spans] == [0.0, 21.0]


def test_smart_segmentation_finds_scenes_of_reel() -> None:
    reel = json.loads(REEL.read_text())
    scenes = [(scene["start"], scene["end"]) for scene in reel["scenes"]]
    speech = [
        utterance(scene["speech"], scene["start"] - 0.3, scene["end"] + 0.4)
        for scene in reel["scenes"]
        if scene["speech"]
    ]
    shots = shots_of([start for start, _ in scenes], reel["duration"])
    spans = segment_spans(
        "smart:1", media_type=MediaType.VIDEO, duration=reel["duration"], shots=shots, utterances=speech
    )
    assert [start for start, _ in spans] == pytest.approx([start for start, _ in scenes], abs=0.5)


def test_audio_is_cut_in_pauses() -> None:
    speech = [utterance("a", 0.0, 20.0), utterance("b", 22.0, 40.0), utterance("c", 50.0, 70.0)]
    spans = segment_spans("content_aware:1", media_type=MediaType.AUDIO, duration=70.0, utterances=speech)
    assert [start for start, _ in spans] == [0.0, 21.0, 40.0, 50.0]


def test_long_speech_is_cut_at_longest_pause() -> None:
    speech = [utterance("a", 0.0, 30.0), utterance("b", 30.4, 55.0), utterance("c", 56.2, 90.0)]
    spans = segment_spans("content_aware:1", media_type=MediaType.AUDIO, duration=90.0, utterances=speech)
    assert [start for start, _ in spans] == pytest.approx([0.0, 55.6])


def test_sentences_end_at_full_stops_and_pauses() -> None:
    words = [("One", 0, 1), ("two.", 1, 2), ("Three", 2, 3), ("four", 4, 5)]
    utterance = Utterance(
        text="One two. Three four",
        start=0,
        end=5,
        words=tuple(Word(text=t, start=a, end=b, confidence=1) for t, a, b in words),
    )
    assert sentences_of([utterance]) == [(0, 2), (2, 3), (4, 5)]


def test_picture_has_one_segment() -> None:
    assert segment_spans("image:1", media_type=MediaType.IMAGE, duration=0.0) == [(0.0, 0.0)]


def test_recipes_name_rule_and_version() -> None:
    options = RunOptions()
    assert recipe(MediaType.VIDEO, options) == "smart:1"
    assert recipe(MediaType.AUDIO, options) == "content_aware:1"
    assert recipe(MediaType.IMAGE, options) == "image:1"
    fixed = RunOptions(video_segmentation_type=SegmentationType.FIXED, video_segment_duration=7)
    assert recipe(MediaType.VIDEO, fixed) == "fixed:7"


def test_unknown_recipe_is_refused() -> None:
    with pytest.raises(ValueError, match="recipe"):
        segment_spans("clever:9", media_type=MediaType.VIDEO, duration=1.0)
