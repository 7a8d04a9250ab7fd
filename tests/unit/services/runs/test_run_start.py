"""The start of a run is one transaction that repeats if the target changes meanwhile."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from shared.domain import keys
from shared.domain.errors import Conflict, InvalidRequest, NotFound
from shared.domain.keys import Key
from shared.domain.media import Media
from shared.domain.runs.prompt_run import MediumState, PromptRun, RunOptions, RunStatus, SegmentationType
from shared.domain.runs.targets import MediaTarget, PlaygroundTarget
from shared.ports.records import Record, Write
from shared.services.runs.prompt_runs import PromptRuns
from tests.unit.services.run_world import FIXED_2, RunWorld, resolve
from tests.unit.services.storage import ANNA

Interleave = Callable[[RunWorld, pytest.MonkeyPatch, Callable[[], object]], None]

TENANT = ANNA.tenant_id
CARD = keys.run_card(TENANT, "")
FIXED = SegmentationType.FIXED


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path)


@pytest.fixture
def runs(world: RunWorld) -> PromptRuns:
    return PromptRuns(world.documents, world.jobs, resolve)


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


def before_media_join(world: RunWorld, monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Call ``act`` after the target is resolved and before its media are read to join the run."""
    get_many = world.records.get_many

    def get_many_late(wanted: Sequence[Key]) -> Sequence[Record]:
        if any(key.sort == CARD.sort for key in wanted):
            monkeypatch.undo()
            act()
        return get_many(wanted)

    monkeypatch.setattr(world.records, "get_many", get_many_late)


def delete(world: RunWorld, media: Media) -> None:
    world.keep(media.model_copy(update={"deleting": True}))


def end(world: RunWorld, run_id: str) -> None:
    def change(run: PromptRun) -> PromptRun:
        run.status = RunStatus.COMPLETED
        return run

    world.documents.update(PromptRun, keys.prompt_run(TENANT, run_id), change)


def test_repeated_start_submits_job_of_unfinished_run_again(world: RunWorld, runs: PromptRuns) -> None:
    """The first request may have ended before it submitted the job. Its target may have changed since."""
    media, prompt = world.add_without_bytes(), world.new_prompt().prompt_id

    def start() -> PromptRun:
        return runs.execute(ANNA, prompt, PlaygroundTarget(), FIXED_2, "run_1")

    first = start()
    world.jobs.requests.clear()
    delete(world, media)
    assert start() == first
    assert submitted(world) == ["run_1"]
    end(world, "run_1")
    world.jobs.requests.clear()
    assert start().status is RunStatus.COMPLETED
    assert submitted(world) == []


@pytest.mark.parametrize("before", [before_media_join, before_next_write])
def test_medium_deleted_during_start_is_left_out(
    world: RunWorld, runs: PromptRuns, monkeypatch: pytest.MonkeyPatch, before: Interleave
) -> None:
    deleted, kept = world.add_without_bytes(), world.add_without_bytes()
    prompt = world.new_prompt().prompt_id
    before(world, monkeypatch, lambda: delete(world, deleted))
    run = runs.execute(ANNA, prompt, PlaygroundTarget(), FIXED_2, "run_1")
    states = world.documents.every(MediumState, keys.medium_state(TENANT, run.run_id))
    assert [(state.media_id, state.ordinal) for state in states] == [(kept.media_id, 0)]
    assert run.total_seconds == 60.0


def test_named_medium_deleted_during_start_refuses_run(
    world: RunWorld, runs: PromptRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    media, prompt = world.add_without_bytes(), world.new_prompt().prompt_id
    before_next_write(world, monkeypatch, lambda: delete(world, media))
    with pytest.raises(NotFound):
        runs.execute(ANNA, prompt, MediaTarget.of([media.media_id]), FIXED_2, "run_1")
    assert submitted(world) == []
    assert runs.latest(ANNA, 10) == []


def test_second_of_two_concurrent_processings_is_refused(
    world: RunWorld, runs: PromptRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    media = world.add_without_bytes()

    def process(run_id: str) -> None:
        runs.process_media(ANNA, media.media_id, 10, None, run_id)

    before_next_write(world, monkeypatch, lambda: process("run_1"))
    with pytest.raises(Conflict) as refused:
        process("run_2")
    assert refused.value.code == "video_already_processing"
    process("run_1")
    end(world, "run_1")
    process("run_3")
    assert submitted(world) == ["run_1", "run_3"]


@pytest.mark.parametrize(
    ("options", "refused"),
    [
        ({"video_segmentation_type": FIXED, "video_segment_duration": 1}, None),
        ({"video_segmentation_type": FIXED, "video_segment_duration": 300}, None),
        ({"video_segmentation_type": FIXED, "video_segment_duration": 301}, "video_segment_duration"),
        ({"video_segmentation_type": FIXED, "video_segment_duration": 0}, "video_segment_duration"),
        ({"video_segmentation_type": FIXED}, "video_segment_duration"),
        ({"audio_segmentation_type": FIXED}, "audio_segment_duration"),
        ({"audio_segment_duration": 0}, "audio_segment_duration"),
        ({"audio_segmentation_type": SegmentationType.SMART}, "audio_segmentation_type"),
    ],
)
def test_segment_duration_is_checked_for_each_media_type(
    world: RunWorld, runs: PromptRuns, options: dict[str, Any], refused: str | None
) -> None:
    world.add_without_bytes()
    prompt = world.new_prompt().prompt_id

    def estimate() -> float:
        return runs.estimate(ANNA, prompt, PlaygroundTarget(), RunOptions(**options)).estimated_mt

    if refused is None:
        assert estimate() == 1.35
        return
    with pytest.raises(InvalidRequest) as error:
        estimate()
    assert error.value.field == refused


def test_finished_run_is_not_cancelled(world: RunWorld, runs: PromptRuns) -> None:
    run = world.execute([world.add_without_bytes()])
    end(world, run.run_id)
    assert runs.cancel(ANNA, run.run_id).stop.requested_at is None


def test_run_that_fits_into_transaction_is_planned_at_start(world: RunWorld, runs: PromptRuns) -> None:
    """Each medium takes four writes; the run, its job, the prompt and the index take one each."""
    media = [world.add_without_bytes() for _ in range(25)]
    prompt = world.new_prompt().prompt_id

    def start(count: int) -> PromptRun:
        target = MediaTarget.of([medium.media_id for medium in media[:count]])
        return runs.execute(ANNA, prompt, target, FIXED_2, f"run_{count}")

    assert start(24).planned
    assert not start(25).planned
    states = [world.documents.every(MediumState, keys.medium_state(TENANT, f"run_{n}")) for n in (24, 25)]
    assert [len(found) for found in states] == [24, 0]
