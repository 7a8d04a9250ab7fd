"""The extraction of segments: each result is written, with its calls, whatever happens to the others."""

from pathlib import Path
from typing import Any

import pytest

from shared.domain import keys
from shared.domain.media import Media
from shared.domain.runs.prompt_run import ModelCall, OperationOutcome, SegmentResult
from shared.ports.jobs import Interrupted
from shared.ports.models import Extraction, ExtractionRequest
from shared.services.runs.analysis.analysis import Analysis
from shared.services.runs.execution.context import MediumWork
from shared.services.runs.execution.failures import Attempt, Failure
from shared.services.runs.execution.stop_check import RunCancelled
from shared.services.runs.pipeline.extract import attributed, extract_segment, extract_segments
from tests.unit.services.run_world import FIXED_2, RunWorld
from tests.unit.services.runs.medium_work import analysis, frame, medium_work, segments, spoken
from tests.unit.services.small_models import Extractor
from tests.unit.services.storage import ANNA, StopAfter

SIX_SECONDS = analysis(spoken(*"abcdef"), [frame(float(n), text=f"LINE {n}") for n in range(6)])


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path)


@pytest.fixture
def media(world: RunWorld) -> Media:
    return world.add_without_bytes()


@pytest.fixture
def work(world: RunWorld, media: Media) -> MediumWork:
    return medium_work(world, media)


def stored(world: RunWorld, work: MediumWork) -> list[int]:
    return [result.ordinal for result in world.results(work.run, work.media)]


def extracted(work: MediumWork, found: Analysis = SIX_SECONDS) -> tuple[SegmentResult, list[ModelCall]]:
    return extract_segment(work, found, segments(work.media, 1)[0])


def test_result_contains_fields_and_evidence_of_its_segment(work: MediumWork) -> None:
    result, [call] = extract_segment(work, SIX_SECONDS, segments(work.media, 2)[1], attempt_id="rty_1")
    assert result.metadata == {"transcription": "c d", "lines": ["LINE 2", "LINE 3"], "words": 2}
    assert result.text_content == "c d\nLINE 2 | LINE 3"
    assert "lines[0]: LINE 2" in result.metadata_text
    assert (result.ordinal, result.start, result.end, result.attempt_id) == (1, 2.0, 4.0, "rty_1")
    assert not result.indexed
    assert (call.segment_id, call.segment_start, call.segment_end) == (result.segment_id, 2.0, 4.0)
    assert (call.run_id, call.media_id, call.video_seconds) == (work.run.run_id, work.media.media_id, 2.0)


def test_failed_extraction_keeps_evidence_searchable(world: RunWorld, work: MediumWork) -> None:
    world.models.extractor.broken_at = {0.0}
    result, calls = extracted(work)
    assert result.metadata == {"transcription": "a b"}
    assert result.text_content == "a b\nLINE 0 | LINE 1"
    assert result.field_extraction.code == "invalid_answer"
    assert result.failure_stage == "field_extraction"
    assert [call.status for call in calls] == ["failed"]


def test_error_without_call_records_is_internal_failure(world: RunWorld, media: Media) -> None:
    class BrokenExtractor(Extractor):
        def extract(self, request: ExtractionRequest) -> Extraction:
            raise RuntimeError("out of memory")

    world.models.extractor = BrokenExtractor()
    result, calls = extracted(medium_work(world, media))
    assert result.field_extraction == OperationOutcome(
        succeeded=False, error="RuntimeError: out of memory", code="internal_error", retryable=True
    )
    assert calls == []


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (analysis(), None),
        (SIX_SECONDS, True),
        (Analysis(Attempt(None, Failure("no audio", "internal_error", retryable=True)), None, ()), False),
    ],
)
def test_transcription_outcome_is_that_of_whole_medium(
    work: MediumWork, found: Analysis, expected: bool | None
) -> None:
    assert extracted(work, found)[0].transcription.succeeded is expected


@pytest.mark.parametrize(
    ("vectors", "enabled", "expected"),
    [
        ([(1, 0, 0, 0), None], True, True),
        ([None, None], True, False),
        ([], True, None),
        ([None], False, None),
    ],
)
def test_one_embedded_frame_is_enough(
    world: RunWorld, media: Media, vectors: list[Any], enabled: bool, expected: bool | None
) -> None:
    options = FIXED_2.model_copy(update={"enable_image_embedding": enabled})
    work = medium_work(world, media, world.execute([media], options=options))
    frames = [frame(float(second), embedding=vector) for second, vector in enumerate(vectors)]
    outcome = extracted(work, analysis(frames=frames))[0].image_embedding
    assert outcome.succeeded is expected
    assert outcome.error == ("out of memory" if expected is False else None)


@pytest.mark.parametrize("parallel", [1, 3, 8])
def test_results_are_yielded_in_order_after_they_are_written(
    world: RunWorld, work: MediumWork, parallel: int
) -> None:
    yielded = []
    for result in extract_segments(work, SIX_SECONDS, segments(work.media, 5), parallel=parallel):
        yielded.append(result.ordinal)
        assert set(yielded) <= set(stored(world, work))
    assert yielded == stored(world, work) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("parallel", [1, 2, 4])
def test_stop_writes_extractions_in_progress(world: RunWorld, media: Media, parallel: int) -> None:
    work = medium_work(world, media, stopping=StopAfter(2))
    with pytest.raises(Interrupted):
        list(extract_segments(work, SIX_SECONDS, segments(media, 5), parallel=parallel))
    assert stored(world, work) == [0, 1]
    assert len(world.models.extractor.requests) == 2


def test_stopped_extraction_does_not_discard_others(world: RunWorld, media: Media) -> None:
    class StoppedExtractor(Extractor):
        def extract(self, request: ExtractionRequest) -> Extraction:
            if request.evidence.start == 2.0:
                raise Interrupted
            return super().extract(request)

    world.models.extractor = StoppedExtractor()
    work = medium_work(world, media)
    with pytest.raises(Interrupted):
        list(extract_segments(work, SIX_SECONDS, segments(media, 3), parallel=3))
    assert stored(world, work) == [0, 2]


def test_cancelled_run_extracts_nothing(world: RunWorld, work: MediumWork) -> None:
    world.runs.cancel(ANNA, work.run.run_id)
    with pytest.raises(RunCancelled):
        list(extract_segments(work, SIX_SECONDS, segments(work.media, 3)))
    assert (stored(world, work), world.models.extractor.requests) == ([], [])


def test_each_stored_call_has_pointer_of_its_medium(world: RunWorld, work: MediumWork) -> None:
    list(extract_segments(work, SIX_SECONDS, segments(work.media, 3)))
    pointers = keys.call_of_medium("anna", work.run.run_id, work.media.media_id)
    pointed = [
        sort.removeprefix(pointers.sort) for sort in world.documents.sort_keys(pointers, limit=9).items
    ]
    calls = world.run_views.model_calls(ANNA, work.run.run_id)
    assert len(calls) == 3
    assert sorted(pointed) == sorted(call.call_id for call in calls)


def test_attributed_call_is_bounded_copy(work: MediumWork) -> None:
    _, [call] = extracted(work)
    long = call.model_copy(update={"prompt_text": "x" * 50_001, "response_text": "y" * 50_000})
    whole_medium = attributed(work, long)
    assert (len(whole_medium.prompt_text or ""), len(whole_medium.response_text or "")) == (50_000, 50_000)
    assert (whole_medium.segment_id, whole_medium.segment_start, whole_medium.segment_end) == (None,) * 3
    assert whole_medium.video_seconds == 60.0
    assert len(long.prompt_text or "") == 50_001
