"""The ingest workflow: fetch a source, probe it, plan its parts, make each part playable, register it.

The workflow may be interrupted anywhere and then runs again from the start. It skips steps that the records
show as done, and repeats an unfinished step over its earlier result. The failure of one source is recorded
and does not affect other sources.
"""

import logging
from collections.abc import Callable
from pathlib import Path

from shared.domain import default_index, keys
from shared.domain.errors import DomainError, NotFound, UnsupportedMedia
from shared.domain.ids import imported_media_id
from shared.domain.imports.import_job import (
    FileStatus,
    ImportFile,
    ImportJob,
    ImportOutput,
    ImportPhase,
    ImportStage,
    ImportStatus,
    OutputStatus,
)
from shared.domain.job import JobRequest
from shared.domain.media import Index
from shared.ports.blobs import Blobs
from shared.ports.jobs import Interrupted
from shared.ports.uri_fetcher import UriFetcher
from shared.services.connectors.connections import Connections
from shared.services.imports.ingest.cleanup import ImportCleanup, open_ledger
from shared.services.imports.ingest.failures import SourceFailure, disk_full, is_disk_full
from shared.services.imports.ingest.ledger import ImportLedger
from shared.services.imports.ingest.outcome import failure_of_parts
from shared.services.imports.ingest.part_maker import PartMaker, Source
from shared.services.imports.ingest.registration import register
from shared.services.imports.ingest.transfer import SourceTransfer
from shared.services.imports.limits import ImportLimits
from shared.services.records.documents import Documents

log = logging.getLogger(__name__)

Stopping = Callable[[], bool]


