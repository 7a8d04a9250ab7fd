"""Work stops for a server shutdown, a deleted medium and a cancelled run, in this order."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from shared.domain import keys
from shared.domain.media import Media
from shared.domain.runs.prompt_run import PromptRun
from shared.ports.jobs import Interrupted
from shared.ports.records import Delete, Write
from shared.services.runs.execution import stop_check
from shared.services.runs.execution.stop_check import MediumDeleted, RunCancelled, StopCheck
from tests.unit.services.run_world import RunWorld
from tests.unit.services.storage import ANNA, StopAfter, never


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path)


@pytest.fixture
def media(world: RunWorld) -> Media:
    return world.add_without_bytes()


@pytest.fixture
def run(world: RunWorld, media: Media) -> PromptRun:
    return world.execute([media])


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time that the checks see: the only element of this list."""
    now = [1000.0]
    monkeypatch.setattr(stop_check, "time", SimpleNamespace(monotonic=lambda: now[0]))
    return now


def new_check(
    world: RunWorld,
    run: PromptRun,
    stopping: Callable[[], bool] = never,
    *,
    ignores_cancellation: bool = False,
) -> StopCheck:
    return StopCheck(
        world.documents, run.tenant_id, run.run_id, stopping, ignores_cancellation=ignores_cancellation
    )


def mark_deleting(world: RunWorld, media: Media) -> None:
    world.keep(media.model_copy(update={"deleting": True}))


def delete_media(world: RunWorld, media: Media) -> None:
    world.documents.write(Delete(keys.media(media.tenant_id, media.media_id)))


def delete_run(world: RunWorld, run: PromptRun) -> None:
    world.documents.write(Delete(keys.prompt_run(run.tenant_id, run.run_id)))


@pytest.mark.parametrize("delete", [mark_deleting, delete_media])
def test_deleted_medium_stops_only_checks_of_that_medium(
    world: RunWorld, media: Media, run: PromptRun, delete: Callable[[RunWorld, Media], None]
) -> None:
    whole_run = new_check(world, run)
    medium = whole_run.for_medium(media.media_id)
    delete(world, media)
    whole_run.check()
    whole_run.check_server_and_medium()
    for check in (medium.check, medium.check_medium, medium.check_server_and_medium):
        with pytest.raises(MediumDeleted):
            check()
    medium.check_server()


@pytest.mark.parametrize("delete", [False, True])
def test_cancelled_or_missing_run_stops_new_work_only(
    world: RunWorld, media: Media, run: PromptRun, delete: bool
) -> None:
    check = new_check(world, run).for_medium(media.media_id)
    if delete:
        delete_run(world, run)
    else:
        world.runs.cancel(ANNA, run.run_id)
    for each in (check.check, check.check, check.check_cancelled):
        with pytest.raises(RunCancelled):
            each()
    check.check_server_and_medium()
    check.check_server()


def test_retry_of_segment_ignores_cancellation(world: RunWorld, media: Media, run: PromptRun) -> None:
    world.runs.cancel(ANNA, run.run_id)
    check = new_check(world, run, ignores_cancellation=True)
    check.check()
    check.for_medium(media.media_id).check()
    assert world.runs.get(ANNA, run.run_id).stop.observed_at is None


def test_deletion_is_reported_before_cancellation(world: RunWorld, media: Media, run: PromptRun) -> None:
    world.runs.cancel(ANNA, run.run_id)
    mark_deleting(world, media)
    with pytest.raises(MediumDeleted):
        new_check(world, run).for_medium(media.media_id).check()
    assert world.runs.get(ANNA, run.run_id).stop.observed_at is None


def test_server_shutdown_is_reported_first(world: RunWorld, media: Media, run: PromptRun) -> None:
    world.runs.cancel(ANNA, run.run_id)
    mark_deleting(world, media)
    check = new_check(world, run, lambda: True).for_medium(media.media_id)
    for each in (check.check, check.check_server_and_medium, check.check_server):
        with pytest.raises(Interrupted):
            each()


@pytest.mark.parametrize("concurrent", [False, True])
def test_first_observation_of_cancellation_is_recorded(
    world: RunWorld, run: PromptRun, monkeypatch: pytest.MonkeyPatch, concurrent: bool
) -> None:
    """The second worker observes the cancellation later, or between the first worker's read and write."""
    moments = (f"2030-01-01T00:00:0{second}Z" for second in range(9))
    world.runs.cancel(ANNA, run.run_id)
    monkeypatch.setattr(stop_check, "timestamp", lambda: next(moments))
    write = world.records.write
    written: list[str | None] = []

    def observe() -> None:
        with pytest.raises(RunCancelled):
            new_check(world, run).check()
        written.append(world.runs.get(ANNA, run.run_id).stop.observed_at)

    def write_late(*writes: Write) -> None:
        monkeypatch.setattr(world.records, "write", write)
        observe()
        write(*writes)

    if concurrent:
        monkeypatch.setattr(world.records, "write", write_late)
    observe()
    observe()
    assert written[0] is not None
    assert set(written) == {written[0]}


def test_records_are_read_four_times_a_second(world: RunWorld, run: PromptRun, clock: list[float]) -> None:
    check = new_check(world, run)
    check.check()
    world.runs.cancel(ANNA, run.run_id)
    clock[0] += 0.2
    check.check()
    clock[0] += 0.05
    for _ in range(2):
        with pytest.raises(RunCancelled):
            check.check()


def test_shutdown_is_observed_between_two_reads(world: RunWorld, run: PromptRun, clock: list[float]) -> None:
    check = new_check(world, run, StopAfter(1))
    check.check()
    with pytest.raises(Interrupted):
        check.check()
    assert clock == [1000.0]


def test_guard_checks_before_each_item(world: RunWorld, run: PromptRun) -> None:
    taken: list[int] = []

    def source() -> Iterator[int]:
        for number in range(5):
            taken.append(number)
            yield number

    guarded = new_check(world, run, StopAfter(2)).guard(source())
    assert [next(guarded), next(guarded)] == [0, 1]
    with pytest.raises(Interrupted):
        next(guarded)
    assert taken == [0, 1, 2], "the third item is taken, but not yielded"
