"""Reopening of batches: the part of a retry that may concern many of them."""

from collections.abc import Callable

from shared.domain import keys
from shared.domain.imports.batch import ImportBatch
from shared.domain.imports.import_job import FileStatus, ImportFile, ImportJob
from shared.domain.job import JobRequest
from shared.domain.keys import Key
from shared.ports.jobs import Interrupted, Jobs
from shared.ports.records import Write
from shared.services.imports.batches.records import (
    batch_key,
    counted_batch,
    files_of_batch,
    outputs_of_batch,
)
from shared.services.imports.batches.requests import batch_request
from shared.services.imports.ingest.cleanup import CANCELLED
from shared.services.imports.manifest import Unwritten, changed_job_writes, job_batches, summarised
from shared.services.records.documents import Documents, put
from shared.services.records.transact import Decision


class Reopening:
    """Reopens the batches of a retried job, one transaction each, from the first to the last."""

    def __init__(self, documents: Documents, jobs: Jobs) -> None:
        self._documents = documents
        self._jobs = jobs

    def run(self, key: Key, stopping: Callable[[], bool]) -> None:
        """Reopen the batches of a job that are not reopened yet. Raises: Interrupted."""
        while (request := self._documents.transact(lambda: self._decide(key))) is not None:
            self._jobs.submit(request)
            if stopping():
                raise Interrupted

    def _decide(self, key: Key) -> Decision[JobRequest | None]:
        """Reopen the next batch with files to import again. The result is its request, if there is one.

        Nothing more of a cancelled job is reopened: what failed keeps its reason.
        """
        read = self._documents.batch([key])
        job = read.get(ImportJob, key)
        if job is None or job.reopen_from is None or job.cancel_requested_at is not None:
            return Decision(None)
        if job.status.is_terminal:
            return Decision(None)
        batches = job_batches(self._documents, job)
        for batch in batches[job.reopen_from :]:
            if files := self._files_again(job, batch):
                return self._reopened(job, read.version(key), batches, batch, files)
        changed = job.model_copy(update={"reopen_from": None})
        changed = summarised(self._documents, changed, batches)
        return Decision(None, changed_job_writes(self._documents, job, changed, read.version(key)))

    def _files_again(self, job: ImportJob, batch: ImportBatch) -> list[ImportFile]:
        """Read the files of a batch that failed, or that a cancellation skipped."""
        if not batch.has_ended or batch.attempt == job.attempt:
            return []
        ordinals = sorted({*batch.failed, *batch.skipped})
        found = self._documents.get_many(
            ImportFile, [keys.import_file(job.tenant_id, job.job_id, each) for each in ordinals]
        )
        return [file for file in found if file.status is FileStatus.FAILED or file.skip_reason == CANCELLED]

    def _reopened(
        self,
        job: ImportJob,
        version: int,
        batches: list[ImportBatch],
        batch: ImportBatch,
        files: list[ImportFile],
    ) -> Decision[JobRequest | None]:
        """Reopen one batch. Every change of its end writes the job too, whose version guards all writes."""
        again = {file.ordinal: _pending(file) for file in files}
        stored = files_of_batch(self._documents, batch)
        every = [again.get(file.ordinal, file) for file in stored]
        reopened = counted_batch(batch, every, outputs_of_batch(self._documents, batch))
        reopened.has_ended, reopened.attempt = False, job.attempt
        cancelled = sum(file.skip_reason == CANCELLED for file in files)
        left = {"reopen_from": batch.number + 1, "files_before": job.files_before - cancelled}
        changed = job.model_copy(update=left)
        current = [reopened if each.number == batch.number else each for each in batches]
        changed = summarised(self._documents, changed, current, Unwritten(files=list(again.values())))
        request = batch_request(job, batch.number)
        writes: list[Write] = [
            put(batch_key(reopened), reopened),
            put(keys.job(request.job_id), request),
            *(put(keys.import_file(job.tenant_id, job.job_id, each), again[each]) for each in again),
            *changed_job_writes(self._documents, job, changed, version),
        ]
        return Decision(request, writes)


def _pending(file: ImportFile) -> ImportFile:
    """Return a file as it is before its import. A plan of its parts stays."""
    changes = {"status": FileStatus.PENDING, "failure": None, "skip_reason": None, "source_key": None}
    return file.model_copy(update=changes)
