"""The records of one import job. Counters are sums over records, never increments, so that a step that
runs twice counts once."""

from collections.abc import Callable, Sequence

from shared.domain import keys
from shared.domain.clock import timestamp
from shared.domain.imports.import_job import ImportFile, ImportJob, ImportOutput, ImportPhase, ImportStatus
from shared.domain.keys import Key
from shared.ports.records import ABSENT, MAX_WRITES, Write
from shared.services.imports.import_events import import_changed, with_progress_time
from shared.services.imports.ingest.outcome import ended_job
from shared.services.imports.manifest import NO_MEDIUM, remove_part, with_counters
from shared.services.library.playground_size import release_writes
from shared.services.records.documents import Documents, put
from shared.services.records.transact import Decision


class ImportLedger:
    """Reads and writes of one job, its source files and its parts."""

    def __init__(self, documents: Documents, tenant_id: str, job_id: str) -> None:
        self.documents = documents
        self.tenant_id = tenant_id
        self.job_id = job_id
        self._key = keys.import_job(tenant_id, job_id)

    def job(self) -> ImportJob | None:
        return self.documents.get(ImportJob, self._key)

    def files(self) -> list[ImportFile]:
        return self.documents.every(ImportFile, keys.import_file(self.tenant_id, self.job_id))

    def outputs(self, file: ImportFile | None = None) -> list[ImportOutput]:
        """Read all planned parts, or those of one source."""
        partition = keys.import_output(self.tenant_id, self.job_id)
        prefix = "" if file is None else f"{file.ordinal:06d}#"
        return self.documents.every(ImportOutput, Key(partition.partition, prefix))

    def enter_phase(self, status: ImportStatus, phase: ImportPhase, current_file: str | None = None) -> None:
        """Record the phase of a job that has not ended."""

        def change(job: ImportJob) -> ImportJob:
            if job.status.is_terminal:
                return job
            job.status = status
            job.phase = phase
            job.started_at = job.started_at or timestamp()
            job.progress.current_file = current_file
            return job

        self._update(change)

    def record_transfer(self, size: int) -> None:
        """Record the bytes of a source that have arrived. The next ``update_counters`` replaces them."""

        def change(job: ImportJob) -> ImportJob:
            job.progress.bytes_transferred = max(job.progress.bytes_transferred, size)
            return job

        self._update(change)

    def plan(self, file: ImportFile, outputs: Sequence[ImportOutput]) -> None:
        """Write the parts that are not planned yet, then the source file with their number."""
        for start in range(0, len(outputs), MAX_WRITES):
            self._write_missing(outputs[start : start + MAX_WRITES])
        self.save_file(file)

    def _write_missing(self, outputs: Sequence[ImportOutput]) -> None:
        by_key = {self._output_key(output): output for output in outputs}

        def decide() -> Decision[None]:
            planned = self.documents.batch(by_key)
            missing = [key for key in by_key if planned.version(key) == ABSENT]
            return Decision(None, [put(key, by_key[key], expected_version=ABSENT) for key in missing])

        self.documents.transact(decide)

    def output_write(self, output: ImportOutput) -> Write:
        return put(self._output_key(output), output)

    def _output_key(self, output: ImportOutput) -> Key:
        return keys.import_output(self.tenant_id, self.job_id, output.source_ordinal, output.part_index)

    def save_file(self, file: ImportFile) -> None:
        """Write the state of a source file together with the job's counters."""
        self._recount(lambda job, _: job, file)

    def update_counters(self) -> None:
        """Compute the job's counters and head from its records."""
        self._recount(lambda job, _: job)

    def finish(self) -> None:
        """End the job: as failed if a source failed and no part was completed, otherwise as completed. Its
        phase, code and sentence say if something failed."""
        self._recount(ended_job)
        while remove_part(self.documents, self.tenant_id, self.job_id, NO_MEDIUM):
            continue

    def _update(self, change: Callable[[ImportJob], ImportJob]) -> None:
        def changed(job: ImportJob) -> ImportJob:
            return with_progress_time(job, change(job.model_copy(deep=True)))

        self.documents.update(ImportJob, self._key, changed, further=import_changed)

    def _recount(
        self,
        change: Callable[[ImportJob, Sequence[ImportFile]], ImportJob],
        saved: ImportFile | None = None,
    ) -> None:
        """Compute the job's counters and head from its records and from the new state of a file, which is
        written too, and apply ``change``. The transaction that ends the job releases its place in the
        playground. A job that another worker has ended stays as it is."""

        def decide() -> Decision[None]:
            batch = self.documents.batch([self._key])
            job = batch.get(ImportJob, self._key)
            if job is None or job.status.is_terminal:
                return Decision(None)
            stored = {file.ordinal: file for file in self.files()}
            files = list((stored | ({saved.ordinal: saved} if saved else {})).values())
            changed = with_progress_time(job, change(with_counters(job, files, self.outputs()), files))
            writes: list[Write] = []
            if changed != job:
                writes.append(put(self._key, changed, expected_version=batch.version(self._key)))
                writes += import_changed(job, changed)
            if saved:
                writes.append(put(keys.import_file(self.tenant_id, self.job_id, saved.ordinal), saved))
            if changed.status.is_terminal:
                writes += release_writes(self.documents, job)
            return Decision(None, writes)

        self.documents.transact(decide)
