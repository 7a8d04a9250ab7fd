"""Import jobs whose files are known: new jobs, and their records, which one transaction writes with the
job's request."""

from collections.abc import Sequence
from typing import Final

from shared.domain import keys
from shared.domain.access import Caller
from shared.domain.clock import timestamp
from shared.domain.errors import Conflict, InvalidRequest, NotFound
from shared.domain.imports.batch import ImportBatch
from shared.domain.imports.import_job import ImportFile, ImportJob, ImportProgress, SourceKind
from shared.ports.blobs import Blobs
from shared.ports.jobs import Jobs
from shared.ports.records import ABSENT, Write
from shared.services.imports.batches.requests import batch_request
from shared.services.imports.identifiers import import_job_id
from shared.services.imports.limits import ImportLimits
from shared.services.library.index_access import unchanged_index_write, visible_index
from shared.services.library.playground_size import check_playground_capacity, reservation_write
from shared.services.records.documents import Documents, put
from shared.services.records.transact import Decision

_MAX_TITLE_CHARACTERS: Final = 255


def new_import_job(
    caller: Caller,
    seed: str,
    kind: SourceKind,
    title: str,
    index_id: str | None,
    *,
    index_created: bool = False,
    connector_id: str | None = None,
    file_count: int = 1,
) -> ImportJob:
    """Build a job for some source files. ``index_id`` None is the playground.

    Raises: InvalidRequest: the title does not have 1 to 255 characters.
    """
    return ImportJob(
        job_id=import_job_id(seed),
        tenant_id=caller.tenant_id,
        user_id=caller.user_id,
        source_kind=kind,
        connector_id=connector_id,
        index_id=index_id,
        index_created=index_created,
        holds_place=index_id is None,
        places=file_count,
        title=_checked_title(title),
        created_at=timestamp(),
        progress=ImportProgress(total_files=file_count),
    )


class ImportJobs:
    """The records of import jobs, and the submission of their requests."""

    def __init__(self, documents: Documents, blobs: Blobs, jobs: Jobs, limits: ImportLimits) -> None:
        self._documents = documents
        self._blobs = blobs
        self._jobs = jobs
        self._limits = limits

    def resubmit(self, job: ImportJob) -> ImportJob | None:
        """Find the job of an earlier request with the same seed, and submit it again unless it has ended."""
        found = self._find(job)
        return None if found is None else self._submitted(found)

    def check_destination(self, job: ImportJob) -> None:
        """Check that the index exists, or that the playground has room.

        Raises: NotFound: the index does not exist. Conflict: the playground is full.
        """
        if job.index_id is not None:
            visible_index(self._documents, job.tenant_id, job.index_id)
            return
        check_playground_capacity(
            self._documents, job.tenant_id, self._limits.max_playground_media, job.places
        )

    def start(self, job: ImportJob, files: Sequence[ImportFile]) -> ImportJob:
        """Write the job, its files, one batch of them and its request in one transaction, and submit the
        request. There are at most ``MAX_BATCH_FILES`` files.

        Return the job of an earlier request with the same seed, if there is one.

        Raises:
            NotFound: the index was deleted meanwhile; the stored files are deleted too.
            Conflict: other imports have filled the playground meanwhile.
        """

        def decide() -> Decision[ImportJob]:
            try:
                destination = self._destination_write(job)
            except Conflict:
                # A concurrent request with the same seed may have reserved the last place.
                if existing := self._find(job):
                    return Decision(existing)
                raise
            return Decision(job, [destination, *_new_job_writes(job, files)])

        try:
            started = self._documents.transact(decide, done_elsewhere=lambda: self._find(job))
        except NotFound:
            for file in files:
                if file.source_key is not None:
                    self._blobs.delete(file.source_key)
            raise
        return self._submitted(started)

    def _find(self, job: ImportJob) -> ImportJob | None:
        return self._documents.get(ImportJob, keys.import_job(job.tenant_id, job.job_id))

    def _submitted(self, job: ImportJob) -> ImportJob:
        if not job.status.is_terminal:
            self._jobs.submit(batch_request(job))
        return job

    def _destination_write(self, job: ImportJob) -> Write:
        """Build the write that reserves a place in the playground, or that requires the index to exist.

        Raises: NotFound: the index does not exist. Conflict: the playground is full.
        """
        if job.index_id is None:
            return reservation_write(
                self._documents, job.tenant_id, self._limits.max_playground_media, job.places
            )
        return unchanged_index_write(self._documents, job.tenant_id, job.index_id)


def _new_job_writes(job: ImportJob, files: Sequence[ImportFile]) -> list[Write]:
    request = batch_request(job)
    batch = ImportBatch(
        tenant_id=job.tenant_id, job_id=job.job_id, number=0, first_ordinal=0, file_count=len(files)
    )
    batch.progress.total_files = len(files)
    batch.progress.bytes_transferred = job.progress.bytes_transferred
    return [
        put(keys.import_job(job.tenant_id, job.job_id), job, expected_version=ABSENT),
        put(keys.import_batch(job.tenant_id, job.job_id, batch.number), batch),
        *(put(keys.import_file(job.tenant_id, job.job_id, file.ordinal), file) for file in files),
        put(keys.job(request.job_id), request),
    ]


def _checked_title(title: str) -> str:
    stripped = title.strip()
    if not 1 <= len(stripped) <= _MAX_TITLE_CHARACTERS:
        raise InvalidRequest("title", f"must have 1 to {_MAX_TITLE_CHARACTERS} characters")
    return stripped
