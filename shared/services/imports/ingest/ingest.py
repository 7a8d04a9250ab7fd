"""The ingest workflow, over the files of one batch of an import job: fetch a source, probe it, plan its
parts, make each part playable, register it.

The workflow may be interrupted anywhere and then runs again from the start. It skips steps that the records
show as done, and repeats an unfinished step over its earlier result. The failure of one source is recorded
and does not affect other sources. An unexpected error of one source is raised after the other sources, and a
source that may have ended the process comes last, so that only such sources are given up in the end.
"""

import logging
import time
from collections.abc import Callable
from pathlib import Path

from shared.domain import keys
from shared.domain.errors import DomainError, NotFound, UnsupportedMedia
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
from shared.domain.media import Index, MediaType
from shared.ports.blobs import Blobs
from shared.ports.jobs import Interrupted, TurnOver
from shared.ports.records import Write
from shared.ports.uri_fetcher import UriFetcher
from shared.services.connectors.connections import Connections
from shared.services.imports.imported_objects import (
    ALREADY_IMPORTED,
    ImportedMeanwhile,
    first_import_writes,
    remember_object,
    was_imported_meanwhile,
)
from shared.services.imports.ingest.cleanup import ImportCleanup, open_ledger
from shared.services.imports.ingest.failures import SourceFailure, disk_full, is_disk_full
from shared.services.imports.ingest.ledger import ImportLedger
from shared.services.imports.ingest.part_maker import PartMaker, Source
from shared.services.imports.ingest.planned_parts import ended_file, planned_outputs
from shared.services.imports.ingest.registration import register
from shared.services.imports.ingest.transfer import Sources, SourceTransfer
from shared.services.imports.limits import TURN_SECONDS, ImportLimits
from shared.services.records.documents import Documents

log = logging.getLogger(__name__)

Stopping = Callable[[], bool]


