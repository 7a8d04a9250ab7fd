"""Runs that wait for the import of their media: what they wait for, and how they begin or end."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.domain import keys
from shared.domain.clock import isoformat, timestamp
from shared.domain.due import Due
from shared.domain.errors import Conflict, InvalidRequest, NotFound
from shared.domain.events.event import Event
from shared.domain.ids import IMPORT_JOB, imported_media_id, new_id
from shared.domain.imports.import_job import ImportJob, ImportProgress, ImportStatus
from shared.domain.job import JobRequest
from shared.domain.media import Media
from shared.domain.prompts.prompt import Prompt
from shared.domain.runs.prompt_run import PromptRun, RunOptions, RunStatus
from shared.domain.runs.targets import MediaTarget
from shared.services.records.documents import put
from shared.services.records.due_work import due_until
from shared.services.runs.waiting.awaited_imports import MAX_AWAITED
from tests.unit.services.run_world import RunWorld
from tests.unit.services.storage import ANNA, BERT

TENANT = ANNA.tenant_id
LATER = datetime.now(UTC) + timedelta(hours=1)


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path)


@pytest.fixture
def prompt(world: RunWorld) -> Prompt:
    return world.new_prompt()


def new_import(world: RunWorld, *, index_id: str | None = None, tenant: str = TENANT) -> ImportJob:
    """Store an import of one file that has not ended."""
    job = ImportJob(
        job_id=new_id(IMPORT_JOB),
        tenant_id=tenant,
        user_id=ANNA.user_id,
        index_id=index_id,
        status=ImportStatus.IMPORTING,
        created_at=timestamp(),
        progress=ImportProgress(total_files=1),
    )
    world.documents.write(put(keys.import_job(tenant, job.job_id), job))
    return job


def medium_of(job: ImportJob) -> str:
    return imported_media_id(job.job_id, 0)


def end(world: RunWorld, job: ImportJob, status: ImportStatus, *, brings: bool = True) -> ImportJob:
    """End an import, with its medium or without."""
    if brings:
        medium = world.add_without_bytes().model_copy(
            update={"media_id": medium_of(job), "index_id": job.index_id}
        )
        world.keep(medium)
    ended = job.model_copy(update={"status": status, "error_message": "not a film"})
    world.documents.write(put(keys.import_job(job.tenant_id, job.job_id), ended))
    return ended


def start(world: RunWorld, prompt: Prompt, *media_ids: str, index_id: str | None = None) -> PromptRun:
    target = MediaTarget.of(media_ids, index_id)
    run = world.waiting_runs.start(ANNA, prompt, target, RunOptions(), new_id("run"))
    assert run is not None
    return run


def job_of(world: RunWorld, run: PromptRun) -> JobRequest | None:
    return world.documents.get(JobRequest, keys.job(run.run_id))


def due_work(world: RunWorld) -> list[Due]:
    return list(due_until(world.documents, LATER))


def current(world: RunWorld, run: PromptRun) -> PromptRun:
    return world.runs.get(ANNA, run.run_id)


def waiting_pointers(world: RunWorld, job: ImportJob) -> list[str]:
    return world.documents.sort_keys(keys.awaiting_run(TENANT, job.job_id), limit=9).items


def test_run_begins_when_its_import_has_ended(world: RunWorld, prompt: Prompt) -> None:
    job = new_import(world, index_id="idx_1")
    run = start(world, prompt, medium_of(job))
    assert (run.status, run.awaited_imports, run.index_id) == (RunStatus.PENDING, [job.job_id], "idx_1")
    world.waiting_runs.follow(job)
    assert job_of(world, run) is None
    ended = end(world, job, ImportStatus.COMPLETED)
    for _ in range(2):
        world.waiting_runs.follow(ended)
    begun = current(world, run)
    assert (begun.status, begun.awaited_imports) == (RunStatus.PENDING, [])
    assert begun.billing_estimated_mt > 0
    assert job_of(world, run) is not None
    assert waiting_pointers(world, job) == []


def test_run_waits_for_all_imports_and_takes_existing_media(world: RunWorld, prompt: Prompt) -> None:
    first, second, medium = new_import(world), new_import(world), world.add_without_bytes()
    run = start(world, prompt, medium_of(first), medium.media_id, medium_of(second))
    world.waiting_runs.follow(end(world, first, ImportStatus.COMPLETED))
    assert current(world, run).is_waiting
    world.waiting_runs.follow(end(world, second, ImportStatus.FAILED, brings=False))
    assert not current(world, run).is_waiting
    found = [media.media_id for media in _media_of(world, run)]
    assert found == [medium_of(first), medium.media_id]


def _media_of(world: RunWorld, run: PromptRun) -> list[Media]:
    return list(world.runs._targets.media_of(TENANT, run.target))


@pytest.mark.parametrize(
    ("status", "words"), [(ImportStatus.FAILED, "not a film"), (ImportStatus.CANCELLED, "was cancelled")]
)
def test_run_fails_if_its_import_brings_nothing(
    world: RunWorld, prompt: Prompt, status: ImportStatus, words: str
) -> None:
    job = new_import(world)
    run = start(world, prompt, medium_of(job))
    world.waiting_runs.follow(end(world, job, status, brings=False))
    failed = current(world, run)
    assert failed.status is RunStatus.FAILED
    assert words in (failed.error_message or "")
    assert failed.completed_at is not None
    assert job_of(world, run) is None
    events = world.documents.every(Event, keys.event(TENANT))
    assert [event.event_type for event in events] == ["prompt_run.failed"]


def test_run_fails_if_its_medium_was_deleted_meanwhile(world: RunWorld, prompt: Prompt) -> None:
    job = new_import(world)
    run = start(world, prompt, medium_of(job))
    world.waiting_runs.follow(end(world, job, ImportStatus.COMPLETED, brings=False))
    assert "deleted" in (current(world, run).error_message or "")


def test_due_work_finds_end_that_no_event_told(world: RunWorld, prompt: Prompt) -> None:
    job = new_import(world)
    run = start(world, prompt, medium_of(job))
    (due,) = due_work(world)
    assert due.due_at > isoformat(datetime.now(UTC))
    for _ in range(2):
        assert world.waiting_runs.handle(due)
    (moved,) = due_work(world)
    assert moved != due
    end(world, job, ImportStatus.CANCELLED, brings=False)
    assert world.waiting_runs.handle(moved)
    assert current(world, run).status is RunStatus.FAILED
    assert due_work(world) == []


def test_cancelled_run_ends_at_once_and_never_begins(world: RunWorld, prompt: Prompt) -> None:
    job = new_import(world)
    run = start(world, prompt, medium_of(job))
    cancelled = world.runs.cancel(ANNA, run.run_id)
    assert (cancelled.status, cancelled.is_waiting) == (RunStatus.CANCELLED, False)
    assert cancelled.completed_at is not None
    world.waiting_runs.follow(end(world, job, ImportStatus.COMPLETED))
    assert current(world, run).status is RunStatus.CANCELLED
    assert job_of(world, run) is None
    assert waiting_pointers(world, job) == []
    (event,) = world.documents.every(Event, keys.event(TENANT))
    assert event.event_type == "prompt_run.cancelled"


def test_repeated_request_returns_same_run_and_submits_nothing(world: RunWorld, prompt: Prompt) -> None:
    job = new_import(world)
    target = MediaTarget.of([medium_of(job)])
    first = world.waiting_runs.start(ANNA, prompt, target, RunOptions(), "run_1")
    assert world.waiting_runs.start(ANNA, prompt, target, RunOptions(), "run_1") == first
    assert world.runs.execute(ANNA, prompt.prompt_id, target, RunOptions(), "run_1") == first
    assert job_of(world, first) is None if first else False


def test_media_that_exist_by_now_need_no_waiting(world: RunWorld, prompt: Prompt) -> None:
    job = new_import(world)
    end(world, job, ImportStatus.COMPLETED)
    target = MediaTarget.of([medium_of(job)])
    assert world.waiting_runs.start(ANNA, prompt, target, RunOptions(), "run_1") is None


def test_import_that_ended_in_vain_is_named(world: RunWorld, prompt: Prompt) -> None:
    job = end(world, new_import(world), ImportStatus.FAILED, brings=False)
    with pytest.raises(Conflict) as refused:
        start(world, prompt, medium_of(job))
    assert refused.value.code == "import_job_not_completed"


@pytest.mark.parametrize("media_id", ["vid_1", new_id("seg"), new_id("vid"), "vid_" + "U" * 26])
def test_unknown_medium_is_not_found(world: RunWorld, prompt: Prompt, media_id: str) -> None:
    new_import(world)
    with pytest.raises(NotFound):
        start(world, prompt, media_id)


def test_medium_of_import_that_completed_without_it_is_not_found(world: RunWorld, prompt: Prompt) -> None:
    job = end(world, new_import(world), ImportStatus.COMPLETED, brings=False)
    with pytest.raises(NotFound):
        start(world, prompt, medium_of(job))


def test_import_of_another_tenant_is_not_found(world: RunWorld, prompt: Prompt) -> None:
    job = new_import(world, tenant=BERT.tenant_id)
    with pytest.raises(NotFound):
        start(world, prompt, medium_of(job))


def test_medium_of_another_index_is_refused(world: RunWorld, prompt: Prompt) -> None:
    job = new_import(world, index_id="idx_1")
    with pytest.raises(InvalidRequest, match="idx_2"):
        start(world, prompt, medium_of(job), index_id="idx_2")


def test_number_of_awaited_imports_is_limited(world: RunWorld, prompt: Prompt) -> None:
    media_ids = [medium_of(new_import(world)) for _ in range(MAX_AWAITED + 1)]
    with pytest.raises(InvalidRequest, match=str(MAX_AWAITED)):
        start(world, prompt, *media_ids)
    assert start(world, prompt, *media_ids[1:]).is_waiting
