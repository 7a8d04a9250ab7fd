"""Cleanup of imports: record failures, and delete files that no medium uses."""

from __future__ import annotations

from shared.domain import blob_keys
from shared.domain.errors import DomainError, WriteRejected
from shared.domain.imports.import_job import (
    FileStatus,
    ImportFile,
    ImportJob,
    ImportOutput,
    ImportPhase,
    OutputStatus,
)
from shared.domain.job import JobRequest
from shared.ports.blobs import Blobs
from shared.services.imports.ingest.failures import SourceFailure, disk_full, is_disk_full
from shared.services.imports.ingest.ledger import ImportLedger
from shared.services.records.documents import Documents


class ImportCleanup:
    """Ends failed sources and removes stored files. It needs no decoder, so that functions without decoders
    can give up an import."""

    def __init__(self, documents: Documents, blobs: Blobs) -> None:
        self._documents = documents
        self._blobs = blobs

    def give_up(self, request: JobRequest, error: BaseException) -> None:
        """End a job that is not retried any more: each source that has not ended fails with ``error``."""
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
        """Delete the source files of a job, wherever they are below ``imports/``."""
        folder = blob_keys.import_folder(job.tenant_id, job.job_id)
        for file in ledger.files():
            if file.source_key is not None and not file.source_key.startswith(folder):
                self._blobs.delete(file.source_key)
        self._blobs.delete_prefix(folder)

    def end_failed(
        self, ledger: ImportLedger, job: ImportJob, file: ImportFile, failure: SourceFailure
    ) -> None:
        """Record the failure of a source. Its unfinished parts fail, and their files are deleted."""
        outputs = ledger.outputs(file)
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

    def discard(self, job: ImportJob, output: ImportOutput) -> None:
        """Delete the stored files of a part that will not be registered."""
        self._blobs.delete_prefix(blob_keys.media_folder(job.tenant_id, output.media_id))


def open_ledger(documents: Documents, request: JobRequest) -> ImportLedger:
    return ImportLedger(documents, request.arguments["tenant_id"], request.arguments["import_job_id"])


def _failure(error: BaseException, phase: ImportPhase) -> SourceFailure:
    if isinstance(error, SourceFailure):
        return error
    if is_disk_full(error):
        return disk_full(phase)
    message, code = "The import failed for an internal reason.", "internal_error"
    if isinstance(error, DomainError) and not isinstance(error, WriteRejected):
        message, code = error.message, error.code
    return SourceFailure(message, code=code, stage=phase, retryable=True)
