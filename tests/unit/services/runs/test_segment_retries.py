"""The start of a segment retry: once per id, and one at a time per segment."""

from collections.abc import Callable
from pathlib import Path

import pytest

from shared.domain import keys
from shared.domain.errors import Conflict, NotFound
from shared.domain.ids import segment_id
from shared.domain.media import Media
from shared.domain.runs.prompt_run import PromptRun, RunStatus
from shared.domain.runs.segment_retry import RetriesOfSegment, SegmentRetry
from shared.domain.runs.statuses import RetryStatus
from shared.ports.records import Write
from shared.services.runs.segment_retries import SegmentRetries
from tests.unit.services.run_records import RECIPE, add_run
from tests.unit.services.run_world import RunWorld
from tests.unit.services.storage import ANNA, BERT

TENANT = ANNA.tenant_id


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path)


@pytest.fixture
def retries(world: RunWorld) -> SegmentRetries:
    return SegmentRetries(world.documents, world.jobs)


@pytest.fixture
def media(world: RunWorld) -> Media:
    return world.add_without_bytes()


@pytest.fixture
def run_id(world: RunWorld, media: Media) -> str:
    """A run with results for segments 0 and 1. Its retry of segment 0 is finished."""
    run_id = add_run(world, media)
    end(world, run_id, "rty_1")
    return run_id


def end(world: RunWorld, run_id: str, retry_id: str) -> None:
    def change(retry: SegmentRetry) -> SegmentRetry:
        retry.status = RetryStatus.FAILED
        return retry

    assert world.documents.update(SegmentRetry, keys.segment_retry(TENANT, run_id, retry_id), change)


def segment_of(media: Media, ordinal: int) -> str:
    return segment_id(media.media_id, RECIPE, ordinal)


def submitted(world: RunWorld) -> list[str]:
    return [request.job_id for request in world.jobs.requests]


