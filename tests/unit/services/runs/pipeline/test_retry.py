"""The retry of one segment: its outcome, and what it does to the result, the medium and the run."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from shared.domain import keys
from shared.domain.clock import timestamp
from shared.domain.evidence import PictureEvidence, Shot
from shared.domain.ids import recipe_fingerprint, segment_id
from shared.domain.media import Media
from shared.domain.runs.prompt_run import MediumState, PromptRun, RunStatus
from shared.domain.runs.segment_retry import SegmentRetry
from shared.domain.runs.statuses import RetryStatus
from shared.ports.jobs import Interrupted
from shared.ports.models import Extraction, ExtractionRequest
from shared.ports.records import Delete, Write
from shared.ports.search_index import SearchDocument
from shared.services.records.documents import put
from shared.services.runs.analysis import content_keys
from shared.services.runs.execution.stop_check import StopCheck
from shared.services.runs.media_states import remove_from_run
from shared.services.runs.pipeline.extract import extract_segments
from shared.services.runs.pipeline.finish import finish_medium, finish_run
from shared.services.runs.pipeline.retry import MEDIUM_OR_SEGMENT_DELETED, retry_segment
from tests.unit.services.run_world import RunWorld
from tests.unit.services.runs.medium_work import (
    RECIPE,
    analysis,
    frame,
    medium_work,
    pipeline_ports,
    segments,
)
from tests.unit.services.small_models import SPACE
from tests.unit.services.storage import ANNA, never

TENANT = ANNA.tenant_id
FRAMES = [frame(float(second), text=f"LINE {second}") for second in range(4)]


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path)


@pytest.fixture
def media(world: RunWorld) -> Media:
    """A silent medium with two stored segments and a stored visual analysis."""
    media = world.add_without_bytes()
    visual = PictureEvidence(shots=(Shot(start=0, end=4),), frames=tuple(FRAMES), space=SPACE)
    key = content_keys.frame_analysis_key(media, world.models.pack())
    world.blobs.write(key, visual.model_dump_json().encode(), content_keys.JSON)
    for segment in segments(media, 2):
        world.documents.write(put(_segment_key(media, segment.ordinal), segment))
    return media


def _segment_key(media: Media, ordinal: int) -> keys.Key:
    return keys.segment(TENANT, media.media_id, recipe_fingerprint(RECIPE), ordinal)


def run_with_failure(world: RunWorld, media: Media, *, status: RunStatus | None = None) -> PromptRun:
    """Return a finished run in which the second segment failed."""
    world.models.extractor.broken_at = {2.0}
    work = medium_work(world, media)
    work.progress.change(media.media_id, _with_two_segments)
    list(extract_segments(work, analysis(frames=FRAMES), segments(media, 2)))
    world.models.extractor.broken_at = set()
    world.models.extractor.requests.clear()
    finish_medium(work, status)
    run = finish_run(world.documents, work.run)
    assert run is not None
    return run


def _with_two_segments(state: MediumState) -> MediumState:
    state.recipe, state.total_segments = RECIPE, 2
    return state


def new_retry(
    world: RunWorld, run: PromptRun, media: Media, ordinal: int = 1, *, retry_id: str = "rty_1"
) -> None:
    retry = SegmentRetry(
        retry_id=retry_id,
        run_id=run.run_id,
        media_id=media.media_id,
        segment_id=segment_id(media.media_id, RECIPE, ordinal),
        created_at=timestamp(),
    )
    world.documents.write(put(keys.segment_retry(TENANT, run.run_id, retry_id), retry))


def work_on(
    world: RunWorld,
    run: PromptRun,
    retry_id: str = "rty_1",
    stopping: Callable[[], bool] = never,
) -> SegmentRetry | None:
    stop_check = StopCheck(world.documents, TENANT, run.run_id, stopping, ignores_cancellation=True)
    retry_segment(pipeline_ports(world), run, {"retry_id": retry_id}, world.models.extractor, stop_check)
    return world.documents.get(SegmentRetry, keys.segment_retry(TENANT, run.run_id, retry_id))


def during_extraction(world: RunWorld, act: Callable[[], object]) -> None:
    extract = world.models.extractor.extract

    def extract_and_act(request: ExtractionRequest) -> Extraction:
        act()
        return extract(request)

    world.models.extractor.extract = extract_and_act  # type: ignore[method-assign]


def test_successful_retry_updates_result_medium_and_run(world: RunWorld, media: Media) -> None:
    run = run_with_failure(world, media)
    assert run.status is RunStatus.COMPLETED_WITH_FAILURES
    new_retry(world, run, media)
    retry = work_on(world, run)
    assert retry is not None
    assert (retry.status, retry.error, retry.field_extraction_succeeded) == (
        RetryStatus.COMPLETED,
        None,
        True,
    )
    assert retry.started_at is not None
    result = world.results(run, media)[1]
    assert (result.attempt_id, result.indexed, result.failed) == ("rty_1", True, False)
    state, ended = world.medium_state(run, media), world.runs.get(ANNA, run.run_id)
    assert (state.status, state.failures) == (RunStatus.COMPLETED, [])
    assert (ended.status, ended.completed_segments) == (RunStatus.COMPLETED, 2)
    assert ended.completed_at == run.completed_at


def test_finished_or_unknown_retry_does_nothing(world: RunWorld, media: Media) -> None:
    run = run_with_failure(world, media)
    new_retry(world, run, media)
    finished = work_on(world, run)
    results = world.results(run, media)
    assert work_on(world, run) == finished
    assert work_on(world, run, "rty_unknown") is None
    assert world.results(run, media) == results
    assert len(world.models.extractor.requests) == 1


def test_failed_retry_replaces_only_failed_result(world: RunWorld, media: Media) -> None:
    """The calls of each retry are kept, whatever becomes of its result."""
    run = run_with_failure(world, media)
    before = world.results(run, media)
    world.models.extractor.broken_at = {0.0, 2.0}
    for ordinal in (0, 1):
        new_retry(world, run, media, ordinal, retry_id=f"rty_{ordinal}")
        retry = work_on(world, run, f"rty_{ordinal}")
        assert retry is not None
        assert (retry.status, retry.error) == (RetryStatus.FAILED, "no valid answer")
    successful, failed = world.results(run, media)
    assert successful == before[0]
    assert (failed.attempt_id, failed.failed) == ("rty_1", True)
    assert len(world.run_views.model_calls(ANNA, run.run_id)) == 4
    assert world.runs.get(ANNA, run.run_id).status is RunStatus.COMPLETED_WITH_FAILURES


def test_medium_of_cancelled_run_stays_cancelled(world: RunWorld, media: Media) -> None:
    run = run_with_failure(world, media, status=RunStatus.CANCELLED)
    new_retry(world, run, media)
    work_on(world, run)
    state = world.medium_state(run, media)
    assert (state.status, state.successful_segments) == (RunStatus.CANCELLED, 2)
    assert world.runs.get(ANNA, run.run_id).status is RunStatus.CANCELLED


def delete_medium(world: RunWorld, run: PromptRun, media: Media) -> None:
    world.documents.write(Delete(keys.media(TENANT, media.media_id)))


def delete_segment(world: RunWorld, run: PromptRun, media: Media) -> None:
    world.documents.write(Delete(_segment_key(media, 1)))


def remove_medium(world: RunWorld, run: PromptRun, media: Media) -> None:
    remove_from_run(world.documents, TENANT, run.run_id, media.media_id)


@pytest.mark.parametrize("delete", [delete_medium, delete_segment, remove_medium])
def test_retry_fails_if_its_medium_or_segment_is_gone(
    world: RunWorld, media: Media, delete: Callable[[RunWorld, PromptRun, Media], None]
) -> None:
    run = run_with_failure(world, media)
    new_retry(world, run, media)
    delete(world, run, media)
    retry = work_on(world, run)
    assert retry is not None
    assert (retry.status, retry.error) == (RetryStatus.FAILED, MEDIUM_OR_SEGMENT_DELETED.message)
    assert world.models.extractor.requests == []


def after_indexing(world: RunWorld, act: Callable[[], object]) -> None:
    put_documents = world.search_index.put

    def put_and_act(documents: Sequence[SearchDocument]) -> None:
        put_documents(documents)
        act()

    world.search_index.put = put_and_act  # type: ignore[method-assign]


@pytest.mark.parametrize("during", [during_extraction, after_indexing])
def test_medium_deleted_during_retry_leaves_no_data(
    world: RunWorld, media: Media, during: Callable[[RunWorld, Callable[[], object]], None]
) -> None:
    run = run_with_failure(world, media)
    new_retry(world, run, media)
    during(world, lambda: world.keep(media.model_copy(update={"deleting": True})))
    retry = work_on(world, run)
    assert retry is not None
    assert (retry.status, retry.error) == (RetryStatus.FAILED, MEDIUM_OR_SEGMENT_DELETED.message)
    assert world.results(run, media) == []
    assert world.run_views.model_calls(ANNA, run.run_id) == []
    assert world.search_index.counts().documents == 0
    assert world.blob_keys() == set()


def test_interrupted_retry_stays_open_and_is_resumed(world: RunWorld, media: Media) -> None:
    run = run_with_failure(world, media)
    new_retry(world, run, media)
    extract = world.models.extractor.extract

    def stop(request: ExtractionRequest) -> Extraction:
        raise Interrupted

    world.models.extractor.extract = stop  # type: ignore[method-assign]
    with pytest.raises(Interrupted):
        work_on(world, run)
    key = keys.segment_retry(TENANT, run.run_id, "rty_1")
    interrupted = world.documents.get(SegmentRetry, key)
    assert interrupted is not None
    assert interrupted.status is RetryStatus.PROCESSING
    world.models.extractor.extract = extract  # type: ignore[method-assign]
    resumed = work_on(world, run)
    assert resumed is not None
    assert (resumed.status, resumed.started_at) == (RetryStatus.COMPLETED, interrupted.started_at)


def test_totals_include_other_retry_that_ends_meanwhile(
    world: RunWorld, media: Media, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another worker corrects the first segment right after this one has written the medium's state."""
    run = run_with_failure(world, media)
    corrected = world.results(run, media)[0]
    failed = corrected.model_copy(deep=True)
    failed.field_extraction.succeeded = False
    result_key = keys.segment_result(TENANT, run.run_id, media.media_id, corrected.segment_id)
    world.documents.write(put(result_key, failed))
    new_retry(world, run, media)
    state_key = keys.medium_state(TENANT, run.run_id, media.media_id)
    write = world.records.write

    def write_then_correct(*writes: Write) -> None:
        write(*writes)
        if state_key in {each.key for each in writes}:
            monkeypatch.setattr(world.records, "write", write)
            world.documents.write(put(result_key, corrected))

    monkeypatch.setattr(world.records, "write", write_then_correct)
    work_on(world, run)
    assert world.medium_state(run, media).successful_segments == 2
    assert world.runs.get(ANNA, run.run_id).status is RunStatus.COMPLETED
