"""The records of one medium in a run are deleted completely, and only they."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from shared.domain import keys
from shared.domain.clock import timestamp
from shared.domain.errors import Unavailable
from shared.domain.media import Media
from shared.domain.runs.segment_retry import RetriesOfSegment, SegmentRetry
from shared.domain.runs.statuses import RetryStatus
from shared.ports.records import MAX_WRITES, Put, Write
from shared.services.records.documents import put
from shared.services.runs.traces import RunTraces
from tests.unit.services.run_records import add_run
from tests.unit.services.run_world import RunWorld
from tests.unit.services.storage import ANNA

TENANT = ANNA.tenant_id


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path)


@pytest.fixture
def media(world: RunWorld) -> Media:
    return world.add_without_bytes()


@pytest.fixture
def run_id(world: RunWorld, media: Media) -> str:
    """A run of ``media`` with two results, a media-wide result, a model call and a retry."""
    return add_run(world, media)


@pytest.fixture
def traces(world: RunWorld, media: Media, run_id: str) -> RunTraces:
    return RunTraces(world.documents, TENANT, run_id, media.media_id)


def stored(world: RunWorld, run_id: str, media: Media) -> dict[str, int]:
    """Return the number of records of each kind."""
    prefixes = {
        "results": keys.segment_result(TENANT, run_id, media.media_id),
        "media-wide result": keys.video_result(TENANT, run_id, media.media_id),
        "call pointers": keys.call_of_medium(TENANT, run_id, media.media_id),
        "calls": keys.model_call(TENANT, run_id),
        "claims": keys.retries_of_segment(TENANT, run_id, media.media_id),
        "retries": keys.segment_retry(TENANT, run_id),
    }
    counts = {name: len(world.documents.sort_keys(key, limit=1000).items) for name, key in prefixes.items()}
    return {name: count for name, count in counts.items() if count}


def write_all(world: RunWorld, writes: Iterable[Write]) -> None:
    all_writes = list(writes)
    for start in range(0, len(all_writes), MAX_WRITES):
        world.documents.write(*all_writes[start : start + MAX_WRITES])


def test_erased_results_leave_retries(world: RunWorld, media: Media, run_id: str, traces: RunTraces) -> None:
    assert set(stored(world, run_id, media)) == {
        *("results", "media-wide result", "call pointers", "calls", "claims", "retries"),
    }
    for _ in range(2):
        traces.erase_results()
        assert stored(world, run_id, media) == {"claims": 1, "retries": 1}


def test_complete_erasure_leaves_other_media_and_runs(
    world: RunWorld, media: Media, run_id: str, traces: RunTraces
) -> None:
    other = add_run(world, media)
    before = stored(world, other, media)
    other_medium = keys.segment_result(TENANT, run_id, f"{media.media_id}-2", "seg_1")
    other_call = keys.model_call(TENANT, run_id, "llm_other")
    world.documents.write(Put(other_medium, {}), Put(other_call, {}))
    for _ in range(2):
        traces.erase()
        assert stored(world, run_id, media) == {"calls": 1}
    assert stored(world, other, media) == before
    assert world.records.get(other_medium) is not None
    assert world.records.get(other_call) is not None


def test_more_records_than_transaction_holds_are_erased(
    world: RunWorld, media: Media, run_id: str, traces: RunTraces
) -> None:
    count = MAX_WRITES + 1
    for number in range(count):
        results = keys.segment_result(TENANT, run_id, media.media_id, f"seg_{number}")
        pointer = keys.call_of_medium(TENANT, run_id, media.media_id, f"llm_{number}")
        call = keys.model_call(TENANT, run_id, f"llm_{number}")
        write_all(world, [Put(results, {}), Put(pointer, {}), Put(call, {})])
    traces.erase()
    assert stored(world, run_id, media) == {}


def test_interrupted_erasure_is_completed_by_next_one(
    world: RunWorld, media: Media, run_id: str, traces: RunTraces, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pointer is deleted together with its call, so an interrupted erasure leaves no call unreachable."""
    write = world.records.write
    interruptions = 0
    for limit in range(10):
        remaining = [limit]

        def limited(*writes: Write, remaining: list[int] = remaining) -> None:
            remaining[0] -= 1
            if remaining[0] < 0:
                raise Unavailable("no store")
            write(*writes)

        run_id = add_run(world, media)
        traces = RunTraces(world.documents, TENANT, run_id, media.media_id)
        monkeypatch.setattr(world.records, "write", limited)
        try:
            traces.erase()
        except Unavailable:
            interruptions += 1
        monkeypatch.undo()
        traces.erase()
        assert stored(world, run_id, media) == {}
    assert interruptions == 5


@pytest.mark.parametrize(
    ("statuses", "open_ids"),
    [
        ([RetryStatus.COMPLETED, RetryStatus.PENDING], ["rty_1"]),
        ([RetryStatus.COMPLETED, RetryStatus.PROCESSING], ["rty_1"]),
        ([RetryStatus.COMPLETED, RetryStatus.FAILED], []),
        ([RetryStatus.COMPLETED, None], []),
        ([], []),
    ],
)
def test_only_last_retry_of_segment_can_be_open(
    world: RunWorld, media: Media, statuses: list[RetryStatus | None], open_ids: list[str]
) -> None:
    """None is a retry without a record."""
    retry_ids = [f"rty_{number}" for number in range(len(statuses))]
    for retry_id, status in zip(retry_ids, statuses, strict=True):
        if status is not None:
            retry = SegmentRetry(
                retry_id=retry_id,
                run_id="run_1",
                media_id=media.media_id,
                segment_id="seg_1",
                status=status,
                created_at=timestamp(),
            )
            world.documents.write(put(keys.segment_retry(TENANT, "run_1", retry_id), retry))
    if retry_ids:
        claim = keys.retries_of_segment(TENANT, "run_1", media.media_id, "seg_1")
        world.documents.write(put(claim, RetriesOfSegment(retry_ids=retry_ids)))
    traces = RunTraces(world.documents, TENANT, "run_1", media.media_id)
    assert [retry.retry_id for retry in traces.open_retries()] == open_ids
