"""Jobs on AWS: some wait in queues, for workers or for functions; others are executions of Step Functions."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, assert_never

from shared.adapters.aws.jobs.executions import StepFunctionsJobs
from shared.adapters.aws.jobs.queue import JobQueue
from shared.domain.clock import now
from shared.domain.errors import Unavailable
from shared.domain.job import JobRequest, Workflow
from shared.ports.jobs import Progression

_ANNOUNCED_AGAIN: Final = timedelta(hours=1)
"""A request that still waits after this time is sent again, in case that its message was lost."""

logger = logging.getLogger(__name__)


class AwsJobs:
    """Implements ``shared.ports.jobs.WatchedJobs``."""

    def __init__(self, executions: StepFunctionsJobs, queues: Mapping[Workflow, JobQueue]) -> None:
        """``queues`` are those of workflows whose jobs wait in one, as far as this process may use them."""
        self._executions = executions
        self._queues = dict(queues)

    def submit(self, request: JobRequest) -> None:
        """Start a job. If a service does not answer, the sweep submits the job again."""
        if _has_queue(request.workflow):
            self._send(request)
        else:
            self._executions.submit(request)

    def progression(self, request: JobRequest) -> Progression:
        """Raises: Unavailable."""
        if not _has_queue(request.workflow):
            return self._executions.progression(request)
        if request.is_held:
            return Progression.UNDER_WAY
        sent = datetime.fromisoformat(request.submitted_at or request.requested_at)
        if now() - sent > _ANNOUNCED_AGAIN or self._queue(request.workflow).is_empty():
            return Progression.UNKNOWN
        return Progression.UNDER_WAY

    def start_workers(self) -> None:
        """Start workers if jobs wait for them and too few workers run. Raises: Unavailable."""
        if self._queue(Workflow.INGEST).waiting():
            self._executions.start_workers()

    def _send(self, request: JobRequest) -> None:
        try:
            self._queue(request.workflow).send(request)
            if waits_for_worker(request.workflow):
                self._executions.start_workers()
        except Unavailable:
            logger.warning(
                "Job %s could not be sent; the job sweep will send it.", request.job_id, exc_info=True
            )

    def _queue(self, workflow: Workflow) -> JobQueue:
        try:
            return self._queues[workflow]
        except KeyError:
            raise ValueError(f"no queue is configured for {workflow}") from None


def _has_queue(workflow: Workflow) -> bool:
    match workflow:
        case Workflow.INGEST | Workflow.IMPORT_LISTING | Workflow.EXPORT | Workflow.CLIP:
            return True
        case Workflow.PROMPT_RUN | Workflow.SEGMENT_RETRY | Workflow.DELETION:
            return False
        case _:
            assert_never(workflow)


def waits_for_worker(workflow: Workflow) -> bool:
    """Return whether workers take the jobs of a workflow from their queue."""
    match workflow:
        case Workflow.INGEST | Workflow.EXPORT | Workflow.CLIP:
            return True
        case Workflow.IMPORT_LISTING | Workflow.PROMPT_RUN | Workflow.SEGMENT_RETRY | Workflow.DELETION:
            return False
        case _:
            assert_never(workflow)
