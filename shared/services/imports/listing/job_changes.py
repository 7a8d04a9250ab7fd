"""Changes of an import job while its store is listed, one transaction each."""

from collections.abc import Sequence
from typing import NamedTuple

from shared.domain import keys
from shared.domain.connectors.connector import Connector
from shared.domain.imports.import_job import FileStatus, ImportFailure, ImportFile, ImportJob, ImportPhase
from shared.domain.job import JobRequest
from shared.domain.keys import Key
from shared.ports.jobs import Jobs
from shared.ports.records import ABSENT, Write
from shared.ports.stores import StoredObject
from shared.services.imports.batches.records import MAX_FILES, batch_put
from shared.services.imports.batches.requests import batch_request
from shared.services.imports.imported_objects import ALREADY_IMPORTED, already_imported
from shared.services.imports.listing.planned_files import batch_of, planned_files
from shared.services.imports.manifest import changed_job_writes, job_batches, summarised
from shared.services.records.documents import Documents, put
from shared.services.records.transact import Decision

_TOO_MANY_FILES = ImportFailure(
    code="too_many_files",
    message=f"An import job has at most {MAX_FILES:,} files. Import the others with a longer prefix.",
    stage=ImportPhase.SCANNING,
    retryable=False,
)


class _Added(NamedTuple):
    """The result of adding a batch: its request, unless there is nothing to import in it."""

    is_added: bool
    request: JobRequest | None = None
    is_full: bool = False


class JobChanges:
    """Adds batches to jobs, and ends their listings."""

    def __init__(self, documents: Documents, jobs: Jobs) -> None:
        self._documents = documents
        self._jobs = jobs

    def add_batch(
        self, key: Key, connector: Connector, objects: Sequence[StoredObject], listed_until: str
    ) -> bool:
        """Add the objects after the key ``listed_until`` as a batch, and submit its request.

        Return False, and add nothing, if the job takes no more files, or another worker lists its store.
        """

        def decide() -> Decision[_Added]:
            read = self._documents.batch([key])
            job = read.get(ImportJob, key)
            if job is None or job.is_planned or job.listed_until != listed_until:
                return Decision(_Added(False))
            if job.listed_files + len(objects) > MAX_FILES:
                return Decision(_Added(False, is_full=True))
            files = self._planned(job, connector, objects)
            request, writes = _batch_writes(job, files, read.version(key))
            return Decision(_Added(True, request), writes)

        added = self._documents.transact(decide)
        if added.is_full:
            self.end_listing(key, failure=_TOO_MANY_FILES)
        if added.request is not None:
            self._jobs.submit(added.request)
        return added.is_added

    def end_listing(
        self,
        key: Key,
        *,
        listed_from: str | None = None,
        listed_until: str = "",
        is_listed: bool = False,
        failure: ImportFailure | None = None,
    ) -> None:
        """Record how far the store is listed, and end the job if there is nothing left to do.

        Nothing changes if the job is not listed to ``listed_from`` any more: another worker lists its store.
        """

        def decide() -> Decision[None]:
            read = self._documents.batch([key])
            job = read.get(ImportJob, key)
            if job is None or job.status.is_terminal or job.is_planned:
                return Decision(None)
            if listed_from not in (None, job.listed_until):
                return Decision(None)
            changed = job.model_copy()
            changed.listed_until = listed_until or job.listed_until
            changed.is_listed, changed.listing_failure = is_listed or job.is_listed, failure
            if failure is not None:
                changed.reopen_from = None
            if changed.is_planned:
                changed = summarised(self._documents, changed, job_batches(self._documents, job))
            writes = changed_job_writes(self._documents, job, changed, read.version(key))
            return Decision(None, writes)

        self._documents.transact(decide)

    def _planned(
        self, job: ImportJob, connector: Connector, objects: Sequence[StoredObject]
    ) -> list[ImportFile]:
        """Make files of objects. An import of new files skips those that were imported."""
        files = planned_files(job, connector, objects, job.listed_files)
        if not job.imports_new_only:
            return files
        known = already_imported(self._documents, job, files)
        skipped = {"status": FileStatus.SKIPPED, "skip_reason": ALREADY_IMPORTED}
        return [file.model_copy(update=skipped) if file.ordinal in known else file for file in files]


def _batch_writes(
    job: ImportJob, files: Sequence[ImportFile], version: int
) -> tuple[JobRequest | None, list[Write]]:
    """Build the writes of a new batch and of its job, and the batch's request unless all are skipped."""
    batch = batch_of(job, files)
    request = None if batch.has_ended else batch_request(job, batch.number)
    changed = job.model_copy(update={"progress": job.progress.model_copy()})
    changed.listed_until = files[-1].path or ""
    changed.listed_files += len(files)
    changed.batch_count += 1
    changed.progress.total_files += len(files)
    changed.progress.skipped += len(batch.skipped)
    writes: list[Write] = [
        put(keys.import_job(job.tenant_id, job.job_id), changed, expected_version=version),
        batch_put(batch, ABSENT),
        *(
            put(keys.import_file(job.tenant_id, job.job_id, file.ordinal), file, sparse=True)
            for file in files
        ),
    ]
    if request is not None:
        writes.append(put(keys.job(request.job_id), request))
    return request, writes
