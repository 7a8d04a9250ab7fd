"""Manifest of an import job: counters over the records of its files and parts, and a head of the first ones.

The job contains both, so that an answer about a job, or about a list of jobs, reads nothing else. They are
computed from the records under the job's version, which each change of the manifest raises.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from shared.domain import keys
from shared.domain.imports.import_job import (
    FileStatus,
    ImportFile,
    ImportHead,
    ImportJob,
    ImportOutput,
    OutputStatus,
)
from shared.domain.keys import Key
from shared.ports.records import Delete, Write
from shared.services.records.documents import Documents, put
from shared.services.records.transact import Decision

MAX_HEAD_ITEMS: Final = 100
"""The number of parts, of failed files and of skipped files that the head contains at most."""

NO_MEDIUM: Final = ""
"""The media id of a part whose medium was deleted."""


def with_counters(job: ImportJob, files: Sequence[ImportFile], outputs: Sequence[ImportOutput]) -> ImportJob:
    """Return ``job`` with counters and head computed from its records. Deleted parts count as completed."""
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
    return job.model_copy(update={"progress": counted, "head": manifest_head(files, outputs)})


def manifest_head(files: Iterable[ImportFile], outputs: Sequence[ImportOutput]) -> ImportHead:
    """Build the head of a manifest. Its files omit where they came from."""
    found = [file.model_copy(update={"source_uri": None, "source_key": None}) for file in files]
    return ImportHead(
        outputs=list(outputs[:MAX_HEAD_ITEMS]),
        failed_files=[file for file in found if file.status is FileStatus.FAILED][:MAX_HEAD_ITEMS],
        skipped_files=[file for file in found if file.status is FileStatus.SKIPPED][:MAX_HEAD_ITEMS],
    )


def remove_part(documents: Documents, tenant_id: str, job_id: str, media_id: str) -> bool:
    """Remove a part whose medium is deleted from its job's manifest. Return False if there is none.

    Of a job that has ended, the part's record is deleted, and with the last part of a file the file's
    record; the counters stay. Of a running job, the part's record stays without a media id, so that the
    part is not created again.

    Raises:
        VersionConflict: each of 20 attempts failed with one.
    """
    key = keys.import_job(tenant_id, job_id)

    def decide() -> Decision[bool]:
        batch = documents.batch([key])
        job = batch.get(ImportJob, key)
        outputs = documents.every(ImportOutput, keys.import_output(tenant_id, job_id))
        removed = next((output for output in outputs if output.media_id == media_id), None)
        if job is None or removed is None:
            return Decision(False)
        files = documents.every(ImportFile, keys.import_file(tenant_id, job_id))
        without = _without_part_after_end if job.status.is_terminal else _without_part_while_running
        changed, writes = without(job, files, outputs, removed)
        return Decision(True, [put(key, changed, expected_version=batch.version(key)), *writes])

    return documents.transact(decide)


def _without_part_while_running(
    job: ImportJob, files: Sequence[ImportFile], outputs: Sequence[ImportOutput], removed: ImportOutput
) -> tuple[ImportJob, list[Write]]:
    deleted = removed.model_copy()
    deleted.status = OutputStatus.DELETED
    deleted.title = ""
    deleted.media_id = NO_MEDIUM
    kept = [deleted if output is removed else output for output in outputs]
    return with_counters(job, files, kept), [put(_output_key(job, removed), deleted)]


def _without_part_after_end(
    job: ImportJob, files: Sequence[ImportFile], outputs: Sequence[ImportOutput], removed: ImportOutput
) -> tuple[ImportJob, list[Write]]:
    left = [output for output in outputs if output is not removed]
    changed = job.model_copy()
    changed.parts_deleted += 1
    changed.title = job.title if left else ""
    writes: list[Write] = [Delete(_output_key(job, removed))]
    if all(output.source_ordinal != removed.source_ordinal for output in left):
        writes.append(Delete(keys.import_file(job.tenant_id, job.job_id, removed.source_ordinal)))
        files = [file for file in files if file.ordinal != removed.source_ordinal]
        changed.files_deleted += 1
    changed.head = manifest_head(files, left)
    return changed, writes


def _output_key(job: ImportJob, output: ImportOutput) -> Key:
    return keys.import_output(job.tenant_id, job.job_id, output.source_ordinal, output.part_index)
