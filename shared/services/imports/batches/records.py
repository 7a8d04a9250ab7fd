"""Records of one batch of an import job, and its counters: sums over them, never increments."""

from collections.abc import Sequence
from itertools import takewhile
from typing import Final

from shared.domain import keys
from shared.domain.imports.batch import ImportBatch
from shared.domain.imports.import_job import FileStatus, ImportFile, ImportJob, ImportOutput, OutputStatus
from shared.domain.keys import Key
from shared.ports.records import Put
from shared.services.records.documents import Documents, put

MAX_FILES: Final = 1_000_000
"""Files of one job. Their keys have ordinals of six digits."""

_PAGE_SIZE: Final = 200


def batch_key(batch: ImportBatch) -> Key:
    return keys.import_batch(batch.tenant_id, batch.job_id, batch.number)


def file_key(job: ImportJob, ordinal: int) -> Key:
    return keys.import_file(job.tenant_id, job.job_id, ordinal)


def output_key(job: ImportJob, output: ImportOutput) -> Key:
    return keys.import_output(job.tenant_id, job.job_id, output.source_ordinal, output.part_index)


def implied_batch(job: ImportJob, number: int = 0) -> ImportBatch:
    """Return the batch of a job without batches, from an earlier release: it has all files."""
    return ImportBatch(
        tenant_id=job.tenant_id,
        job_id=job.job_id,
        number=number,
        first_ordinal=0,
        file_count=MAX_FILES,
        has_ended=job.status.is_terminal,
        progress=job.progress,
        failed=[file.ordinal for file in job.head.failed_files],
        skipped=[file.ordinal for file in job.head.skipped_files],
        parts_deleted=job.parts_deleted,
        files_deleted=job.files_deleted,
    )


def files_of_batch(documents: Documents, batch: ImportBatch) -> list[ImportFile]:
    partition = keys.import_file(batch.tenant_id, batch.job_id)
    found = documents.each(ImportFile, partition, limit=_PAGE_SIZE, after=_before(batch.first_ordinal))
    return list(takewhile(lambda file: file.ordinal < batch.end, found))


def outputs_of_batch(documents: Documents, batch: ImportBatch) -> list[ImportOutput]:
    partition = keys.import_output(batch.tenant_id, batch.job_id)
    found = documents.each(ImportOutput, partition, limit=_PAGE_SIZE, after=_before(batch.first_ordinal))
    return list(takewhile(lambda output: output.source_ordinal < batch.end, found))


def outputs_of_file(documents: Documents, tenant_id: str, job_id: str, ordinal: int) -> list[ImportOutput]:
    partition = keys.import_output(tenant_id, job_id)
    return documents.every(ImportOutput, Key(partition.partition, f"{ordinal:06d}#"))


def batch_put(batch: ImportBatch, version: int) -> Put:
    return put(batch_key(batch), batch, expected_version=version)


def counted_batch(
    batch: ImportBatch, files: Sequence[ImportFile], outputs: Sequence[ImportOutput]
) -> ImportBatch:
    """Return ``batch`` with counters over its records. Deleted parts count as completed."""
    completed = sum(output.status.became_medium for output in outputs)
    counted = batch.model_copy(deep=True)
    progress = counted.progress
    progress.total_files = len(files) + batch.files_deleted
    progress.imported = sum(f.status is FileStatus.COMPLETED for f in files) + batch.files_deleted
    counted.failed = [file.ordinal for file in files if file.status is FileStatus.FAILED]
    counted.skipped = [file.ordinal for file in files if file.status is FileStatus.SKIPPED]
    progress.failed, progress.skipped = len(counted.failed), len(counted.skipped)
    progress.bytes_transferred = sum(file.size_bytes for file in files)
    progress.parts_total = len(outputs) + batch.parts_deleted
    progress.parts_completed = completed + batch.parts_deleted
    progress.parts_failed = sum(output.status is OutputStatus.FAILED for output in outputs)
    return counted


def _before(ordinal: int) -> str | None:
    """Return a sort key after which the records of ``ordinal`` begin: ``~`` sorts after each of them."""
    return f"{ordinal - 1:06d}~" if ordinal else None
