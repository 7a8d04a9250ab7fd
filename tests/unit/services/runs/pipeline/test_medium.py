"""A medium is processed until it has a final status, and resumes where it stopped."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from shared.domain import keys
from shared.domain.evidence import PictureEvidence, Shot
from shared.domain.media import Media, ProcessingStatus, Segment
from shared.domain.runs.prompt_run import RunStatus
from shared.domain.runs.statuses import MediumStage
from shared.media.decode.still_image import to_jpeg
from shared.ports.jobs import Interrupted
from shared.ports.models import Extraction, ExtractionRequest
from shared.ports.search_index import SearchDocument
from shared.services.runs.analysis import content_keys
from shared.services.runs.execution.context import MediumWork
from shared.services.runs.pipeline import medium
from shared.services.runs.pipeline.embed import TextVectors
from shared.services.runs.pipeline.extract import extract_segments
from shared.services.runs.pipeline.medium import index_pending, process_medium
from tests.unit.services.run_world import FIXED_2, OVERVIEW, SHOTS, RunWorld
from tests.unit.services.runs.medium_work import analysis, frame, medium_work, segments
from tests.unit.services.small_models import SPACE
from tests.unit.services.storage import ANNA, StopAfter

BLACK_JPEG = to_jpeg(np.zeros((8, 8, 3), np.uint8))
SIX_SECONDS = [frame(float(second), text=f"LINE {second}") for second in range(6)]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunWorld:
    """Each check reads the records."""
    monkeypatch.setattr("shared.services.runs.execution.stop_check._READ_INTERVAL_SECONDS", 0.0)
    return RunWorld(tmp_path)


@pytest.fixture
def media(world: RunWorld) -> Media:
    """A silent medium of six seconds whose visual analysis is stored: three segments."""
    media = world.add_without_bytes().model_copy(update={"duration_seconds": 6.0})
    world.keep(media)
    store_frames(world, media)
    return media


def store_frames(world: RunWorld, media: Media) -> None:
    visual = PictureEvidence(shots=(Shot(start=0, end=6),), frames=tuple(SIX_SECONDS), space=SPACE)
    key = content_keys.frame_analysis_key(media, world.models.pack())
    world.blobs.write(key, visual.model_dump_json().encode(), content_keys.JSON)
    for found in SIX_SECONDS:
        world.blobs.write(found.picture, BLACK_JPEG, content_keys.JPEG)


def stored_media(world: RunWorld, media: Media) -> Media:
    found = world.documents.get(Media, keys.media(media.tenant_id, media.media_id))
    assert found is not None
    return found


def requested(world: RunWorld) -> list[float]:
    return [request.evidence.start for request in world.models.extractor.requests]


def test_medium_is_processed_once(world: RunWorld, media: Media) -> None:
    work = medium_work(world, media)
    process_medium(work, parallel=1)
    state = world.medium_state(work.run, media)
    assert (state.status, state.stage) == (RunStatus.COMPLETED, MediumStage.FINISHED)
    assert (state.total_segments, state.successful_segments) == (3, 3)
    results = world.results(work.run, media)
    assert all(result.indexed for result in results)
    process_medium(medium_work(world, media, work.run), parallel=1)
    assert world.results(work.run, media) == results
    assert requested(world) == [0.0, 2.0, 4.0]
    again = world.medium_state(work.run, media)
    assert again.started_at == state.started_at


@pytest.mark.parametrize("checks", range(0, 7, 2))
def test_interrupted_medium_extracts_only_missing_segments(
    world: RunWorld, media: Media, checks: int
) -> None:
    work = medium_work(world, media, stopping=StopAfter(checks))
    with pytest.raises(Interrupted):
        process_medium(work, parallel=1)
    assert world.medium_state(work.run, media).status in {RunStatus.PENDING, RunStatus.PROCESSING}
    process_medium(medium_work(world, media, work.run), parallel=1)
    assert world.medium_state(work.run, media).status is RunStatus.COMPLETED
    assert requested(world) == [0.0, 2.0, 4.0]
    assert world.search_index.counts().documents == 3


def test_cancelled_medium_indexes_its_results(world: RunWorld, media: Media) -> None:
    work = medium_work(world, media)
    extract = world.models.extractor.extract

    def extract_and_cancel(request: ExtractionRequest) -> Extraction:
        if request.evidence.start == 2.0:
            world.runs.cancel(ANNA, work.run.run_id)
        return extract(request)

    world.models.extractor.extract = extract_and_cancel  # type: ignore[method-assign]
    process_medium(work, parallel=1)
    state = world.medium_state(work.run, media)
    assert (state.status, state.successful_segments) == (RunStatus.CANCELLED, 2)
    assert [result.indexed for result in world.results(work.run, media)] == [True, True]
    assert world.search_index.counts().documents == 2
    assert stored_media(world, media).status is ProcessingStatus.PROCESSED


@pytest.mark.parametrize("at_second", [None, 2.0, 4.0])
def test_deleted_medium_is_erased_and_cancelled(
    world: RunWorld, media: Media, at_second: float | None
) -> None:
    """The deletion begins before the work, or while the named segment is extracted."""
    work = medium_work(world, media)
    extract = world.models.extractor.extract

    def delete() -> None:
        world.keep(media.model_copy(update={"deleting": True}))

    def extract_and_delete(request: ExtractionRequest) -> Extraction:
        if request.evidence.start == at_second:
            delete()
        return extract(request)

    world.models.extractor.extract = extract_and_delete  # type: ignore[method-assign]
    if at_second is None:
        delete()
    process_medium(work, parallel=1)
    state = world.medium_state(work.run, media)
    assert (state.status, state.failure_code) == (RunStatus.CANCELLED, "media_deleted")
    assert state.retryable is False
    assert (state.started_at is None) is (at_second is None)
    assert world.results(work.run, media) == []
    assert world.documents.every(Segment, keys.segment(media.tenant_id, media.media_id)) == []
    assert world.search_index.counts().documents == 0
    assert world.blob_keys() == set()


def test_medium_deleted_during_last_step_is_erased(
    world: RunWorld, media: Media, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = world.search_index.put

    def put_and_delete(documents: Sequence[SearchDocument]) -> None:
        put(documents)
        world.keep(media.model_copy(update={"deleting": True}))

    monkeypatch.setattr(world.search_index, "put", put_and_delete)
    work = medium_work(world, media)
    process_medium(work, parallel=1)
    assert world.medium_state(work.run, media).failure_code == "media_deleted"
    assert (world.results(work.run, media), world.blob_keys()) == ([], set())
    assert world.search_index.counts().documents == 0


def test_failed_step_ends_medium_with_failure(world: RunWorld, media: Media) -> None:
    world.blobs.delete_prefix("frames/")
    work = medium_work(world, media)
    process_medium(work, parallel=1)
    state = world.medium_state(work.run, media)
    assert (state.status, state.failure_stage) == (RunStatus.FAILED, MediumStage.SEGMENTATION)
    assert stored_media(world, media).status is ProcessingStatus.FAILED


def test_results_of_earlier_batches_are_indexed_before_next_batch(
    world: RunWorld, media: Media, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(medium, "BATCH", 2)
    indexed: list[int] = []
    extract = world.models.extractor.extract

    def extract_and_count(request: ExtractionRequest) -> Extraction:
        indexed.append(world.search_index.counts().documents)
        return extract(request)

    world.models.extractor.extract = extract_and_count  # type: ignore[method-assign]
    process_medium(medium_work(world, media), parallel=1)
    assert indexed == [0, 0, 2]


def test_only_results_without_index_entry_are_indexed(world: RunWorld, media: Media) -> None:
    work: MediumWork = medium_work(world, media)
    found = analysis(frames=SIX_SECONDS)
    results = list(extract_segments(work, found, segments(media, 3)))
    results[1].indexed = True
    index_pending(work, found, results, TextVectors(world.models.text))
    assert world.search_index.counts().documents == 2
    assert [result.indexed for result in world.results(work.run, media)] == [True, False, True]


@pytest.mark.parametrize("fixed", [True, False])
def test_media_wide_result_is_made_unless_segments_are_fixed(
    world: RunWorld, media: Media, fixed: bool
) -> None:
    prompt = world.new_prompt(video_level=OVERVIEW.model_dump())
    work = medium_work(world, media, world.execute([media], prompt, FIXED_2 if fixed else SHOTS))
    process_medium(work, parallel=1)
    state = world.medium_state(work.run, media)
    assert state.video_level_status == (None if fixed else "completed")
    assert (state.video_level is None) is fixed
