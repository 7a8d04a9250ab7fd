"""Retries of import jobs: what failed or was cancelled is imported again, and a listing goes on."""

from collections.abc import Sequence

from shared.domain import keys
from shared.domain.access import Caller
from shared.domain.errors import Conflict, InvalidRequest, NotFound, NotRetryable
from shared.domain.imports.import_job import (
    FileStatus,
    ImportFile,
    ImportJob,
    ImportPhase,
    ImportStatus,
    SourceKind,
)
from shared.domain.keys import Key
from shared.ports.jobs import Jobs
from shared.ports.records import ABSENT, Write
from shared.ports.uri_fetcher import UriFetcher
from shared.services.imports.attachments import Attachment, check_attachments
from shared.services.imports.batches.records import batch_put, implied_batch
from shared.services.imports.batches.requests import listing_request
from shared.services.imports.limits import ImportLimits
from shared.services.imports.manifest import job_batches
from shared.services.library.index_access import unchanged_index_write
from shared.services.library.playground_size import reservation_write
from shared.services.records.documents import Documents, put
from shared.services.records.transact import Decision


class Retries:
    """Retries jobs that have ended."""

    def __init__(self, documents: Documents, jobs: Jobs, fetcher: UriFetcher, limits: ImportLimits) -> None:
        self._documents = documents
        self._jobs = jobs
        self._fetcher = fetcher
        self._limits = limits

    def retry(self, caller: Caller, job_id: str, attachments: Sequence[Attachment] = ()) -> ImportJob:
        """Import again what failed or was cancelled. What is imported stays.

        ``attachments`` have new addresses of files that failed, by their ``file_id``.

        Raises:
            NotFound: there is no such job, or its index is deleted.
            NotPermitted: it is the job of the default index.
            NotRetryable: its files were uploaded, or it has no attachments and is given some.
            InvalidRequest: an attachment is no file of the job, or the server may not fetch its address.
            Conflict: the job has not ended, has nothing to retry, or the playground has no room.
        """
        caller.require_own(job_id)
        check_attachments(attachments, self._fetcher)
        key = keys.import_job(caller.tenant_id, job_id)
        job = self._documents.transact(lambda: self._decide(key, attachments))
        self._jobs.submit(listing_request(job))
        return job

    def _decide(self, key: Key, attachments: Sequence[Attachment]) -> Decision[ImportJob]:
        read = self._documents.batch([key])
        job = read.get(ImportJob, key)
        if job is None:
            raise NotFound("import_job", key.sort)
        _check_kind(job, attachments)
        left = _files_left(job)
        retried = _retried(job, left)
        request = listing_request(retried)
        writes: list[Write] = [
            put(key, retried, expected_version=read.version(key)),
            put(keys.job(request.job_id), request),
            self._destination_write(retried),
            *self._refreshed(job, attachments),
        ]
        if job.batch_count and not job_batches(self._documents, job):
            writes.append(batch_put(implied_batch(job), ABSENT))
        return Decision(retried, writes)

    def _destination_write(self, job: ImportJob) -> Write:
        if job.index_id is not None:
            return unchanged_index_write(self._documents, job.tenant_id, job.index_id)
        limit = self._limits.max_playground_media
        return reservation_write(self._documents, job.tenant_id, limit, job.places)

    def _refreshed(self, job: ImportJob, attachments: Sequence[Attachment]) -> list[Write]:
        """Build the writes of files with new addresses. A job of attachments has one batch."""
        if not attachments:
            return []
        partition = keys.import_file(job.tenant_id, job.job_id)
        files = {file.file_id: file for file in self._documents.every(ImportFile, partition)}
        writes: list[Write] = []
        for number, attachment in enumerate(attachments):
            file = files.get(attachment.file_id)
            if file is None:
                raise InvalidRequest(f"files.{number}.file_id", "is no file of this job")
            if file.status is not FileStatus.COMPLETED:
                changes = {"source_uri": attachment.download_url, "source_key": None}
                key = keys.import_file(job.tenant_id, job.job_id, file.ordinal)
                writes.append(put(key, file.model_copy(update=changes)))
        return writes


def _check_kind(job: ImportJob, attachments: Sequence[Attachment]) -> None:
    if attachments and job.source_kind is not SourceKind.ATTACHMENTS:
        raise NotRetryable("New addresses of files require an attachment job.")
    if not job.status.is_terminal:
        raise Conflict(
            f"The import job is {job.status}. Retry it when it has ended.",
            code="import_job_running",
            details={"job_id": job.job_id, "status": job.status},
        )
    if job.source_kind is SourceKind.UPLOAD:
        raise NotRetryable("Uploaded files are deleted when their import ends. Upload them again.")


def _files_left(job: ImportJob) -> int:
    """Return how many files are to be imported again. Raises: Conflict: none, and the listing has ended."""
    is_cancelled = job.status is ImportStatus.CANCELLED
    left = job.progress.failed + (job.progress.skipped if is_cancelled else 0)
    if not left and job.is_listed:
        raise Conflict(
            "No file of the import job failed.",
            code="nothing_to_retry",
            details={"job_id": job.job_id, "status": job.status},
        )
    return left


def _retried(job: ImportJob, places: int) -> ImportJob:
    """Return the job as it is at the start of its next attempt."""
    progress = job.progress
    return job.model_copy(
        update={
            "status": ImportStatus.PENDING,
            "phase": ImportPhase.QUEUED,
            "attempt": job.attempt + 1,
            "reopen_from": 0,
            "listing_failure": None,
            "cancel_requested_at": None,
            "places": places,
            "started_at": None,
            "completed_at": None,
            "error_code": None,
            "error_message": None,
            "files_before": progress.imported + progress.skipped,
        }
    )
