"""Cancellation of import jobs: what is imported stays, and pending files are skipped."""

from shared.domain import keys
from shared.domain.access import Caller
from shared.domain.clock import timestamp
from shared.domain.errors import Conflict, NotFound
from shared.domain.imports.import_job import ImportJob
from shared.services.imports.manifest import changed_job_writes, job_batches, summarised
from shared.services.records.documents import Documents
from shared.services.records.transact import Decision


class Cancellation:
    """Cancels jobs. The job ends when its batches have seen it; each looks once a second."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def cancel(self, caller: Caller, job_id: str) -> ImportJob:
        """Cancel a job, and return it. A second request changes nothing.

        Raises:
            NotFound: there is no such job.
            NotPermitted: it is the job of the default index.
            Conflict: the job has ended.
        """
        caller.require_own(job_id)
        key = keys.import_job(caller.tenant_id, job_id)

        def decide() -> Decision[ImportJob]:
            read = self._documents.batch([key])
            job = read.get(ImportJob, key)
            if job is None:
                raise NotFound("import_job", job_id)
            if job.status.is_terminal:
                raise Conflict(
                    f"The import job is {job.status} and cannot be cancelled.",
                    code="import_job_ended",
                    details={"job_id": job_id, "status": job.status},
                )
            if job.cancel_requested_at is not None:
                return Decision(job)
            cancelled = job.model_copy(update={"cancel_requested_at": timestamp()})
            changed = summarised(self._documents, cancelled, job_batches(self._documents, job))
            return Decision(changed, changed_job_writes(self._documents, job, changed, read.version(key)))

        return self._documents.transact(decide)
