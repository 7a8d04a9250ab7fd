"""Runs that wait for the import of their media, as ADR 29 describes.

A client may name a medium whose import has not ended, because ``POST /workflow/upload`` tells its id. The run
is stored at once; its job starts when all imports that it waits for have ended. The event feed tells of the
end of an import. A cancelled import has no event, and is found by due work, which looks once a minute.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from shared.domain import clock, keys
from shared.domain.access import Caller
from shared.domain.clock import isoformat
from shared.domain.due import Due, DueKind
from shared.domain.errors import InvalidRequest
from shared.domain.imports.import_job import ImportJob, ImportStatus
from shared.domain.prompts.prompt import Prompt
from shared.domain.prompts.rules import DEFAULT_PROMPT
from shared.domain.runs.prompt_run import PromptRun, RunOptions, RunStatus
from shared.domain.runs.statuses import BillingStatus
from shared.domain.runs.targets import MediaTarget
from shared.ports.jobs import Jobs
from shared.ports.records import ABSENT, Delete, Put, Write
from shared.services.records.documents import Documents, put
from shared.services.records.due_work import due_write
from shared.services.records.transact import Decision
from shared.services.runs.estimate import estimate
from shared.services.runs.prompt_runs import job_of_run, new_run
from shared.services.runs.run_events import run_ended
from shared.services.runs.targets import ResolvedTarget, RunTargets
from shared.services.runs.waiting.awaited_imports import Awaited, AwaitedImports

_LOOK_AGAIN: Final = timedelta(minutes=1)


class WaitingRuns:
    """Starts runs that wait, and releases them. Each step may be repeated."""

    def __init__(self, documents: Documents, jobs: Jobs, *, now: Callable[[], datetime] = clock.now) -> None:
        self._documents = documents
        self._jobs = jobs
        self._imports = AwaitedImports(documents)
        self._targets = RunTargets(documents)
        self._now = now

    def start(
        self, caller: Caller, prompt: Prompt, target: MediaTarget, options: RunOptions, run_id: str
    ) -> PromptRun | None:
        """Store a run that waits. Return None if all media exist by now, so that the run can start.

        Raises:
            NotFound: a medium neither exists nor is imported.
            Conflict: the import of a medium has failed or was cancelled.
            InvalidRequest: a medium is not in the index of the target, or there are too many imports.
        """

        def decide() -> Decision[PromptRun | None]:
            started = self._documents.get(PromptRun, keys.prompt_run(caller.tenant_id, run_id))
            if started is not None:
                return Decision(started)
            awaited = self._imports.awaited_by(caller.tenant_id, target)
            if not awaited.jobs:
                return Decision(None)
            run = _waiting_run(caller, prompt, target, options, run_id, awaited)
            return Decision(run, self._first_writes(run))

        run = self._documents.transact(decide)
        if run is not None and run.is_waiting:
            # An import that ended before the run was stored has told nobody.
            run = self.release(run.tenant_id, run.run_id) or run
        return run

    def follow(self, job: ImportJob) -> None:
        """Release the runs that wait for an import that has ended. Raises: Unavailable, VersionConflict."""
        partition = keys.awaiting_run(job.tenant_id, job.job_id)
        for run_ids in self._documents.sort_key_pages(partition, limit=100):
            for run_id in run_ids:
                self.release(job.tenant_id, run_id)

    def handle(self, due: Due) -> bool:
        """Implement ``shared.ports.timer.DueHandler``: release the run, or look again later."""
        version = self._documents.batch([due.key]).version(due.key)
        if version == ABSENT:
            return True
        run = self.release(due.tenant_id, due.subject)
        writes: list[Write] = [Delete(due.key, version)]
        if run is not None and run.is_waiting:
            writes.append(due_write(self._due(run)))
        self._documents.write_if_unchanged(*writes)
        return True

    def release(self, tenant_id: str, run_id: str) -> PromptRun | None:
        """Start a run whose imports have all ended, over the media that came. Without media, it fails.

        Return the run; it waits on if an import has not ended. Raises: Unavailable, VersionConflict.
        """
        key = keys.prompt_run(tenant_id, run_id)

        def decide() -> Decision[PromptRun | None]:
            read = self._documents.batch([key])
            run = read.get(PromptRun, key)
            if run is None or not run.awaited_imports:
                return Decision(run)
            jobs = self._documents.get_many(
                ImportJob, [keys.import_job(tenant_id, job_id) for job_id in run.awaited_imports]
            )
            if run.is_waiting and not all(job.status.is_terminal for job in jobs):
                return Decision(run)
            after = self._released(run, jobs) if run.is_waiting else run.model_copy()
            after.awaited_imports = []
            writes: list[Write] = [put(key, after, expected_version=read.version(key))]
            writes += [Delete(keys.awaiting_run(tenant_id, job_id, run_id)) for job_id in run.awaited_imports]
            if after.status.is_terminal:
                return Decision(after, [*writes, *run_ended(run, after)])
            job = job_of_run(after)
            return Decision(after, [*writes, put(keys.job(job.job_id), job)])

        run = self._documents.transact(decide)
        if run is not None and not run.status.is_terminal and not run.is_waiting:
            self._jobs.submit(job_of_run(run))
        return run

    def _released(self, run: PromptRun, jobs: Sequence[ImportJob]) -> PromptRun:
        media = list(self._targets.media_of(run.tenant_id, run.target))
        after = run.model_copy()
        if media:
            after.billing_estimated_mt = estimate(media, run.options).estimated_mt
            return after
        after.status = RunStatus.FAILED
        after.completed_at = isoformat(self._now())
        after.billing_status = BillingStatus.RELEASED
        after.error_message = _failure_message(jobs)
        return after

    def _first_writes(self, run: PromptRun) -> list[Write]:
        tenant_id, run_id = run.tenant_id, run.run_id
        writes: list[Write] = [
            put(keys.prompt_run(tenant_id, run_id), run, expected_version=ABSENT),
            due_write(self._due(run)),
        ]
        if run.prompt_id != DEFAULT_PROMPT.prompt_id:
            writes.append(Put(keys.prompt_usage(tenant_id, run.prompt_id, run_id), {}))
        writes += [Put(keys.awaiting_run(tenant_id, job_id, run_id), {}) for job_id in run.awaited_imports]
        return writes

    def _due(self, run: PromptRun) -> Due:
        return Due.at(self._now() + _LOOK_AGAIN, DueKind.WAITING_RUN, run.tenant_id, run.run_id)


def _waiting_run(
    caller: Caller,
    prompt: Prompt,
    target: MediaTarget,
    options: RunOptions,
    run_id: str,
    awaited: Awaited,
) -> PromptRun:
    """Build a run that waits. Raises: InvalidRequest: a medium is not in the index of the target."""
    homes = [(medium.media_id, medium.index_id) for medium in awaited.media]
    homes += [(job.job_id, job.index_id) for job in awaited.jobs]
    for name, index_id in homes:
        if target.index_id is not None and index_id != target.index_id:
            raise InvalidRequest("target.video_ids", f"{name} is not in index {target.index_id}")
    indexes = {index_id for _, index_id in homes}
    index_id = indexes.pop() if len(indexes) == 1 else None
    resolved = ResolvedTarget(target.in_index(index_id), index_id, awaited.media)
    run = new_run(caller, run_id, prompt.prompt_id, prompt, resolved, options)
    run.awaited_imports = [job.job_id for job in awaited.jobs]
    return run


def _failure_message(jobs: Sequence[ImportJob]) -> str:
    """Say why no medium came."""
    for job in jobs:
        if job.status is ImportStatus.FAILED:
            return f"The import {job.job_id} failed: {job.error_message or 'no file could be imported'}"
    if any(job.status is ImportStatus.CANCELLED for job in jobs):
        return "The import was cancelled, so there is nothing to process."
    return "The media did not come, or were deleted before the run began."