class Ingest:
    """Runs the ingest workflow of import jobs."""

    def __init__(
        self,
        documents: Documents,
        blobs: Blobs,
        fetcher: UriFetcher,
        connections: Connections,
        limits: ImportLimits,
    ) -> None:
        self._documents = documents
        self._blobs = blobs
        self._transfer = SourceTransfer(blobs, fetcher, connections, limits.max_upload_bytes)
        self._parts = PartMaker(blobs, limits)
        self._cleanup = ImportCleanup(documents, blobs)

    def run(self, request: JobRequest, stopping: Stopping) -> None:
        """Run a job.

        Raises: Interrupted, or any unexpected error; the caller retries the job in each case.
        """
        ledger = open_ledger(self._documents, request)
        job = ledger.job()
        if job is None:
            return
        if not job.status.is_terminal:
            ledger.enter_phase(ImportStatus.SCANNING, ImportPhase.SCANNING)
            for file in ledger.files():
                if not file.status.is_terminal:
                    self._import_source(ledger, job, file, stopping)
            ledger.finish()
        self._cleanup.remove_sources(ledger, job)

    def fail(self, request: JobRequest, error: BaseException) -> None:
        """Record the failure of a job that is not retried any more, and delete its unfinished files."""
        self._cleanup.give_up(request, error)

    def _import_source(
        self, ledger: ImportLedger, job: ImportJob, file: ImportFile, stopping: Stopping
    ) -> None:
        try:
            self._make_parts(ledger, job, file, stopping)
        except SourceFailure as failure:
            self._cleanup.end_failed(ledger, job, file, failure)
        except (OSError, UnsupportedMedia) as error:
            if is_disk_full(error):
                log.warning("The disk is full; a source was not imported.", extra={"job_id": job.job_id})
                self._cleanup.end_failed(ledger, job, file, disk_full(ImportStage.MAKE))
            elif isinstance(error, UnsupportedMedia):
                self._cleanup.end_failed(ledger, job, file, _unsupported(error, ImportStage.MAKE))
            else:
                raise

    def _make_parts(self, ledger: ImportLedger, job: ImportJob, file: ImportFile, stopping: Stopping) -> None:
        self._check_index(job)
        first = ImportPhase.FETCHING if file.source_uri else ImportPhase.PROBING
        ledger.enter_phase(ImportStatus.SCANNING, first, file.file_name)
        file = self._transfer.fetch_if_missing(ledger, job, file, stopping)
        with self._blobs.as_file(file.source_key or "") as path:
            ledger.enter_phase(ImportStatus.SCANNING, ImportPhase.PROBING, file.file_name)
            source = self._probe_source(path, file)
            file = self._plan(ledger, job, file, source)
            ledger.enter_phase(ImportStatus.IMPORTING, ImportPhase.MAKING_PLAYABLE, file.file_name)
            for output in ledger.outputs(file):
                if not output.status.is_terminal:
                    self._make_part(ledger, job, source, output, stopping)
        self._finish_file(ledger, file)

    def _probe_source(self, path: Path, file: ImportFile) -> Source:
        try:
            return self._parts.inspect(path, file.file_name)
        except UnsupportedMedia as error:
            raise _unsupported(error, ImportStage.PROBE) from error

    def _plan(self, ledger: ImportLedger, job: ImportJob, file: ImportFile, source: Source) -> ImportFile:
        spans = self._parts.plan(source)
        count = len(spans)
        outputs = [
            ImportOutput(
                job_id=job.job_id,
                file_id=file.file_id,
                file_name=file.file_name,
                source_ordinal=file.ordinal,
                part_index=number,
                part_count=count,
                source_start_seconds=round(start, 3),
                source_end_seconds=round(end, 3),
                media_id=_media_id(job, file.ordinal, number),
                title=job.title if count == 1 else f"{job.title} (part {number + 1} of {count})",
            )
            for number, (start, end) in enumerate(spans)
        ]
        planned = file.model_copy(update={"status": FileStatus.IMPORTING, "part_count": count})
        ledger.plan(planned, outputs)
        return planned

    def _make_part(
        self, ledger: ImportLedger, job: ImportJob, source: Source, output: ImportOutput, stopping: Stopping
    ) -> None:
        if stopping():
            raise Interrupted
        self._check_index(job)
        try:
            media = self._parts.make(job, source, output, stopping)
            done = output.model_copy(update={"status": OutputStatus.COMPLETED})
            register(self._documents, media, ledger.output_write(done))
        except NotFound as error:
            raise _index_deleted() from error
        except UnsupportedMedia as error:
            if output.part_count == 1 or is_disk_full(error):
                raise
            failure = _unsupported(error, ImportStage.MAKE).details()
            failed = output.model_copy(update={"status": OutputStatus.FAILED, "failure": failure})
            self._documents.write(ledger.output_write(failed))
            self._cleanup.discard(job, output)
            log.info("A part cannot be decoded.", extra={"job_id": job.job_id, "part": output.part_index})
        ledger.update_counters()

    def _check_index(self, job: ImportJob) -> None:
        """Avoid work for a deleted index. The transaction that registers a part checks the index again.

        Raises: SourceFailure: the index is deleted or being deleted.
        """
        if job.index_id is None:
            return
        index = self._documents.get(Index, keys.index(job.tenant_id, job.index_id))
        if index is None or index.deleting:
            raise _index_deleted()

    def _finish_file(self, ledger: ImportLedger, file: ImportFile) -> None:
        outputs = ledger.outputs(file)
        failed = sum(output.status is OutputStatus.FAILED for output in outputs)
        ended = file.model_copy()
        ended.status = FileStatus.FAILED if failed else FileStatus.COMPLETED
        ended.parts_completed = (file.part_count or 0) - failed
        ended.parts_failed = failed
        ended.failure = failure_of_parts(outputs)
        ledger.save_file(ended)


def _media_id(job: ImportJob, file_ordinal: int, part: int) -> str:
    """Choose the id of a part. Those of the default index are fixed."""
    if job.tenant_id == default_index.TENANT:
        return default_index.media_id(job.job_id, part)
    return imported_media_id(job.job_id, file_ordinal, part)


def _unsupported(error: DomainError, stage: ImportStage) -> SourceFailure:
    return SourceFailure(error.message, code=error.code, stage=stage, retryable=False)


def _index_deleted() -> SourceFailure:
    return SourceFailure(
        "The index was deleted while this was imported.",
        code="resource_index_not_found",
        stage=ImportStage.REGISTER,
        retryable=False,
    )
