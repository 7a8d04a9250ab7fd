"""Files of an import that failed for a reason that may pass."""

from collections.abc import Iterator

from shared.domain.automations.seen_objects import object_digest
from shared.domain.imports.import_job import ImportFile, ImportJob, ImportStatus
from shared.services.imports.batches.records import file_key, implied_batch
from shared.services.imports.manifest import job_batches
from shared.services.records.documents import Documents


def passing_failures(documents: Documents, job: ImportJob) -> Iterator[int]:
    """Read the digests of the objects that an import may import if it is tried again: none of an import that
    somebody has cancelled."""
    if job.status is ImportStatus.CANCELLED or not job.progress.failed:
        return
    for batch in job_batches(documents, job) or [implied_batch(job)]:
        for file in documents.get_many(ImportFile, [file_key(job, each) for each in batch.failed]):
            if file.failure is not None and file.failure.retryable and file.path and file.version:
                yield object_digest(file.path, file.version)
