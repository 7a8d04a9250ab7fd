"""Progress events of runs: at most one a second and run, whichever worker writes it."""

from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from shared.domain import keys
from shared.domain.clock import isoformat, now
from shared.domain.events.event import Event
from shared.domain.events.types import EventType
from shared.domain.media import Media
from shared.domain.runs.prompt_run import MediumState, PromptRun, RunStatus
from shared.services.runs.execution.progress import Progress
from shared.services.runs.media_states import media_of_run
from shared.services.runs.pipeline.run_coordinator import RunCoordinator
from shared.services.runs.run_events import run_ended
from tests.unit.services.run_world import RunWorld
from tests.unit.services.storage import ANNA

TENANT = ANNA.tenant_id


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path)


@pytest.fixture
def media(world: RunWorld) -> list[Media]:
    return [world.add_without_bytes() for _ in range(3)]


@pytest.fixture
def run(world: RunWorld, media: list[Media]) -> PromptRun:
    return RunCoordinator(world.documents).begin(world.execute(media))[0]


def advance(world: RunWorld, run: PromptRun, medium: Media, segments: int) -> None:
    """Let a new worker, whose own interval has passed, write the number of segments of a medium."""

    def counted(state: MediumState) -> MediumState:
        state.total_segments = segments
        return state

    progress = Progress(world.documents, run, media_of_run(world.documents, run), sole_worker=False)
    progress.change(medium.media_id, counted)


def let_a_second_pass(world: RunWorld, run: PromptRun) -> None:
    """Move the time of the run's last progress event one second back."""

    def earlier(stored: PromptRun) -> PromptRun:
        stored.progress_event_at = isoformat(now() - timedelta(seconds=1))
        return stored

    world.documents.update(PromptRun, keys.prompt_run(TENANT, run.run_id), earlier)


def progress_of(world: RunWorld) -> list[int]:
    """Return the number of segments in each progress event."""
    return [
        event.payload["total_segments"]
        for event in world.documents.every(Event, keys.event(TENANT))
        if event.event_type is EventType.PROMPT_RUN_PROGRESS
    ]


def test_workers_of_one_run_share_its_rate(world: RunWorld, run: PromptRun, media: list[Media]) -> None:
    segments = count(1)
    for medium in media:
        advance(world, run, medium, next(segments))
    assert progress_of(world) == [1]
    let_a_second_pass(world, run)
    for medium in media:
        advance(world, run, medium, next(segments))
    assert progress_of(world) == [1, 4 + 2 + 3]
    stored = world.runs.get(ANNA, run.run_id)
    assert stored.total_segments == 4 + 5 + 6, "the counters of the run are not thinned"


def test_unchanged_counters_are_no_progress(world: RunWorld, run: PromptRun, media: list[Media]) -> None:
    advance(world, run, media[0], 7)
    let_a_second_pass(world, run)
    advance(world, run, media[0], 7)
    assert progress_of(world) == [7]


def test_ended_run_has_no_progress(world: RunWorld, run: PromptRun, media: list[Media]) -> None:
    world.documents.update(
        PromptRun,
        keys.prompt_run(TENANT, run.run_id),
        lambda stored: stored.model_copy(update={"status": RunStatus.COMPLETED}),
    )
    advance(world, run, media[0], 7)
    assert progress_of(world) == []


def test_run_has_one_end_even_if_a_retry_changes_its_status(run: PromptRun) -> None:
    partial = run.model_copy(update={"status": RunStatus.COMPLETED_WITH_FAILURES})
    completed = run.model_copy(update={"status": RunStatus.COMPLETED})
    [end] = run_ended(run, partial)
    assert end.body["event_type"] == EventType.PROMPT_RUN_PARTIAL_COMPLETED
    assert run_ended(partial, completed) == []


def test_run_that_never_started_tells_its_failure_and_that_of_its_media(
    world: RunWorld, media: list[Media]
) -> None:
    run = world.execute(media)
    coordinator = RunCoordinator(world.documents)
    coordinator.give_up(world.job(run.run_id), RuntimeError("no memory"))
    coordinator.give_up(world.job(run.run_id), RuntimeError("no memory"))
    events = world.documents.every(Event, keys.event(TENANT))
    failures = [event for event in events if event.event_type is EventType.MEDIA_PROCESSING_FAILED]
    assert sorted(event.video_id or "" for event in failures) == sorted(m.media_id for m in media)
    assert {event.payload["error_code"] for event in failures} == {"internal_error"}
    [ended] = [event for event in events if event.event_type is EventType.PROMPT_RUN_FAILED]
    assert EventType.PROMPT_RUN_STARTED not in {event.event_type for event in events}
    assert ended.payload["failed_media"] == 3


def test_run_that_ended_meanwhile_is_not_started(world: RunWorld, media: list[Media]) -> None:
    run = world.execute(media)
    coordinator = RunCoordinator(world.documents)
    coordinator.give_up(world.job(run.run_id), RuntimeError("no memory"))
    begun, _ = coordinator.begin(run)
    assert begun.status is RunStatus.FAILED
    assert EventType.PROMPT_RUN_STARTED not in {
        event.event_type for event in world.documents.every(Event, keys.event(TENANT))
    }
