"""Cleanup of imports: record failures, and delete files that no medium uses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from shared.domain import blob_keys, keys
from shared.domain.errors import DomainError, WriteRejected
from shared.domain.imports.import_job import (
    FileStatus,
    ImportFile,
    ImportJob,
    ImportOutput,
    ImportPhase,
    ImportStage,
    OutputStatus,
)
from shared.domain.job import JobRequest
from shared.ports.blobs import Blobs
from shared.ports.records import MAX_WRITES, Delete
from shared.services.imports.batches.requests import batch_number
from shared.services.imports.ingest.failures import SourceFailure, disk_full, is_disk_full
from shared.services.imports.ingest.ledger import ImportLedger
from shared.services.imports.ingest.planned_parts import part_media_id
from shared.services.records.documents import Documents

CANCELLED: Final = "cancelled"
"""The reason of a file that is skipped because its job was cancelled."""


class ImportCleanup:
    """Ends failed sources and removes stored files. It needs no decoder, so that functions without decoders
    can give up an import."""

    def __init__(self, documents: Documents, blobs: Blobs) -> None:
        self._documents = documents
        self._blobs = blobs

    def give_up(self, request: JobRequest, error: BaseException) -> None:
        """End a batch that is not retried any more: each source that has not ended fails with ``error``."""
        ledger = open_ledger(self._documents, request)
        job = ledger.job()
        if job is None or job.status.is_terminal:
            return
        failure = _failure(error, job.phase)
        for file in ledger.files():
            if not file.status.is_terminal:
                self.end_failed(ledger, job, file, failure)
        ledger.finish()
        self.remove_sources(ledger, job)

    def remove_sources(self, ledger: ImportLedger, job: ImportJob) -> None:
        """Delete the source files of a batch, wherever they are below ``imports/``."""
        folder = blob_keys.import_folder(job.tenant_id, job.job_id)
        has_one_batch = job.is_listed and job.batch_count <= 1
        for file in ledger.files():
            if file.source_key is not None and not (has_one_batch and file.source_key.startswith(folder)):
                self._blobs.delete(file.source_key)
        if has_one_batch:
            self._blobs.delete_prefix(folder)

    def end_failed(
        self, ledger: ImportLedger, job: ImportJob, file: ImportFile, failure: SourceFailure
    ) -> None:
        """Record the failure of a source. Its unfinished parts fail, and their files are deleted. A file that
        another worker has ended stays as it is."""
        if not self._is_open(job, file):
            return
        outputs = ledger.outputs(file)
        if not outputs:
            self._discard_unplanned(job, file)
        for output in outputs:
            if not output.status.is_terminal:
                update = {"status": OutputStatus.FAILED, "failure": failure.details()}
                failed = output.model_copy(update=update)
                self._documents.write(ledger.output_write(failed))
                self.discard(job, output)
        completed = sum(output.status.became_medium for output in outputs)
        ended = file.model_copy()
        ended.status = FileStatus.FAILED
        ended.failure = failure.details()
        ended.part_count = len(outputs) or None
        ended.parts_completed = completed if outputs else None
        ended.parts_failed = len(outputs) - completed if outputs else None
        ledger.save_file(ended)

    def cancel(self, ledger: ImportLedger, job: ImportJob, files: Sequence[ImportFile]) -> None:
        """End the files of a cancelled job. Parts that are completed stay; a file without any is skipped.

        Only the first file, and those that are marked, may have been begun.
        """
        skipped: list[ImportFile] = []
        for file in files:
            is_marked = file.status is FileStatus.IMPORTING or file.part_count is not None
            may_have_begun = is_marked or file is files[0]
            outputs = ledger.outputs(file) if may_have_begun else []
            if may_have_begun and not outputs:
                self._discard_unplanned(job, file)
            if any(output.status.became_medium for output in outputs):
                self.end_failed(ledger, job, file, _cancelled())
                continue
            self._delete_parts(ledger, job, outputs)
            skipped.append(_skipped(file, CANCELLED))
        for start in range(0, len(skipped), MAX_WRITES):
            ledger.save_files(skipped[start : start + MAX_WRITES])

    def skip(self, ledger: ImportLedger, job: ImportJob, file: ImportFile, reason: str) -> None:
        """Skip a file of which no part is completed. What is stored of it is deleted. A file that another
        worker has ended stays as it is."""
        if not self._is_open(job, file):
            return
        outputs = ledger.outputs(file)
        if not outputs:
            self._discard_unplanned(job, file)
        self._delete_parts(ledger, job, outputs)
        ledger.save_file(_skipped(file, reason))

    def _is_open(self, job: ImportJob, file: ImportFile) -> bool:
        stored = self._documents.get(ImportFile, keys.import_file(job.tenant_id, job.job_id, file.ordinal))
        return stored is not None and not stored.status.is_terminal

    def _delete_parts(self, ledger: ImportLedger, job: ImportJob, outputs: Sequence[ImportOutput]) -> None:
        for output in outputs:
            self.discard(job, output)
            self._documents.write(Delete(ledger.output_key(output)))

    def discard(self, job: ImportJob, output: ImportOutput) -> None:
        """Delete the stored files of a part that will not be registered."""
        self._discard(job, output.media_id)

    def _discard_unplanned(self, job: ImportJob, file: ImportFile) -> None:
        """Delete what is stored of a picture, whose part is recorded only when it is completed."""
        self._discard(job, part_media_id(job, file.ordinal, 0))

    def _discard(self, job: ImportJob, media_id: str) -> None:
        self._blobs.delete_prefix(blob_keys.media_folder(job.tenant_id, media_id))


def open_ledger(documents: Documents, request: JobRequest) -> ImportLedger:
    tenant_id, job_id = request.arguments["tenant_id"], request.arguments["import_job_id"]
    return ImportLedger(documents, tenant_id, job_id, batch_number(request))


def _skipped(file: ImportFile, reason: str) -> ImportFile:
    changes = {"status": FileStatus.SKIPPED, "skip_reason": reason, "part_count": None}
    return file.model_copy(update=changes)


def _cancelled() -> SourceFailure:
    return SourceFailure(
        "The import was cancelled before all parts of this file were imported.",
        code=CANCELLED,
        stage=ImportStage.MAKE,
        retryable=True,
    )


def _failure(error: BaseException, phase: ImportPhase) -> SourceFailure:
    if isinstance(error, SourceFailure):
        return error
    if is_disk_full(error):
        return disk_full(phase)
    message, code = "The import failed for an internal reason.", "internal_error"
    if isinstance(error, DomainError) and not isinstance(error, WriteRejected):
        message, code = error.message, error.code
    return SourceFailure(message, code=code, stage=phase, retryable=True)