class Ingest:
    """Imports the batches of import jobs."""

    def __init__(
        self,
        documents: Documents,
        blobs: Blobs,
        fetcher: UriFetcher,
        connections: Connections,
        limits: ImportLimits,
        *,
        turn_seconds: float = TURN_SECONDS,
    ) -> None:
        self._documents = documents
        self._turn_seconds = turn_seconds
        self._blobs = blobs
        self._transfer = SourceTransfer(blobs, fetcher, connections, limits.max_upload_bytes)
        self._parts = PartMaker(blobs, limits)
        self._cleanup = ImportCleanup(documents, blobs)

    def run(self, request: JobRequest, stopping: Stopping) -> None:
        """Import a batch.

        Raises: Interrupted. TurnOver: this batch has had its turn. Or the first unexpected error; the caller
            retries the job in each case.
        """
        ledger = open_ledger(self._documents, request)
        job, batch = ledger.job(), ledger.batch()
        if job is None or batch is None:
            return
        if not job.status.is_terminal and not batch.has_ended:
            ledger.enter_phase(ImportStatus.SCANNING, ImportPhase.SCANNING)
            with self._transfer.connected(job) as sources:
                self._import_sources(ledger, job, sources, stopping, was_killed=request.starts > 1)
            ledger.finish()
        self._cleanup.remove_sources(ledger, job)

    def fail(self, request: JobRequest, error: BaseException) -> None:
        """Record the failure of a job that is not retried any more, and delete its unfinished files."""
        self._cleanup.give_up(request, error)

    def _import_sources(
        self,
        ledger: ImportLedger,
        job: ImportJob,
        sources: Sources,
        stopping: Stopping,
        *,
        was_killed: bool,
    ) -> None:
        """Import the files of a batch. Those that an earlier attempt has begun come last. A turn may end
        between two files. At least one file has ended in it, so that the files that fail unexpectedly are
        left in the end, and use up the attempts of the job.

        ``was_killed``: the process ended during an earlier attempt. Each file is then marked before it is
        begun, because it may be the reason.
        """
        files = [file for file in ledger.files() if not file.status.is_terminal]
        files.sort(key=lambda file: file.status is FileStatus.IMPORTING)
        end_of_turn = time.monotonic() + self._turn_seconds
        failed: list[ImportFile] = []
        errors: list[Exception] = []
        for number, file in enumerate(files):
            if ledger.is_cancelled():
                self._cleanup.cancel(ledger, job, [*failed, *files[number:]])
                return
            if number > len(failed) and time.monotonic() >= end_of_turn:
                ledger.count()
                raise TurnOver
            try:
                begun = ledger.begin(file) if was_killed else file
                self._import_source(ledger, job, begun, sources, stopping)
            except Interrupted:
                raise
            except Exception as error:
                log.warning("A source failed unexpectedly.", exc_info=error, extra={"job_id": job.job_id})
                failed.append(ledger.begin(file))
                errors.append(error)
        if errors:
            raise errors[0]

    def _import_source(
        self, ledger: ImportLedger, job: ImportJob, file: ImportFile, sources: Sources, stopping: Stopping
    ) -> None:
        if file.part_count is None and was_imported_meanwhile(self._documents, job, file):
            self._cleanup.skip(ledger, job, file, ALREADY_IMPORTED)
            return
        try:
            self._make_parts(ledger, job, file, sources, lambda: stopping() or ledger.is_cancelled())
        except ImportedMeanwhile:
            self._cleanup.skip(ledger, job, file, ALREADY_IMPORTED)
        except Interrupted:
            if stopping() or not ledger.is_cancelled():
                raise
            self._cleanup.cancel(ledger, job, [file])
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

    def _make_parts(
        self, ledger: ImportLedger, job: ImportJob, file: ImportFile, sources: Sources, stopping: Stopping
    ) -> None:
        self._check_index(job)
        first = ImportPhase.FETCHING if file.source_uri else ImportPhase.PROBING
        ledger.enter_phase(ImportStatus.SCANNING, first, file.file_name)
        with sources.local_file(ledger, job, file, stopping) as (found, path):
            ledger.enter_phase(ImportStatus.SCANNING, ImportPhase.PROBING, file.file_name)
            source = self._probe_source(path, found)
            planned, outputs = self._plan(ledger, job, found, source)
            ledger.enter_phase(ImportStatus.IMPORTING, ImportPhase.MAKING_PLAYABLE, file.file_name)
            for output in outputs:
                if not output.status.is_terminal:
                    self._make_part(ledger, job, planned, source, output, stopping)
        if len(outputs) > 1 or outputs[0].status.is_terminal:
            self._finish_file(ledger, job, planned)

    def _probe_source(self, path: Path, file: ImportFile) -> Source:
        try:
            return self._parts.inspect(path, file.file_name)
        except UnsupportedMedia as error:
            raise _unsupported(error, ImportStage.PROBE) from error

    def _plan(
        self, ledger: ImportLedger, job: ImportJob, file: ImportFile, source: Source
    ) -> tuple[ImportFile, list[ImportOutput]]:
        """Return the file and its parts. Those of an earlier attempt stay; what failed in it is done again.

        A picture is made at once, so that its part is first written when it is completed.
        """
        known = ledger.outputs(file) if file.part_count is not None else []
        if file.status is FileStatus.IMPORTING and known:
            return file, known
        outputs = ledger.reopen(known) or planned_outputs(job, file, self._parts.plan(source))
        planned = file.model_copy(
            update={"status": FileStatus.IMPORTING, "part_count": file.part_count or len(outputs)}
        )
        if known or source.probe.media_type is not MediaType.IMAGE:
            ledger.plan(planned, outputs)
        return planned, outputs

    def _make_part(
        self,
        ledger: ImportLedger,
        job: ImportJob,
        file: ImportFile,
        source: Source,
        output: ImportOutput,
        stopping: Stopping,
    ) -> None:
        if stopping():
            raise Interrupted
        self._check_index(job)
        try:
            media = self._parts.make(job, source, output, stopping)
            register(self._documents, media, lambda: self._part_writes(ledger, job, file, output))
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

    def _part_writes(
        self, ledger: ImportLedger, job: ImportJob, file: ImportFile, output: ImportOutput
    ) -> list[Write]:
        """Build the writes that complete a part, and a file of one part. Raises: ImportedMeanwhile."""
        completed = {"status": OutputStatus.COMPLETED, "failure": None, "attempt": job.attempt}
        done = output.model_copy(update=completed)
        writes = [ledger.output_write(done)]
        if output.part_count == 1:
            ended = ended_file(file, [done])
            writes += [ledger.file_write(ended), *first_import_writes(self._documents, job, ended)]
        return writes

    def _check_index(self, job: ImportJob) -> None:
        """Avoid work for a deleted index. The transaction that registers a part checks the index again.

        Raises: SourceFailure: the index is deleted or being deleted.
        """
        if job.index_id is None:
            return
        index = self._documents.get(Index, keys.index(job.tenant_id, job.index_id))
        if index is None or index.deleting:
            raise _index_deleted()

    def _finish_file(self, ledger: ImportLedger, job: ImportJob, file: ImportFile) -> None:
        ended = ended_file(file, ledger.outputs(file))
        if ended.status is FileStatus.COMPLETED:
            remember_object(self._documents, job, ended, ledger.file_write(ended))
        ledger.save_file(ended)


def _unsupported(error: DomainError, stage: ImportStage) -> SourceFailure:
    return SourceFailure(error.message, code=error.code, stage=stage, retryable=False)


def _index_deleted() -> SourceFailure:
    return SourceFailure(
        "The index was deleted while this was imported.",
        code="resource_index_not_found",
        stage=ImportStage.REGISTER,
        retryable=False,
    )
