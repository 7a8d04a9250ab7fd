"""The job requests of imports: one for each batch of files, and one that lists the files of a store."""

from typing import Final

from shared.domain.imports.import_job import ImportJob
from shared.domain.job import JobRequest, Workflow

_FIRST_BATCH: Final = 0


def batch_request(job: ImportJob, number: int = _FIRST_BATCH) -> JobRequest:
    """Build the request that imports a batch. The ids of attempts differ: a retry is a new request."""
    is_first = number == _FIRST_BATCH
    batch = {} if is_first else {"batch": str(number)}
    return JobRequest(
        job_id=f"{job.job_id}_{job.attempt}_{number:06d}" if job.attempt or not is_first else job.job_id,
        workflow=Workflow.INGEST,
        arguments={"tenant_id": job.tenant_id, "import_job_id": job.job_id, **batch},
        requested_at=job.created_at,
    )


def listing_request(job: ImportJob) -> JobRequest:
    """Build the request that makes batches of the files of a job that is not listed."""
    return JobRequest(
        job_id=f"{job.job_id}_{job.attempt}_listing",
        workflow=Workflow.IMPORT_LISTING,
        arguments={"tenant_id": job.tenant_id, "import_job_id": job.job_id},
        requested_at=job.created_at,
    )


def batch_number(request: JobRequest) -> int:
    """Return the batch that a request imports. A request for the first names none."""
    return int(request.arguments.get("batch", _FIRST_BATCH))
