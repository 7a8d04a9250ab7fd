"""Jobs as executions of Step Functions state machines."""

import hashlib
import json
import logging
from collections.abc import Mapping
from typing import Any, Final

from shared.adapters.aws.errors import ClientError, code_of, translated_errors
from shared.domain.clock import now
from shared.domain.errors import Unavailable
from shared.domain.job import JobRequest, Workflow
from shared.ports.jobs import Progression

_SERVICE: Final = "Step Functions"
_ALREADY_STARTED: Final = "ExecutionAlreadyExists"
_NOT_STARTED: Final = "ExecutionDoesNotExist"
_RUNNING: Final = frozenset({"RUNNING", "PENDING_REDRIVE"})

WORKER_START_SECONDS: Final = 10
"""Interval in which workers of the queue are planned at most once."""

logger = logging.getLogger(__name__)


class StepFunctionsJobs:
    """Implements ``shared.ports.jobs.WatchedJobs``.

    An execution's name is derived from the request and its attempt. Step Functions accepts a name once
    in 90 days, so submitting a request twice starts it once.
    """

    def __init__(self, state_machines: Mapping[Workflow, str], client: Any) -> None:
        """``state_machines`` are ARNs; ``client`` is a botocore client for Step Functions."""
        self._state_machines = dict(state_machines)
        self._client = client

    def submit(self, request: JobRequest) -> None:
        """Start the execution. If the service does not answer, this raises no error: the request's record
        is stored, and the job sweep finds it."""
        try:
            with translated_errors(_SERVICE):
                self._client.start_execution(
                    stateMachineArn=self._machine(request.workflow),
                    name=execution_name(request),
                    input=json.dumps(execution_input(request)),
                )
        except ClientError as error:
            if code_of(error) != _ALREADY_STARTED:
                raise
        except Unavailable:
            logger.warning(
                "Job %s could not be started; the job sweep will start it.", request.job_id, exc_info=True
            )

    def start_workers(self) -> None:
        """Start the workflow that plans workers of the queue, at most once in ``WORKER_START_SECONDS``.

        Raises: Unavailable.
        """
        interval = int(now().timestamp()) // WORKER_START_SECONDS
        name = f"workers-{interval}"
        given = {"job_id": name, "workflow": Workflow.INGEST, "arguments": {}, "request_id": ""}
        try:
            with translated_errors(_SERVICE):
                self._client.start_execution(
                    stateMachineArn=self._machine(Workflow.INGEST), name=name, input=json.dumps(given)
                )
        except ClientError as error:
            if code_of(error) != _ALREADY_STARTED:
                raise

    def progression(self, request: JobRequest) -> Progression:
        machine = self._machine(request.workflow).replace(":stateMachine:", ":execution:", 1)
        try:
            with translated_errors(_SERVICE):
                found = self._client.describe_execution(executionArn=f"{machine}:{execution_name(request)}")
        except ClientError as error:
            if code_of(error) == _NOT_STARTED:
                return Progression.UNKNOWN
            raise
        return Progression.UNDER_WAY if found["status"] in _RUNNING else Progression.ENDED

    def _machine(self, workflow: Workflow) -> str:
        try:
            return self._state_machines[workflow]
        except KeyError:
            raise ValueError(f"no state machine is configured for {workflow}") from None


def execution_name(request: JobRequest) -> str:
    """Build the execution's name, of at most 80 characters.

    A new request for the same job has another ``requested_at``, and so another name.
    """
    request_hash = hashlib.sha256(request.requested_at.encode()).hexdigest()[:8]
    return f"{request.job_id[:60]}-{request_hash}-{request.attempts}"


def execution_input(request: JobRequest) -> dict[str, Any]:
    """Build the execution's input. It contains ids only; see functions/pipeline/README.md."""
    return request.model_dump(mode="json", include={"job_id", "workflow", "arguments", "request_id"})
