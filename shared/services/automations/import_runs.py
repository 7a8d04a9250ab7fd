"""Runs that follow imports: those of automations, and those that wait for the import of their media."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from shared.domain import clock, keys
from shared.domain.automations.import_automation import AutomationImport, ImportAutomation
from shared.domain.automations.outcome import AutomationAction, AutomationOutcome, with_outcome
from shared.domain.automations.preset import PromptPreset
from shared.domain.clock import isoformat
from shared.domain.errors import DomainError, Unavailable, WriteRejected
from shared.domain.events.event import Event
from shared.domain.events.types import EventType
from shared.domain.ids import run_id_after_import
from shared.domain.imports.execution import ExecutionStatus, ImportExecution
from shared.domain.imports.import_job import ImportJob, ImportStatus
from shared.domain.runs.prompt_run import PromptRun
from shared.domain.runs.targets import ImportTarget
from shared.ports.records import Delete, Write
from shared.services.automations.import_starts import caller_of
from shared.services.records.documents import Documents, put
from shared.services.records.transact import Decision
from shared.services.runs.prompt_runs import PromptRuns
from shared.services.runs.waiting.waiting_runs import WaitingRuns

ENDS: Final = frozenset(
    {
        EventType.IMPORT_JOB_COMPLETED,
        EventType.IMPORT_JOB_PARTIAL_COMPLETED,
        EventType.IMPORT_JOB_FAILED,
    }
)
"""Types of events that tell of the end of an import."""

_TRANSIENT: Final = (Unavailable, WriteRejected)
"""Failures of this server, after which the end of the import is told again."""


class ImportRuns:
    """Implements ``shared.ports.event_feed.EventConsumer``.

    A run of an automation applies the preset to the media that came. Its id follows from that of the import
    and its attempt, so that one attempt starts one run, however often its end is told.
    """

    name = "automations"

    def __init__(
        self,
        documents: Documents,
        prompt_runs: PromptRuns,
        waiting_runs: WaitingRuns,
        *,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._documents = documents
        self._prompt_runs = prompt_runs
        self._waiting_runs = waiting_runs
        self._now = now

    def consume(self, events: Sequence[Event]) -> None:
        """Start the runs that follow each import that has ended."""
        for event in events:
            if event.event_type in ENDS:
                key = keys.import_job(event.tenant_id, event.payload["job_id"])
                job = self._documents.get(ImportJob, key)
                if job is not None:
                    self._waiting_runs.follow(job)
                    self.follow(job)

    def expect(self, job: ImportJob) -> None:
        """Note in an import that has just started that a run will follow."""
        planned = self._planned(job)
        if planned is None or planned.preset is None:
            return

        def expected(stored: ImportJob) -> ImportJob:
            if stored.execution.status is ExecutionStatus.NOT_REQUESTED:
                stored.execution = ImportExecution(status=ExecutionStatus.PENDING)
            return stored

        self._documents.update(ImportJob, keys.import_job(job.tenant_id, job.job_id), expected)

    def follow(self, job: ImportJob) -> None:
        """Start the run that follows an import of an automation, if it has ended and no run has followed it.

        Raises: Unavailable, VersionConflict: the run may have started; call again.
        """
        if not job.status.is_terminal or not job.execution.awaits_run(job.attempt):
            return
        planned = self._planned(job)
        if planned is not None and planned.preset is not None:
            execution = self._submit(job, planned, planned.preset)
            self._documents.transact(lambda: self._storing(planned, job, execution))

    def _submit(self, job: ImportJob, planned: AutomationImport, preset: PromptPreset) -> ImportExecution:
        before = job.execution
        has_run = before.run_id is not None
        if job.status is ImportStatus.CANCELLED:
            return before if has_run else ImportExecution(status=ExecutionStatus.PENDING).after_cancellation()
        target = ImportTarget(
            import_job_id=job.job_id,
            index_id=job.index_id,
            first_attempt=before.next_attempt if has_run else 0,
            last_attempt=job.attempt,
        )
        run_id = _run_id(job)
        try:
            self._prompt_runs.execute(
                caller_of(planned), preset.prompt_id, target, preset.options, run_id, frozen=preset.prompt
            )
        except _TRANSIENT:
            raise
        except DomainError as error:
            if error.code != "target_empty":
                return _blocked(before, error.code, error.message)
            if has_run:
                return before.model_copy(update={"next_attempt": job.attempt + 1})
            return _blocked(before, "import_empty", "The import brought no media, so no run was started.")
        return ImportExecution(status=ExecutionStatus.SUBMITTED, run_id=run_id, next_attempt=job.attempt + 1)

    def _storing(
        self, planned: AutomationImport, ended: ImportJob, execution: ImportExecution
    ) -> Decision[None]:
        """Decide the writes of an outcome: in the job, and in the history of the automation. Nothing is
        stored if the outcome of the same attempt, or of a later one, is."""
        at_job = keys.import_job(planned.tenant_id, planned.job_id)
        at_automation = keys.import_automation(planned.tenant_id, planned.index_id)
        found = self._documents.batch([at_job, at_automation])
        job, automation = found.get(ImportJob, at_job), found.get(ImportAutomation, at_automation)
        if job is None or job.execution == execution or not job.execution.awaits_run(ended.attempt):
            return Decision(None)
        after = job.model_copy(update={"execution": execution})
        writes: list[Write] = [put(at_job, after, expected_version=found.version(at_job))]
        is_new = execution.status is ExecutionStatus.BLOCKED or execution.run_id != job.execution.run_id
        if automation is not None and is_new:
            noted = self._noted(automation, planned, execution)
            writes.append(put(at_automation, noted, expected_version=found.version(at_automation)))
        if execution.status is ExecutionStatus.SUBMITTED:
            writes.append(Delete(keys.automation_import(planned.tenant_id, planned.index_id, planned.job_id)))
        return Decision(None, writes)

    def _noted(
        self, automation: ImportAutomation, planned: AutomationImport, execution: ImportExecution
    ) -> ImportAutomation:
        is_submitted = execution.status is ExecutionStatus.SUBMITTED
        at = isoformat(self._now())
        outcome = AutomationOutcome(
            action=AutomationAction.RUN_STARTED if is_submitted else AutomationAction.RUN_BLOCKED,
            at=at,
            first_at=at,
            code=execution.error_code,
            message=execution.error,
            import_job_id=planned.job_id,
            run_id=execution.run_id if is_submitted else None,
        )
        return automation.model_copy(update={"history": with_outcome(automation.history, outcome)})

    def _planned(self, job: ImportJob) -> AutomationImport | None:
        if job.automation_id is None or job.index_id is None:
            return None
        key = keys.automation_import(job.tenant_id, job.index_id, job.job_id)
        return self._documents.get(AutomationImport, key) or self._like_first_run(job, job.index_id)

    def _like_first_run(self, job: ImportJob, index_id: str) -> AutomationImport | None:
        """Plan a further run, over what a retry brought, from the run that has followed before."""
        run_id = job.execution.run_id
        run = self._documents.get(PromptRun, keys.prompt_run(job.tenant_id, run_id)) if run_id else None
        if run is None:
            return None
        return AutomationImport(
            job_id=job.job_id,
            tenant_id=job.tenant_id,
            user_id=run.user_id,
            index_id=index_id,
            automation_id=job.automation_id or "",
            preset=PromptPreset(
                prompt_id=run.prompt_id,
                prompt=run.prompt,
                options=run.options,
                captured_at=run.executed_at,
            ),
        )


def _blocked(before: ImportExecution, code: str, message: str) -> ImportExecution:
    changes = {"status": ExecutionStatus.BLOCKED, "error_code": code, "error": message}
    return before.model_copy(update=changes)


def _run_id(job: ImportJob) -> str:
    started_at = datetime.fromisoformat(job.started_at or job.created_at)
    return run_id_after_import(job.job_id, job.attempt, started_at)
