"""The run that follows an import: exactly one, of the frozen prompt, over what came."""

from datetime import timedelta
from pathlib import Path

import pytest

from shared.domain import keys
from shared.domain.automations.import_automation import AutomationImport
from shared.domain.errors import Unavailable
from shared.domain.events.event import Event
from shared.domain.imports.execution import ExecutionStatus
from shared.domain.imports.import_job import ImportJob, ImportPhase
from shared.domain.prompts.prompt import PromptChanges
from shared.domain.runs.prompt_run import PromptRun
from shared.services.automations.import_runs import ImportRuns
from shared.services.imports.outcome import ended_job
from shared.services.prompts.prompts import Prompts
from shared.services.runs.prompt_runs import PromptRuns
from shared.services.runs.waiting.waiting_runs import WaitingRuns
from tests.unit.services.automations.automation_world import AutomationWorld
from tests.unit.services.run_world import resolve
from tests.unit.services.storage import ANNA

MINUTES = timedelta(minutes=5)


@pytest.fixture
def world(tmp_path: Path) -> AutomationWorld:
    return AutomationWorld(tmp_path)


def _imported(world: AutomationWorld, *names: str) -> ImportJob:
    world.put(*(names or ("a.mp4",)))
    world.run_for(MINUTES)
    return world.import_jobs()[-1]


def _execution(world: AutomationWorld) -> tuple[ExecutionStatus, str | None]:
    execution = world.import_jobs()[-1].execution
    return execution.status, execution.error_code


def test_one_run_follows_import_however_often_its_end_is_told(world: AutomationWorld) -> None:
    prompt = world.new_prompt()
    world.save(prompt=prompt)
    job = _imported(world)
    assert _execution(world) == (ExecutionStatus.PENDING, None)
    media = world.finish(job, media=3)
    for _ in range(3):
        world.tell()
    (run,) = world.prompt_run_records()
    assert (run.prompt_id, run.index_id) == (prompt.prompt_id, world.index_id)
    assert world.import_jobs()[0].execution.run_id == run.run_id
    found = [each.media_id for each in world.prompt_runs._targets.media_of(ANNA.tenant_id, run.target)]
    assert found == list(media)
    newest = world.automation().history[0]
    assert (newest.action, newest.run_id, newest.times) == ("run_started", run.run_id, 1)
    partition = keys.automation_import(ANNA.tenant_id, world.index_id)
    assert world.documents.every(AutomationImport, partition) == []


def test_prompt_stays_as_it_was_saved(world: AutomationWorld) -> None:
    prompt = world.new_prompt()
    world.save(prompt=prompt)
    prompts = Prompts(world.documents, lambda: pytest.fail("no prompt is written"))
    changes = PromptChanges(prompt_text="Something else entirely", name="Other")
    prompts.update(ANNA, prompt.prompt_id, changes)
    prompts.delete(ANNA, prompt.prompt_id)
    world.finish(_imported(world))
    world.tell()
    (run,) = world.prompt_run_records()
    assert (run.prompt.prompt_text, run.prompt.name) == (prompt.prompt_text, prompt.name)


def test_preset_of_the_start_runs_after_automation_is_replaced(world: AutomationWorld) -> None:
    first, second = world.new_prompt(), world.new_prompt()
    world.save(prompt=first)
    job = _imported(world)
    world.save(prompt=second)
    world.finish(job)
    world.tell()
    assert [run.prompt_id for run in world.prompt_run_records()] == [first.prompt_id]


def test_no_run_follows_without_preset(world: AutomationWorld) -> None:
    world.save()
    world.finish(_imported(world))
    world.tell()
    assert world.prompt_run_records() == []
    assert _execution(world) == (ExecutionStatus.NOT_REQUESTED, None)


@pytest.mark.parametrize("phase", [ImportPhase.FAILED, ImportPhase.COMPLETED])
def test_import_without_media_blocks_the_run(world: AutomationWorld, phase: ImportPhase) -> None:
    world.save(prompt=world.new_prompt())
    world.finish(_imported(world), media=0, phase=phase)
    world.tell()
    world.tell()
    assert _execution(world) == (ExecutionStatus.BLOCKED, "import_empty")
    assert (world.last(), world.automation().history[0].times) == (("run_blocked", "import_empty"), 1)


def test_partial_import_is_run_over_what_came(world: AutomationWorld) -> None:
    world.save(prompt=world.new_prompt())
    world.finish(_imported(world), media=1, phase=ImportPhase.COMPLETED_WITH_FAILURES)
    world.tell()
    assert len(world.prompt_run_records()) == 1


