"""Removal of parts from the manifest of an import job, once their media are deleted."""

from dataclasses import dataclass
from typing import Final

from shared.domain import keys
from shared.domain.imports.batch import ImportBatch
from shared.domain.imports.import_job import ImportFile, ImportJob, ImportOutput, OutputStatus
from shared.ports.records import Delete, Write
from shared.services.imports.batches.records import (
    batch_put,
    counted_batch,
    file_key,
    files_of_batch,
    implied_batch,
    output_key,
    outputs_of_batch,
    outputs_of_file,
)
from shared.services.imports.manifest import Unwritten, changed_job_writes, job_batches, summarised
from shared.services.records.documents import Documents, put
from shared.services.records.transact import Decision

NO_MEDIUM: Final = ""
"""The media id of a part whose medium was deleted."""


def remove_part(documents: Documents, tenant_id: str, job_id: str, ordinal: int, media_id: str) -> bool:
    """Remove a part of the source file ``ordinal`` whose medium is deleted. Return False if there is none.

    Of a batch that has ended, the part's record is deleted, and with the last part of a file the file's
    record; the counters stay. Of a running batch, the part's record stays without a media id, so that the
    part is not created again.

    Raises:
        VersionConflict: each of 20 attempts failed with one.
    """
    removal = _Removal(documents, tenant_id, job_id, ordinal, media_id)
    return documents.transact(removal.decide)


@dataclass(frozen=True, slots=True)
class _Found:
    """The records of a removal, with the versions of those that it writes."""

    job: ImportJob
    job_version: int
    batch: ImportBatch
    batch_version: int
    outputs: list[ImportOutput]
    removed: ImportOutput


class _Removal:
    def __init__(
        self, documents: Documents, tenant_id: str, job_id: str, ordinal: int, media_id: str
    ) -> None:
        self._documents = documents
        self._job_key = keys.import_job(tenant_id, job_id)
        self._file_key = keys.import_file(tenant_id, job_id, ordinal)
        self._ordinal = ordinal
        self._media_id = media_id

    def decide(self) -> Decision[bool]:
        found = self._find()
        if found is None:
            return Decision(False)
        return Decision(True, self._after_end(found) if found.batch.has_ended else self._while_running(found))

    def _find(self) -> _Found | None:
        read = self._documents.batch([self._job_key, self._file_key])
        job, file = read.get(ImportJob, self._job_key), read.get(ImportFile, self._file_key)
        if job is None:
            return None
        outputs = outputs_of_file(self._documents, job.tenant_id, job.job_id, self._ordinal)
        removed = next((each for each in outputs if each.media_id == self._media_id), None)
        if removed is None:
            return None
        key = keys.import_batch(job.tenant_id, job.job_id, file.batch if file else 0)
        stored = self._documents.batch([key])
        batch = stored.get(ImportBatch, key) or implied_batch(job)
        return _Found(job, read.version(self._job_key), batch, stored.version(key), outputs, removed)

    def _while_running(self, found: _Found) -> list[Write]:
        update = {"status": OutputStatus.DELETED, "title": "", "media_id": NO_MEDIUM}
        deleted = found.removed.model_copy(update=update)
        outputs = outputs_of_batch(self._documents, found.batch)
        kept = [deleted if each.position == deleted.position else each for each in outputs]
        counted = counted_batch(found.batch, files_of_batch(self._documents, found.batch), kept)
        unwritten = Unwritten(outputs=[deleted])
        return [
            put(output_key(found.job, deleted), deleted),
            *self._changed(found, found.job, counted, unwritten),
        ]

    def _after_end(self, found: _Found) -> list[Write]:
        job, batch = found.job.model_copy(), found.batch.model_copy()
        writes: list[Write] = [Delete(output_key(job, found.removed))]
        job.parts_deleted += 1
        batch.parts_deleted += 1
        if len(found.outputs) == 1:
            writes.append(Delete(file_key(job, self._ordinal)))
            job.files_deleted += 1
            batch.files_deleted += 1
            batch.failed = [each for each in batch.failed if each != self._ordinal]
            batch.skipped = [each for each in batch.skipped if each != self._ordinal]
        return [*writes, *self._changed(found, job, batch, Unwritten(removed=[found.removed]))]

    def _changed(
        self, found: _Found, job: ImportJob, batch: ImportBatch, unwritten: Unwritten
    ) -> list[Write]:
        others = [each for each in job_batches(self._documents, job) if each.number != batch.number]
        changed = summarised(self._documents, job, [*others, batch], unwritten)
        if not changed.head.outputs:
            changed.title = ""
        return [
            batch_put(batch, found.batch_version),
            *changed_job_writes(self._documents, found.job, changed, found.job_version),
        ]
