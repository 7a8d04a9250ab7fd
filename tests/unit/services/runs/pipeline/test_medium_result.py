"""The media-wide result is made once per set of segment results, from the successful ones."""

from pathlib import Path
from typing import Any

import pytest

from shared.adapters.local.search.index import EmbeddedSearchIndex
from shared.domain import keys
from shared.domain.clock import timestamp
from shared.domain.media import Media
from shared.domain.prompts.prompt import SemanticIndexing
from shared.domain.runs.prompt_run import SegmentResult, VideoResult
from shared.domain.runs.statuses import CallPurpose, EmbeddingStatus, VideoLevelStatus
from shared.ports.search_index import Level
from shared.services.records.documents import put
from shared.services.runs.analysis.analysis import Analysis
from shared.services.runs.execution.context import MediumWork
from shared.services.runs.execution.stop_check import RunCancelled
from shared.services.runs.pipeline.embed import TextVectors
from shared.services.runs.pipeline.extract import extract_segments
from shared.services.runs.pipeline.medium_result import (
    MAX_FRAMES,
    included_fields,
    media_result,
    search_document,
    with_media_result,
)
from tests.unit.services.run_world import OVERVIEW, SHOTS, RunWorld
from tests.unit.services.runs.medium_work import analysis, frame, medium_work, segments, spoken
from tests.unit.services.small_models import SPACE
from tests.unit.services.storage import ANNA

SIX_SECONDS = analysis(spoken(*"abcdef"), [frame(float(n), text=f"LINE {n}") for n in range(6)])


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path)


@pytest.fixture
def work(world: RunWorld) -> MediumWork:
    return new_work(world)


def new_work(world: RunWorld, **prompt: Any) -> MediumWork:
    media: Media = world.add_without_bytes()
    chosen = world.new_prompt(video_level=OVERVIEW.model_dump(), **prompt)
    return medium_work(world, media, world.execute([media], chosen, SHOTS))


def extract(work: MediumWork) -> list[SegmentResult]:
    return list(extract_segments(work, SIX_SECONDS, segments(work.media, 3)))


def make(work: MediumWork, results: list[SegmentResult], found: Analysis = SIX_SECONDS) -> VideoResult:
    return media_result(work, OVERVIEW, found, results, TextVectors(work.ports.models.text_embedder))


def stored(world: RunWorld, work: MediumWork) -> VideoResult | None:
    return world.documents.get(VideoResult, keys.video_result("anna", work.run.run_id, work.media.media_id))


def media_wide_requests(world: RunWorld) -> int:
    requests = world.models.extractor.requests
    return sum(request.purpose is CallPurpose.VIDEO_LEVEL_EXTRACTION for request in requests)


def test_result_is_written_and_indexed_with_its_call(world: RunWorld, work: MediumWork) -> None:
    results = extract(work)
    result = make(work, results)
    assert stored(world, work) == result
    assert (result.status, result.embedding_status) == (VideoLevelStatus.COMPLETED, EmbeddingStatus.COMPLETED)
    assert result.metadata == {"parts": [2, 2, 2]}
    assert result.preview_segment == results[0].segment
    assert world.search_index.counts().documents == 1
    call = world.run_views.model_calls(ANNA, work.run.run_id)[-1]
    assert (call.segment_id, call.media_id, call.video_seconds) == (None, work.media.media_id, 60.0)


def test_unchanged_segment_results_need_no_new_result(world: RunWorld, work: MediumWork) -> None:
    results = extract(work)
    assert make(work, results) == make(work, results)
    assert media_wide_requests(world) == 1


@pytest.mark.parametrize("change", ["metadata", "outcome", "missing"])
def test_changed_segment_results_lead_to_new_result(world: RunWorld, work: MediumWork, change: str) -> None:
    results = extract(work)
    make(work, results)
    if change == "metadata":
        results[1].metadata["words"] = 7
    elif change == "outcome":
        results[1].field_extraction.succeeded = False
    else:
        results.pop()
    parts = make(work, results).metadata["parts"]
    assert parts == ([2, 7, 2] if change == "metadata" else [2, 2])
    assert media_wide_requests(world) == 2
    assert world.search_index.counts().documents == 1


def test_result_without_embedding_status_is_made_again(world: RunWorld, work: MediumWork) -> None:
    results = extract(work)
    incomplete = make(work, results).model_copy(update={"embedding_status": None})
    world.documents.write(put(keys.video_result("anna", work.run.run_id, work.media.media_id), incomplete))
    assert make(work, results).embedding_status is EmbeddingStatus.COMPLETED
    assert media_wide_requests(world) == 2


def test_failed_segments_are_left_out_and_make_result_partial(world: RunWorld, work: MediumWork) -> None:
    world.models.extractor.broken_at = {0.0}
    results = extract(work)
    world.models.extractor.broken_at = set()
    result = make(work, results)
    assert result.status is VideoLevelStatus.PARTIAL
    assert (result.successful_segment_count, result.failed_segment_count) == (2, 1)
    assert result.metadata == {"parts": [2, 2]}
    assert result.preview_segment == results[1].segment


