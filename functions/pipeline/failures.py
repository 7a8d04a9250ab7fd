"""From what Step Functions says of a failure to what a person is shown."""

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
    """The worker's own words where it left some in the job's record, else a name for the kind."""
    if error.name == _TIMED_OUT:
        return DomainError("The worker took longer than it may.", code="worker_timed_out")
    request = runtime.documents.get(JobRequest, keys.job(job_id))
    said = request.last_error if request else None
    if said is not None or error.name.startswith(_BATCH):
        return worker_failed(said)
    return DomainError("A step of the workflow failed.", code="step_failed")
