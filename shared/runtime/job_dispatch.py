"""Dispatch of jobs to the services of their workflows, for every place where jobs run."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from shared.domain.job import JobRequest, Workflow
from shared.runtime import Runtime


class JobDispatch:
    """Runs and gives up jobs. A service is built at its first job, so that the process starts fast."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def run(self, job: JobRequest, stopping: Callable[[], bool]) -> None:
        """Run a job's workflow.

        Raises: Interrupted, Unavailable, or any unexpected error; the caller retries the job in each case.
        """
        match job.workflow:
            case Workflow.INGEST:
                self._runtime.imports.ingest.run(job, stopping)
            case Workflow.IMPORT_LISTING:
                self._runtime.imports.listing.run(job, stopping)
            case Workflow.PROMPT_RUN | Workflow.SEGMENT_RETRY:
                self._runtime.runs.pipeline.run(job, stopping)
            case Workflow.DELETION:
                self._runtime.deletion.work.run(job, stopping)
            case Workflow.EXPORT:
                self._runtime.exports.work.run(job, stopping)
            case Workflow.CLIP:
                self._runtime.editing.clip_work.run(job, stopping)
            case _:
                assert_never(job.workflow)

    def give_up(self, job: JobRequest, error: Exception) -> None:
        """Record the failure of a job that is not retried any more. A deletion stays as it is: the next
        request for it resumes it."""
        match job.workflow:
            case Workflow.INGEST:
                self._runtime.imports.cleanup.give_up(job, error)
            case Workflow.IMPORT_LISTING:
                self._runtime.imports.listing.give_up(job, error)
            case Workflow.PROMPT_RUN | Workflow.SEGMENT_RETRY:
                self._runtime.runs.coordinator.give_up(job, error)
            case Workflow.DELETION:
                return
            case Workflow.EXPORT:
                self._runtime.exports.work.give_up(job, error)
            case Workflow.CLIP:
                self._runtime.editing.clip_failures.give_up(job, error)
            case _:
                assert_never(job.workflow)
