"""The records of an import job, as the steps of an import write them."""

from collections.abc import Iterable, Sequence
from typing import Any

from shared.domain import keys
from shared.domain.clock import timestamp
from shared.domain.imports.import_job import (
    FileStatus,
    ImportFile,
    ImportHead,
    ImportJob,
    ImportOutput,
    OutputStatus,
)
from shared.services.imports.batches.records import counted_batch, implied_batch
from shared.services.imports.manifest import MAX_HEAD_ITEMS, head_file
from shared.services.records.documents import Documents, put
from tests.unit.services.storage import ANNA

TENANT = ANNA.tenant_id
JOB_ID = "imp_01J0000000000000000000000A"


def import_job(job_id: str = JOB_ID, **changes: Any) -> ImportJob:
    job = ImportJob(
        job_id=job_id, tenant_id=TENANT, user_id=ANNA.user_id, title="A film", created_at=timestamp()
    )
    return job.model_copy(update=changes)


def import_file(ordinal: int, status: FileStatus = FileStatus.PENDING, **changes: Any) -> ImportFile:
    file = ImportFile(
        file_id=f"fil_{ordinal}", job_id=JOB_ID, ordinal=ordinal, file_name="film.mp4", status=status
    )
    return file.model_copy(update=changes)


def import_output(
    source: int, part: int = 0, status: OutputStatus = OutputStatus.PENDING, **changes: Any
) -> ImportOutput:
    output = ImportOutput(
        job_id=JOB_ID,
        file_id=f"fil_{source}",
        file_name="film.mp4",
        source_ordinal=source,
        part_index=part,
        part_count=1,
        source_start_seconds=0.0,
        source_end_seconds=1.0,
        media_id=f"vid_{source}_{part}",
        title=f"Part {part}",
        status=status,
    )
    return output.model_copy(update=changes)


def counted(job: ImportJob, files: Sequence[ImportFile], outputs: Sequence[ImportOutput]) -> ImportJob:
    """Return ``job`` with the counters and the head of these records, as the only batch of a job has them."""
    counts = counted_batch(implied_batch(job.model_copy(update={"head": ImportHead()})), files, outputs)
    head = ImportHead(
        outputs=list(outputs[:MAX_HEAD_ITEMS]),
        failed_files=[head_file(file) for file in files if file.ordinal in counts.failed][:MAX_HEAD_ITEMS],
        skipped_files=[head_file(file) for file in files if file.ordinal in counts.skipped][:MAX_HEAD_ITEMS],
    )
    return job.model_copy(update={"progress": counts.progress, "head": head})


def store(
    documents: Documents,
    job: ImportJob | None = None,
    files: Iterable[ImportFile] = (),
    outputs: Iterable[ImportOutput] = (),
) -> None:
    if job is not None:
        documents.write(put(keys.import_job(TENANT, job.job_id), job))
    for file in files:
        documents.write(put(keys.import_file(TENANT, JOB_ID, file.ordinal), file))
    for output in outputs:
        key = keys.import_output(TENANT, JOB_ID, output.source_ordinal, output.part_index)
        documents.write(put(key, output))


def stored_job(documents: Documents) -> ImportJob:
    job = documents.get(ImportJob, keys.import_job(TENANT, JOB_ID))
    assert job is not None
    return job


def stored_files(documents: Documents) -> list[ImportFile]:
    return documents.every(ImportFile, keys.import_file(TENANT, JOB_ID))


def stored_outputs(documents: Documents) -> list[ImportOutput]:
    return documents.every(ImportOutput, keys.import_output(TENANT, JOB_ID))