def before_next_write(world: RunWorld, monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Call ``act`` after the records are read and before the next write arrives."""
    write = world.records.write

    def write_late(*writes: Write) -> None:
        monkeypatch.undo()
        act()
        write(*writes)

    monkeypatch.setattr(world.records, "write", write_late)


def test_retry_is_claimed_and_its_job_submitted(
    world: RunWorld, retries: SegmentRetries, media: Media, run_id: str
) -> None:
    segment = segment_of(media, 0)
    started = retries.start(ANNA, run_id, media.media_id, segment, retry_id="rty_2", idempotency_key="k")
    assert (started.status, started.idempotency_key) == (RetryStatus.PENDING, "k")
    claim = world.documents.get(
        RetriesOfSegment, keys.retries_of_segment(TENANT, run_id, media.media_id, segment)
    )
    assert claim == RetriesOfSegment(retry_ids=["rty_1", "rty_2"])
    assert world.job("rty_2").arguments == {
        "tenant_id": TENANT,
        "run_id": run_id,
        "media_id": media.media_id,
        "segment_id": segment,
        "retry_id": "rty_2",
    }


def test_repeated_start_submits_job_until_retry_is_finished(
    world: RunWorld, retries: SegmentRetries, media: Media, run_id: str
) -> None:
    def start() -> SegmentRetry:
        return retries.start(ANNA, run_id, media.media_id, segment_of(media, 1), retry_id="rty_2")

    first = start()
    world.jobs.requests.clear()
    assert start() == first
    assert submitted(world) == ["rty_2"]
    end(world, run_id, "rty_2")
    world.jobs.requests.clear()
    assert start().status is RetryStatus.FAILED
    assert submitted(world) == []


def test_segment_is_retried_once_at_a_time(
    world: RunWorld, retries: SegmentRetries, media: Media, run_id: str
) -> None:
    def start(ordinal: int, retry_id: str) -> None:
        retries.start(ANNA, run_id, media.media_id, segment_of(media, ordinal), retry_id=retry_id)

    start(0, "rty_2")
    start(1, "rty_3")
    with pytest.raises(Conflict) as refused:
        start(0, "rty_4")
    assert refused.value.code == "segment_retry_in_progress"
    end(world, run_id, "rty_2")
    start(0, "rty_4")
    assert submitted(world) == ["rty_2", "rty_3", "rty_4"]


def test_second_of_two_concurrent_starts_is_refused(
    world: RunWorld,
    retries: SegmentRetries,
    media: Media,
    run_id: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    segment = segment_of(media, 0)

    def start(retry_id: str) -> None:
        retries.start(ANNA, run_id, media.media_id, segment, retry_id=retry_id)

    before_next_write(world, monkeypatch, lambda: start("rty_2"))
    with pytest.raises(Conflict):
        start("rty_3")
    assert submitted(world) == ["rty_2"]


def test_deletion_that_begins_during_start_prevents_retry(
    world: RunWorld,
    retries: SegmentRetries,
    media: Media,
    run_id: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before_next_write(world, monkeypatch, lambda: world.keep(media.model_copy(update={"deleting": True})))
    with pytest.raises(NotFound):
        retries.start(ANNA, run_id, media.media_id, segment_of(media, 0), retry_id="rty_2")
    assert submitted(world) == []
    assert world.records.get(keys.segment_retry(TENANT, run_id, "rty_2")) is None


@pytest.mark.parametrize(
    ("status", "refused"),
    [
        (RunStatus.PENDING, True),
        (RunStatus.PROCESSING, True),
        (RunStatus.CANCELLED, False),
        (RunStatus.FAILED, False),
    ],
)
def test_only_segment_of_finished_run_is_retried(
    world: RunWorld, retries: SegmentRetries, media: Media, run_id: str, status: RunStatus, refused: bool
) -> None:
    def change(run: PromptRun) -> PromptRun:
        run.status = status
        return run

    world.documents.update(PromptRun, keys.prompt_run(TENANT, run_id), change)
    segment = segment_of(media, 0)
    if refused:
        with pytest.raises(Conflict) as conflict:
            retries.start(ANNA, run_id, media.media_id, segment, retry_id="rty_2")
        assert conflict.value.code == "prompt_run_not_finished"
    else:
        retries.start(ANNA, run_id, media.media_id, segment, retry_id="rty_2")
    assert submitted(world) == ([] if refused else ["rty_2"])


def test_missing_run_medium_and_segment_are_not_found(
    world: RunWorld, retries: SegmentRetries, media: Media, run_id: str
) -> None:
    segment, other = segment_of(media, 0), world.add_without_bytes()
    for caller, run, medium, wanted in (
        (ANNA, "run_unknown", media.media_id, segment),
        (BERT, run_id, media.media_id, segment),
        (ANNA, run_id, "vid_unknown", segment),
        (ANNA, run_id, other.media_id, segment_of(other, 0)),
        (ANNA, run_id, media.media_id, segment_of(media, 2)),
        (ANNA, run_id, media.media_id, "no-segment-id"),
    ):
        with pytest.raises(NotFound):
            retries.start(caller, run, medium, wanted, retry_id="rty_2")
    assert submitted(world) == []


def test_retry_is_read_only_under_its_own_segment(
    world: RunWorld, retries: SegmentRetries, media: Media, run_id: str
) -> None:
    first, second = segment_of(media, 0), segment_of(media, 1)
    started = retries.start(ANNA, run_id, media.media_id, first, retry_id="rty_2")
    assert retries.get(ANNA, run_id, media.media_id, first, "rty_2") == started
    for medium, segment, retry_id in (
        (media.media_id, second, "rty_2"),
        ("vid_other", first, "rty_2"),
        (media.media_id, first, "rty_unknown"),
    ):
        with pytest.raises(NotFound):
            retries.get(ANNA, run_id, medium, segment, retry_id)
