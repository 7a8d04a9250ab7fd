"""What an import job says of its files and parts: sums over their records, and the first of them.

The job holds the head of its manifest, so that looking at a job, or at a list of them, reads nothing
else. Sums and head are made from the records under the job's version, which each change of them raises.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from shared.domain import keys
from shared.domain.import_job import FileStatus, ImportFile, ImportHead, ImportJob, ImportOutput, OutputStatus
from shared.domain.keys import Key
from shared.ports.records import Delete, Write
from shared.services.records.documents import Documents, put
from shared.services.records.transact import Decision

HEAD: Final = 100
"""Parts, failed files and skipped files that a job holds."""

NAMELESS: Final = ""
"""The media id of a part whose medium was deleted."""


def summed(job: ImportJob, files: Sequence[ImportFile], outputs: Sequence[ImportOutput]) -> ImportJob:
    """``job`` with counters and head as its records say. What was deleted had been completed."""
    completed = sum(o.status.became_medium for o in outputs)
    counted = job.progress.model_copy()
    counted.total_files = len(files) + job.files_deleted
    counted.imported = sum(f.status is FileStatus.COMPLETED for f in files) + job.files_deleted
    counted.failed = sum(f.status is FileStatus.FAILED for f in files)
    counted.skipped = sum(f.status is FileStatus.SKIPPED for f in files)
    counted.bytes_transferred = sum(f.size_bytes for f in files)
    counted.parts_total = len(outputs) + job.parts_deleted
    counted.parts_completed = completed + job.parts_deleted
    counted.parts_failed = sum(o.status is OutputStatus.FAILED for o in outputs)
    return job.model_copy(update={"progress": counted, "head": head_of(files, outputs)})


def head_of(files: Iterable[ImportFile], outputs: Sequence[ImportOutput]) -> ImportHead:
    found = [file.model_copy(update={"source_uri": None, "source_key": None}) for file in files]
    return ImportHead(
        outputs=list(outputs[:HEAD]),
        failed_files=[file for file in found if file.status is FileStatus.FAILED][:HEAD],
        skipped_files=[file for file in found if file.status is FileStatus.SKIPPED][:HEAD],
    )


def take_out(documents: Documents, tenant_id: str, job_id: str, media_id: str) -> bool:
    """Take a part whose medium is deleted out of its job's manifest. Return False where there is none.

    A job that has ended loses the part's record, and with the last part of a file the file's record;
    its counters stay. While a job is at work, a record that names no medium keeps the part from being
    made again.

    Raises:
        VersionConflict: each of 20 attempts met one.
    """
    key = keys.import_job(tenant_id, job_id)

    def decide() -> Decision[bool]:
        batch = documents.batch([key])
        job = batch.get(ImportJob, key)
        outputs = documents.every(ImportOutput, keys.import_output(tenant_id, job_id))
        gone = next((output for output in outputs if output.media_id == media_id), None)
        if job is None or gone is None:
            return Decision(False)
        files = documents.every(ImportFile, keys.import_file(tenant_id, job_id))
        without = _ended_without if job.status.is_terminal else _working_without
        changed, writes = without(job, files, outputs, gone)
        return Decision(True, [put(key, changed, expected_version=batch.version(key)), *writes])

    return documents.transact(decide)


def _working_without(
    job: ImportJob, files: Sequence[ImportFile], outputs: Sequence[ImportOutput], gone: ImportOutput
) -> tuple[ImportJob, list[Write]]:
    nameless = gone.model_copy()
    nameless.status = OutputStatus.DELETED
    nameless.title = ""
    nameless.media_id = NAMELESS
    kept = [nameless if output is gone else output for output in outputs]
    return summed(job, files, kept), [put(_output_key(job, gone), nameless)]


def _ended_without(
    job: ImportJob, files: Sequence[ImportFile], outputs: Sequence[ImportOutput], gone: ImportOutput
) -> tuple[ImportJob, list[Write]]:
    left = [output for output in outputs if output is not gone]
    changed = job.model_copy()
    changed.parts_deleted += 1
    changed.title = job.title if left else ""
    writes: list[Write] = [Delete(_output_key(job, gone))]
    if all(output.source_ordinal != gone.source_ordinal for output in left):
        writes.append(Delete(keys.import_file(job.tenant_id, job.job_id, gone.source_ordinal)))
        files = [file for file in files if file.ordinal != gone.source_ordinal]
        changed.files_deleted += 1
    changed.head = head_of(files, left)
    return changed, writes


def _output_key(job: ImportJob, output: ImportOutput) -> Key:
    return keys.import_output(job.tenant_id, job.job_id, output.source_ordinal, output.part_index)
