"""What is done for each workflow, wherever its job runs."""

from __future__ import annotations

from collections.abc import Callable

from shared.domain.job import JobRequest, Workflow
from shared.runtime import Runtime


class JobDispatch:
    """Services are built when a job comes, so that a process starts at once."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def run(self, job: JobRequest, stopping: Callable[[], bool]) -> None:
        """Raises: Interrupted, Unavailable, and what nobody foresaw: all mean, run it again."""
        if job.workflow is Workflow.INGEST:
            self._runtime.imports.ingest.run(job, stopping)
        elif job.workflow is Workflow.DELETION:
            self._runtime.deletion.work.run(job, stopping)
        else:
            self._runtime.runs.pipeline.run(job, stopping)

    def give_up(self, job: JobRequest, error: Exception) -> None:
        """A deletion is never given up for good: asking again resumes it."""
        if job.workflow is Workflow.INGEST:
            self._runtime.imports.endings.give_up(job, error)
        elif job.workflow is not Workflow.DELETION:
            self._runtime.runs.steps.give_up(job, error)