def test_cancelled_import_blocks_the_run_at_next_check(world: AutomationWorld) -> None:
    world.save(prompt=world.new_prompt())
    world.finish(_imported(world), phase=ImportPhase.CANCELLED)
    world.tell()
    world.run_for(MINUTES)
    assert _execution(world) == (ExecutionStatus.BLOCKED, "import_cancelled")
    assert world.prompt_run_records() == []


def test_end_of_cancelled_import_blocks_expected_run_at_once(world: AutomationWorld) -> None:
    world.save(prompt=world.new_prompt())
    expected = _imported(world).model_copy(update={"cancel_requested_at": "2026-01-01T00:00:00.000Z"})
    execution = ended_job(expected).execution
    assert (execution.status, execution.error_code) == (ExecutionStatus.BLOCKED, "import_cancelled")


def test_end_that_was_never_told_is_found_by_next_check(world: AutomationWorld) -> None:
    world.save(prompt=world.new_prompt())
    world.finish(_imported(world))
    world.run_for(MINUTES)
    assert len(world.prompt_run_records()) == 1


def test_run_that_could_not_be_stored_starts_when_the_end_is_told_again(world: AutomationWorld) -> None:
    world.save(prompt=world.new_prompt())
    world.finish(_imported(world))
    waiting = WaitingRuns(world.documents, world.jobs)
    refusing = ImportRuns(world.documents, _RefusingRuns(world.documents, world.jobs, resolve), waiting)
    events = world.documents.every(Event, keys.event(ANNA.tenant_id))
    with pytest.raises(Unavailable):
        refusing.consume(events)
    assert _execution(world) == (ExecutionStatus.PENDING, None)
    world.tell()
    assert _execution(world) == (ExecutionStatus.SUBMITTED, None)


class _RefusingRuns(PromptRuns):
    def execute(self, *_: object, **__: object) -> PromptRun:
        raise Unavailable("The records do not answer.")


def test_import_of_a_client_starts_no_run(world: AutomationWorld) -> None:
    world.save(prompt=world.new_prompt())
    job = world.imports.start(
        ANNA,
        connector_id=world.connector.connector_id,
        index_id=world.index_id,
        seed="01J9Z3W6X5C8Q4V2T7R1M0N9KP",
    )
    world.finish(job)
    world.tell()
    assert world.prompt_run_records() == []


def test_media_that_a_retry_brings_have_a_run_of_their_own(world: AutomationWorld) -> None:
    """The prompt is that of the first run, whatever the automation has now."""
    prompt = world.new_prompt()
    world.save(prompt=prompt)
    job = _imported(world)
    world.finish(job, phase=ImportPhase.COMPLETED_WITH_FAILURES)
    world.tell()
    world.save(prompt=world.new_prompt())
    brought = world.finish(world.retry(job), media=2, first=1)
    for _ in range(2):
        world.tell()
    first, second = world.prompt_run_records()
    assert (first.prompt, first.options) == (second.prompt, second.options)
    assert [each.media_id for each in world.prompt_runs._targets.media_of(ANNA.tenant_id, second.target)] == (
        list(brought)
    )
    assert len(list(world.prompt_runs._targets.media_of(ANNA.tenant_id, first.target))) == 1
    assert world.import_jobs()[0].execution.run_id == second.run_id
    assert [each.run_id for each in world.automation().history[:2]] == [second.run_id, first.run_id]


@pytest.mark.parametrize("phase", [ImportPhase.COMPLETED_WITH_FAILURES, ImportPhase.CANCELLED])
def test_retry_that_brings_nothing_leaves_the_run_as_it_is(
    world: AutomationWorld, phase: ImportPhase
) -> None:
    world.save(prompt=world.new_prompt())
    job = _imported(world)
    world.finish(job)
    world.tell()
    world.finish(world.retry(job), media=0, phase=phase)
    world.tell()
    world.run_for(2 * MINUTES)
    (run,) = world.prompt_run_records()
    execution = world.import_jobs()[0].execution
    assert (execution.status, execution.run_id) == (ExecutionStatus.SUBMITTED, run.run_id)


def test_media_of_a_cancelled_retry_have_their_run_after_the_next(world: AutomationWorld) -> None:
    world.save(prompt=world.new_prompt())
    job = _imported(world)
    world.finish(job)
    world.tell()
    retried = world.retry(job)
    brought = [*world.finish(retried, first=1, phase=ImportPhase.CANCELLED)]
    world.tell()
    brought += world.finish(world.retry(retried), first=2)
    world.tell()
    _, second = world.prompt_run_records()
    found = world.prompt_runs._targets.media_of(ANNA.tenant_id, second.target)
    assert [each.media_id for each in found] == brought
