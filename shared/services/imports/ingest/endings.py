"""How an import ends that did not get through: said in the records, with nothing left half done."""

from __future__ import annotations

from shared.domain import blob_keys
from shared.domain.errors import DomainError, WriteRejected
from shared.domain.import_job import (
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


class ImportEndings:
    """Needs no decoder, so that a function without any can give an import up."""

    def __init__(self, documents: Documents, blobs: Blobs) -> None:
        self._documents = documents
        self._blobs = blobs

    def give_up(self, request: JobRequest, error: BaseException) -> None:
        """The job will not be run again: every source that has not ended, fails."""
        ledger = ledger_of(self._documents, request)
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
        """The files as they were sent, wherever below ``imports/`` they lie."""
        folder = blob_keys.import_folder(job.tenant_id, job.job_id)
        for file in ledger.files():
            if file.source_key is not None and not file.source_key.startswith(folder):
                self._blobs.delete(file.source_key)
        self._blobs.delete_prefix(folder)

    def end_failed(
        self, ledger: ImportLedger, job: ImportJob, file: ImportFile, failure: SourceFailure
    ) -> None:
        """End a source whose unfinished parts will never be made."""
        outputs = ledger.outputs(file)
        for output in outputs:
            if not output.status.is_terminal:
                failed = output.model_copy(update={"status": OutputStatus.FAILED})
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
        """Remove what was stored for a part that will not be registered."""
        self._blobs.delete_prefix(blob_keys.media_folder(job.tenant_id, output.media_id))


def ledger_of(documents: Documents, request: JobRequest) -> ImportLedger:
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
