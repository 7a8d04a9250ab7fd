"""The records of one import job. Counters are sums over records, never increments, so that a step that
runs twice counts once."""

from collections.abc import Callable, Sequence

from shared.domain import keys
from shared.domain.clock import timestamp
from shared.domain.imports.import_job import ImportFile, ImportJob, ImportOutput, ImportPhase, ImportStatus
from shared.domain.keys import Key
from shared.ports.records import MAX_WRITES, Write
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
        known = {output.part_index for output in self.outputs(file)}
        missing = [output for output in outputs if output.part_index not in known]
        for start in range(0, len(missing), MAX_WRITES):
            self.documents.write(*map(self.output_write, missing[start : start + MAX_WRITES]))
        self.save_file(file)

    def output_write(self, output: ImportOutput) -> Write:
        key = keys.import_output(self.tenant_id, self.job_id, output.source_ordinal, output.part_index)
        return put(key, output)

    def save_file(self, file: ImportFile) -> None:
        """Write the state of a source file and update the job's counters."""
        self.documents.write(put(keys.import_file(self.tenant_id, self.job_id, file.ordinal), file))
        self.update_counters()

    def update_counters(self) -> None:
        """Compute the job's counters and head from its records."""
        self._recount(lambda job, _: job)

    def finish(self) -> None:
        """End the job: as failed if a source failed and no part was completed, otherwise as completed. Its
        phase, code and sentence say if something failed."""
        self._recount(_ended)
        while remove_part(self.documents, self.tenant_id, self.job_id, NO_MEDIUM):
            continue

    def _update(self, change: Callable[[ImportJob], ImportJob]) -> None:
        def changed(job: ImportJob) -> ImportJob:
            return with_progress_time(job, change(job.model_copy(deep=True)))

        self.documents.update(ImportJob, self._key, changed, further=import_changed)

    def _recount(self, change: Callable[[ImportJob, Sequence[ImportFile]], ImportJob]) -> None:
        """Compute the job's counters and head from its records, and apply ``change``. The transaction that
        ends the job releases its place in the playground."""

        def decide() -> Decision[None]:
            batch = self.documents.batch([self._key])
            job = batch.get(ImportJob, self._key)
            if job is None:
                return Decision(None)
            files = self.files()
            changed = with_progress_time(job, change(with_counters(job, files, self.outputs()), files))
            writes: list[Write] = [put(self._key, changed, expected_version=batch.version(self._key))]
            writes += import_changed(job, changed)
            if changed.status.is_terminal and not job.status.is_terminal:
                writes += release_writes(self.documents, job)
            return Decision(None, writes if changed != job else ())

        self.documents.transact(decide)


def _ended(job: ImportJob, files: Sequence[ImportFile]) -> ImportJob:
    return job if job.status.is_terminal else ended_job(job, files)
