"""The records of one batch of an import job. Counters are sums over records, never increments, so that a
step that runs twice counts once."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from shared.domain import keys
from shared.domain.clock import now, timestamp
from shared.domain.imports.batch import ImportBatch
from shared.domain.imports.import_job import (
    FileStatus,
    ImportFile,
    ImportJob,
    ImportOutput,
    ImportPhase,
    ImportStatus,
    OutputStatus,
)
from shared.domain.keys import Key
from shared.ports.records import ABSENT, MAX_WRITES, Write
from shared.services.imports.batches.part_removal import NO_MEDIUM, remove_part
from shared.services.imports.batches.records import (
    batch_put,
    counted_batch,
    files_of_batch,
    implied_batch,
    outputs_of_batch,
    outputs_of_file,
)
from shared.services.imports.import_events import import_changed, with_progress_time
from shared.services.imports.manifest import Unwritten, changed_job_writes, job_batches, summarised
from shared.services.records.documents import Batch, Documents, put
from shared.services.records.transact import Decision

REFRESH_SECONDS: Final = 1.0
"""Interval between the refreshes of a job of several files, and between looks for its cancellation."""


class ImportLedger:
    """Reads and writes of one job, of one of its batches, and of the batch's source files and parts."""

    def __init__(self, documents: Documents, tenant_id: str, job_id: str, batch_number: int = 0) -> None:
        self.documents = documents
        self.tenant_id = tenant_id
        self.job_id = job_id
        self._key = keys.import_job(tenant_id, job_id)
        self._batch_key = keys.import_batch(tenant_id, job_id, batch_number)
        self._next_phase = self._next_count = self._next_look = 0.0
        self._is_cancelled = False

    def job(self) -> ImportJob | None:
        return self.documents.get(ImportJob, self._key)

    def batch(self) -> ImportBatch | None:
        """Read the batch. Return None if the job does not exist."""
        read = self.documents.batch([self._key, self._batch_key])
        job = read.get(ImportJob, self._key)
        return None if job is None else read.get(ImportBatch, self._batch_key) or implied_batch(job)

    def files(self) -> list[ImportFile]:
        """Read the source files of the batch."""
        batch = self.batch()
        return [] if batch is None else files_of_batch(self.documents, batch)

    def outputs(self, file: ImportFile) -> list[ImportOutput]:
        """Read the planned parts of one source."""
        return outputs_of_file(self.documents, self.tenant_id, self.job_id, file.ordinal)

    def is_cancelled(self) -> bool:
        """Return whether the job is to be cancelled. The record is read at most once a second."""
        if not self._is_cancelled and time.monotonic() >= self._next_look:
            self._next_look = time.monotonic() + REFRESH_SECONDS
            record = self.documents.records.get(self._key)
            self._is_cancelled = record is not None and bool(record.body.get("cancel_requested_at"))
        return self._is_cancelled

    def enter_phase(self, status: ImportStatus, phase: ImportPhase, current_file: str | None = None) -> None:
        """Record the phase of a job that has not ended. Of a job with several files, the phases of its files
        are recorded once a second, and it does not go back from importing to scanning."""
        if time.monotonic() < self._next_phase:
            return

        def change(job: ImportJob) -> ImportJob:
            if job.status.is_terminal or (job.status is ImportStatus.IMPORTING and _was_just_counted(job)):
                return job
            if has_one_file(job) or job.status is not ImportStatus.IMPORTING:
                job.status = status
            job.phase = phase
            job.started_at = job.started_at or timestamp()
            job.progress.current_file = current_file
            return job

        job = self._update(change)
        self._next_phase = 0.0 if job is None or has_one_file(job) else time.monotonic() + REFRESH_SECONDS

    def record_transfer(self, size: int) -> None:
        """Record the bytes of the only source that have arrived. ``update_counters`` replaces them."""

        def change(job: ImportJob) -> ImportJob:
            if has_one_file(job):
                job.progress.bytes_transferred = max(job.progress.bytes_transferred, size)
            return job

        self._update(change)

    def begin(self, file: ImportFile) -> ImportFile:
        """Mark a file as begun, and return it as it is stored."""
        key = self._file_key(file)

        def begun(stored: ImportFile) -> ImportFile:
            if stored.status is FileStatus.PENDING:
                stored.status = FileStatus.IMPORTING
            return stored

        return self.documents.update(ImportFile, key, begun) or file

    def plan(self, file: ImportFile, outputs: Sequence[ImportOutput]) -> None:
        """Write the parts that are not planned yet, then the source file with their number."""
        for start in range(0, len(outputs), MAX_WRITES):
            self._write_missing(outputs[start : start + MAX_WRITES])
        self.save_file(file)

    def reopen(self, outputs: Sequence[ImportOutput]) -> list[ImportOutput]:
        """Return planned parts of an earlier attempt, in which those that failed are pending again."""
        update = {"status": OutputStatus.PENDING, "failure": None}
        failed = [each.model_copy(update=update) for each in outputs if each.status is OutputStatus.FAILED]
        for start in range(0, len(failed), MAX_WRITES):
            self.documents.write(*map(self.output_write, failed[start : start + MAX_WRITES]))
        current = {output.position: output for output in failed}
        return [current.get(output.position, output) for output in outputs]

    def _write_missing(self, outputs: Sequence[ImportOutput]) -> None:
        by_key = {self.output_key(output): output for output in outputs}

        def decide() -> Decision[None]:
            planned = self.documents.batch(by_key)
            missing = [key for key in by_key if planned.version(key) == ABSENT]
            return Decision(None, [put(key, by_key[key], expected_version=ABSENT) for key in missing])

        self.documents.transact(decide)

    def file_write(self, file: ImportFile) -> Write:
        return put(self._file_key(file), file)

    def _file_key(self, file: ImportFile) -> Key:
        return keys.import_file(self.tenant_id, self.job_id, file.ordinal)

    def output_write(self, output: ImportOutput) -> Write:
        return put(self.output_key(output), output)

    def output_key(self, output: ImportOutput) -> Key:
        return keys.import_output(self.tenant_id, self.job_id, output.source_ordinal, output.part_index)

    def save_file(self, file: ImportFile) -> None:
        """Write the state of a source file that has not ended, and count."""
        if time.monotonic() < self._next_count:
            self.save_files([file])
            return
        self.count(file)

    def save_files(self, files: Sequence[ImportFile]) -> None:
        """Write the states of source files, at most those of a batch. A file that has ended stays as it is:
        this worker may have lost its hold of the batch, and another may have imported the file."""

        def decide() -> Decision[None]:
            read = self.documents.batch(map(self._file_key, files))
            return Decision(None, [each for file in files for each in self._open_file_writes(read, file)])

        self.documents.transact(decide)

    def _open_file_writes(self, read: Batch, file: ImportFile) -> list[Write]:
        """Build the write of a file as it was read, unless it has ended, or is deleted."""
        key = self._file_key(file)
        stored = read.get(ImportFile, key)
        if stored is None or stored.status.is_terminal:
            return []
        return [put(key, file, expected_version=read.version(key))]

    def update_counters(self) -> None:
        """Compute the counters of the batch and of the job. Of a job with several files, do so once a
        second."""
        if time.monotonic() >= self._next_count:
            self.count()

    def finish(self) -> None:
        """End the batch, and the job with its last batch. Its phase, code and sentence say if something
        failed."""
        self.count(is_end=True)
        batch = self.batch()
        outputs = [] if batch is None else outputs_of_batch(self.documents, batch)
        for output in outputs:
            if output.media_id == NO_MEDIUM:
                remove_part(self.documents, self.tenant_id, self.job_id, output.source_ordinal, NO_MEDIUM)

    def _update(self, change: Callable[[ImportJob], ImportJob]) -> ImportJob | None:
        def changed(job: ImportJob) -> ImportJob:
            return with_progress_time(job, change(job.model_copy(deep=True)))

        return self.documents.update(ImportJob, self._key, changed, further=import_changed)

    def count(self, saved: ImportFile | None = None, *, is_end: bool = False) -> None:
        """Compute the counters of the batch and the job now. They come from the records, and from the new
        state of a file, which is written too. The transaction that ends the job releases its places in the
        playground. A batch that another worker has ended stays as it is. Of the workers of one job, each
        writes its batch, and one a second the job, so that they do not compete for its record."""

        def decide() -> Decision[ImportJob | None]:
            file_keys = [self._file_key(saved)] if saved else []
            read = self.documents.batch([self._key, self._batch_key, *file_keys])
            job = read.get(ImportJob, self._key)
            if job is None or job.status.is_terminal:
                return Decision(None)
            batch = read.get(ImportBatch, self._batch_key) or implied_batch(job)
            if batch.has_ended:
                return Decision(None)
            saving = self._open_file_writes(read, saved) if saved else []
            current = saved if saving else None
            counted = self._counted(batch, current)
            counted.has_ended = is_end
            batch_writes = _changed_batch_writes(batch, counted, read.version(self._batch_key))
            if not is_end and _was_just_counted(job):
                return Decision(job, [*saving, *batch_writes])
            others = [each for each in job_batches(self.documents, job) if each.number != batch.number]
            unwritten = Unwritten(files=[current] if current else [])
            changed = summarised(self.documents, job, [*others, counted], unwritten)
            if not has_one_file(job):
                changed.counted_at = timestamp()
            job_writes = changed_job_writes(self.documents, job, changed, read.version(self._key))
            return Decision(changed, [*saving, *batch_writes, *job_writes])

        job = self.documents.transact(decide)
        self._next_count = 0.0 if job is None or has_one_file(job) else time.monotonic() + REFRESH_SECONDS

    def _counted(self, batch: ImportBatch, saved: ImportFile | None) -> ImportBatch:
        files = {file.ordinal: file for file in files_of_batch(self.documents, batch)}
        if saved is not None:
            files[saved.ordinal] = saved
        return counted_batch(batch, list(files.values()), outputs_of_batch(self.documents, batch))


def _changed_batch_writes(batch: ImportBatch, counted: ImportBatch, version: int) -> list[Write]:
    return [] if counted == batch else [batch_put(counted, version)]


def _was_just_counted(job: ImportJob) -> bool:
    """Return whether a worker of the job has written its counters within the last second."""
    if not job.counted_at:
        return False
    return (now() - datetime.fromisoformat(job.counted_at)).total_seconds() < REFRESH_SECONDS


def has_one_file(job: ImportJob) -> bool:
    return job.is_listed and job.progress.total_files <= 1
