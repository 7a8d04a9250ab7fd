"""Jobs as executions of Step Functions state machines."""

import hashlib
import json
import logging
from collections.abc import Mapping
from typing import Any, Final

from shared.adapters.aws.errors import ClientError, answering, code_of
from shared.domain.errors import Unavailable
from shared.domain.job import JobRequest, Workflow
from shared.ports.jobs import Progression

_SERVICE: Final = "Step Functions"
_STARTED_BEFORE: Final = "ExecutionAlreadyExists"
_NEVER_STARTED: Final = "ExecutionDoesNotExist"
_RUNNING: Final = frozenset({"RUNNING", "PENDING_REDRIVE"})

log = logging.getLogger(__name__)


class StepFunctionsJobs:
    """Implements ``shared.ports.jobs.WatchedJobs``.

    An execution's name is made of the request and its attempt, and a name can be used once in 90
    days, so whoever submits a request again starts nothing.
    """

    def __init__(self, state_machines: Mapping[Workflow, str], client: Any) -> None:
        """``state_machines`` are ARNs; ``client`` is botocore's for Step Functions."""
        self._state_machines = dict(state_machines)
        self._client = client

    def submit(self, request: JobRequest) -> None:
        """A service that does not answer is no error: the request's record is there, and is found
        when the records are looked through."""
        try:
            with answering(_SERVICE):
                self._client.start_execution(
                    stateMachineArn=self._state_machine(request),
                    name=execution_name(request),
                    input=json.dumps(execution_input(request)),
                )
        except ClientError as error:
            if code_of(error) != _STARTED_BEFORE:
                raise
        except Unavailable:
            log.warning("job %s is left for the next sweep", request.job_id, exc_info=True)

    def progression(self, request: JobRequest) -> Progression:
        machine = self._state_machine(request).replace(":stateMachine:", ":execution:", 1)
        try:
            with answering(_SERVICE):
                found = self._client.describe_execution(executionArn=f"{machine}:{execution_name(request)}")
        except ClientError as error:
            if code_of(error) == _NEVER_STARTED:
                return Progression.UNKNOWN
            raise
        return Progression.UNDER_WAY if found["status"] in _RUNNING else Progression.ENDED

    def _state_machine(self, request: JobRequest) -> str:
        try:
            return self._state_machines[request.workflow]
        except KeyError:
            raise ValueError(f"no state machine is configured for {request.workflow}") from None


def execution_name(request: JobRequest) -> str:
    """At most 80 characters. A request that is made anew, which has another time, is another one."""
    made = hashlib.sha256(request.requested_at.encode()).hexdigest()[:8]
    return f"{request.job_id[:60]}-{made}-{request.attempts}"


def execution_input(request: JobRequest) -> dict[str, Any]:
    """Ids only; functions/pipeline/README.md is the contract."""
    return request.model_dump(mode="json", include={"job_id", "workflow", "arguments", "request_id"})
