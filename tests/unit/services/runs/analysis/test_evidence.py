"""The evidence of one segment: what lies within its times, and the texts composed of it."""

from pathlib import Path

import pytest

from shared.domain.evidence import Transcript
from shared.ports.blobs import BlobNotFound
from shared.services.runs.analysis.analysis import Analysis
from shared.services.runs.analysis.evidence import (
    UNREAD_TEXT,
    FrameImages,
    evidence_between,
    metadata_text,
    with_reading_warning,
    with_transcription,
)
from shared.services.runs.execution.context import MediumWork
from shared.services.runs.execution.failures import Attempt, Failure
from tests.unit.services.run_world import RunWorld
from tests.unit.services.runs.medium_work import analysis, frame, medium_work, spoken


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path)


@pytest.fixture
def work(world: RunWorld) -> MediumWork:
    return medium_work(world, world.add_without_bytes())


FOUR_SECONDS = analysis(spoken("zero", "one", "two", "three"), [frame(n, text=f"LINE {n}") for n in range(4)])


def test_evidence_excludes_what_only_touches_its_times(work: MediumWork) -> None:
    evidence = evidence_between(work, FOUR_SECONDS, 1.0, 3.0)
    assert evidence.transcript == "one two"
    assert [utterance.text for utterance in evidence.utterances] == ["one", "two"]
    assert [found.timestamp for found in evidence.frames] == [1.0, 2.0]
    assert (evidence.language, evidence.media_type, evidence.title) == ("en", "video", "t")


def test_utterance_that_crosses_boundary_belongs_to_both_sides(work: MediumWork) -> None:
    first = evidence_between(work, FOUR_SECONDS, 0.0, 1.25)
    second = evidence_between(work, FOUR_SECONDS, 1.25, 4.0)
    assert [utterance.text for utterance in first.utterances] == ["zero", "one"]
    assert [utterance.text for utterance in second.utterances] == ["one", "two", "three"]
    assert (first.transcript, second.transcript) == ("zero", "one two three")


@pytest.mark.parametrize("transcript", [None, Attempt(None, Failure("m", "c", retryable=True))])
def test_missing_transcript_leaves_evidence_without_speech(
    work: MediumWork, transcript: Attempt[Transcript] | None
) -> None:
    evidence = evidence_between(work, Analysis(transcript, None, ()), 0.0, 4.0)
    assert (evidence.transcript, evidence.language, evidence.utterances, evidence.frames) == (
        "",
        None,
        (),
        (),
    )


@pytest.mark.parametrize(
    ("data", "end", "expected"),
    [
        ({"title": "t"}, 1.0, {"transcription": "zero", "title": "t"}),
        ({"transcription": "of the prompt"}, 1.0, {"transcription": "of the prompt"}),
        ({"title": "t"}, 0.0, {"title": "t"}),
    ],
)
def test_transcription_is_added_unless_prompt_defines_it(
    work: MediumWork, data: dict[str, str], end: float, expected: dict[str, str]
) -> None:
    assert with_transcription(dict(data), evidence_between(work, FOUR_SECONDS, 0.0, end)) == expected


def test_metadata_text_lists_fields_then_evidence(work: MediumWork) -> None:
    evidence = evidence_between(work, FOUR_SECONDS, 0.0, 2.0)
    assert metadata_text({"title": "A film"}, evidence).splitlines() == [
        "title: A film",
        "transcription: zero one",
        "[on_screen_text]: LINE 0 | LINE 1",
        "[visual_tags]: a wall",
    ]


def test_frame_images_are_read_on_access(world: RunWorld, work: MediumWork) -> None:
    evidence = evidence_between(work, FOUR_SECONDS, 0.0, 3.0)
    images = FrameImages(world.blobs, evidence)
    for second in (1, 2):
        world.blobs.write(evidence.frames[second].picture, b"jpeg %d" % second, "image/jpeg")
    assert len(images) == 3
    assert images[1] == b"jpeg 1"
    assert images[1:] == [b"jpeg 1", b"jpeg 2"]
    with pytest.raises(BlobNotFound):
        images[0]


@pytest.mark.parametrize(
    ("unread", "warned"), [([0, 0, 0, 0], False), ([0, 1, 0, 0], False), ([2, 0, 0, 0], True)]
)
def test_text_seen_but_not_read_is_a_warning(work: MediumWork, unread: list[int], *, warned: bool) -> None:
    frames = [
        frame(n, text=f"LINE {n}").model_copy(update={"unread_lines": count})
        for n, count in enumerate(unread)
    ]
    evidence = evidence_between(work, analysis(None, frames), 0.0, 4.0)
    assert with_reading_warning(None, evidence) == (UNREAD_TEXT if warned else None)
    assert with_reading_warning("Cut.", evidence) == (f"Cut. {UNREAD_TEXT}" if warned else "Cut.")
