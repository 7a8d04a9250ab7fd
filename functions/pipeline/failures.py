"""Conversion of Step Functions errors to failures that clients see."""

from typing import Final

from functions.pipeline.jobs import StateError
from shared.domain import keys
from shared.domain.errors import DomainError
from shared.domain.job import JobRequest
from shared.runtime import Runtime
from shared.services.maintenance.job_sweep import worker_failed

_TIMED_OUT: Final = "States.Timeout"
_BATCH: Final = ("Batch.", "States.TaskFailed")


def failure_of(runtime: Runtime, job_id: str, error: StateError) -> DomainError:
    """Return the failure that the worker recorded in the job, or else one for the kind of error."""
    if error.name == _TIMED_OUT:
        return DomainError("The worker exceeded its time limit.", code="worker_timed_out")
    request = runtime.documents.get(JobRequest, keys.job(job_id))
    last_error = request.last_error if request else None
    if last_error is not None or error.name.startswith(_BATCH):
        return worker_failed(last_error)
    return DomainError("A step of the workflow failed.", code="step_failed")