def test_failed_extraction_is_not_indexed(world: RunWorld, work: MediumWork) -> None:
    results = extract(work)
    world.models.extractor.broken_at = {0.0}
    result = make(work, results)
    assert (result.status, result.embedding_status) == (VideoLevelStatus.FAILED, EmbeddingStatus.SKIPPED)
    assert (result.metadata, result.metadata_text) == ({}, "")
    assert result.error_message == "no valid answer"
    assert world.search_index.counts().documents == 0
    assert len(world.run_views.model_calls(ANNA, work.run.run_id)) == 4


def test_failed_indexing_keeps_result(world: RunWorld, tmp_path: Path) -> None:
    class BrokenIndex(EmbeddedSearchIndex):
        def put(self, documents: object) -> None:
            raise RuntimeError("disk error")

    world.search_index = BrokenIndex(tmp_path / "search 2", SPACE, SPACE)
    work = new_work(world)
    result = make(work, extract(work))
    assert (result.status, result.embedding_status) == (VideoLevelStatus.COMPLETED, EmbeddingStatus.FAILED)
    assert result.embedding_error == "RuntimeError: disk error"
    assert stored(world, work) == result


def test_cancelled_run_makes_no_result(world: RunWorld, work: MediumWork) -> None:
    results = extract(work)
    world.runs.cancel(ANNA, work.run.run_id)
    with pytest.raises(RunCancelled):
        make(medium_work(world, work.media, work.run), results)
    assert (stored(world, work), media_wide_requests(world)) == (None, 0)


def test_stored_result_is_returned_though_run_is_cancelled(world: RunWorld, work: MediumWork) -> None:
    results = extract(work)
    result = make(work, results)
    world.runs.cancel(ANNA, work.run.run_id)
    assert make(medium_work(world, work.media, work.run), results) == result


@pytest.mark.parametrize(
    ("frames", "first_seconds"),
    [
        (3, [0, 1, 2]),
        (MAX_FRAMES, list(range(24))),
        (MAX_FRAMES + 1, [0, 1, 2]),
        (48, [0, 2, 4]),
        (60, [0, 2, 5, 7]),
    ],
)
def test_frames_are_spread_over_whole_medium(
    world: RunWorld, work: MediumWork, frames: int, first_seconds: list[int]
) -> None:
    found = analysis(frames=[frame(float(second)) for second in range(frames)])
    make(work, [], found)
    evidence = world.models.extractor.requests[-1].evidence
    assert len(evidence.frames) == min(frames, MAX_FRAMES)
    assert [each.timestamp for each in evidence.frames][: len(first_seconds)] == first_seconds
    assert (evidence.start, evidence.end) == (0.0, 60.0)


METADATA = {
    "title": "A film",
    "start_time": "in the field's own words",
    "cast": [{"name": "Ann", "age": 30}, {"name": "Bea"}, {"age": 1}],
    "place": {"city": "Bonn", "land": "DE"},
    "empty": [],
}
TIMES = {"[segment_times]": {"start_time": 2.0, "end_time": 4.0}}


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        ([], METADATA),
        (["title"], {"title": "A film"}),
        (["place"], {"place": {"city": "Bonn", "land": "DE"}}),
        (["place.city"], {"place": {"city": "Bonn"}}),
        (["cast[].name"], {"cast": [{"name": "Ann"}, {"name": "Bea"}]}),
        (["cast[]"], {"cast": METADATA["cast"]}),
        (["metadata_text"], {"metadata_text": "title: A film"}),
        (["empty"], {"empty": []}),
        (["unknown", "place.unknown"], {}),
    ],
)
def test_input_has_only_included_fields_and_times(paths: list[str], expected: dict[str, Any]) -> None:
    result = SegmentResult(
        run_id="run_1",
        media_id="vid_1",
        segment_id="seg_1",
        prompt_id="prm_1",
        ordinal=1,
        start=2.0,
        end=4.0,
        metadata=METADATA,
        metadata_text="title: A film",
        completed_at=timestamp(),
        executed_at=timestamp(),
    )
    assert included_fields(result, paths) == {**expected, **TIMES}


def test_document_has_only_enabled_media_wide_fields(world: RunWorld) -> None:
    rules = SemanticIndexing(disabled_segment_fields=["title"], disabled_video_level_fields=["note"])
    work = new_work(world, semantic_indexing=rules.model_dump())
    result = make(work, []).model_copy(
        update={"metadata": {"title": "A film", "note": "x"}, "metadata_text": "title: A film"}
    )
    document = search_document(work, result, TextVectors(world.models.text))
    assert [passage.field_path for passage in document.passages] == ["title", "metadata_text"]
    assert {leaf.path for leaf in document.leaves} == {"title", "note"}
    assert (document.level, document.segment_id, document.index_id) == (Level.VIDEO, "", "")


def test_medium_state_repeats_outcome(world: RunWorld, work: MediumWork) -> None:
    result = make(work, extract(work))
    state = with_media_result(result, world.medium_state(work.run, work.media))
    assert state.video_level_status is VideoLevelStatus.COMPLETED
    assert state.video_level is not None
    assert state.video_level.successful_segment_count == 3
    assert state.video_level.completed_at == result.completed_at
