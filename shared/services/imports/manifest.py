"""Manifest of an import job: counters and head, computed from its batches, and its end.

The job contains them, so that an answer about a job, or about a list of jobs, reads nothing else. They are
computed under the job's version, and each change of a batch writes the job too, so that the batch that ends
last ends the job.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from shared.domain import keys
from shared.domain.imports.batch import ImportBatch
from shared.domain.imports.import_job import ImportFile, ImportHead, ImportJob, ImportOutput, ImportProgress
from shared.ports.records import Write
from shared.services.imports.import_events import import_changed, with_progress_time
from shared.services.imports.outcome import ended_job
from shared.services.library.playground_size import release_writes
from shared.services.records.documents import Documents, put

ImportItem = TypeVar("ImportItem", ImportFile, ImportOutput)

MAX_HEAD_ITEMS: Final = 100
"""The number of parts, of failed files and of skipped files that the head contains at most."""

_MAX_HEAD_BYTES: Final = 100_000
"""Limit of each list of the head. A record has at most 400 KB."""

_SUMMED: Final = (
    "total_files",
    "imported",
    "failed",
    "skipped",
    "bytes_transferred",
    "parts_total",
    "parts_completed",
    "parts_failed",
)


def job_batches(documents: Documents, job: ImportJob) -> list[ImportBatch]:
    """Read the batches of a job, in their order."""
    return documents.every(ImportBatch, keys.import_batch(job.tenant_id, job.job_id))


@dataclass(frozen=True, slots=True)
class Unwritten:
    """Records in the state that the same transaction writes. ``removed`` are outputs that it deletes."""

    files: Sequence[ImportFile] = ()
    outputs: Sequence[ImportOutput] = ()
    removed: Sequence[ImportOutput] = ()


_NOTHING: Final = Unwritten()


def summarised(
    documents: Documents,
    job: ImportJob,
    batches: Sequence[ImportBatch],
    unwritten: Unwritten = _NOTHING,
) -> ImportJob:
    """Return ``job`` with counters and head of its batches, and ended if there is no more to do."""
    progress = ImportProgress(current_file=job.progress.current_file)
    for name in _SUMMED:
        setattr(progress, name, sum(getattr(batch.progress, name) for batch in batches))
    head = ImportHead(
        outputs=_head_outputs(documents, job, unwritten),
        failed_files=_head_files(documents, job, (o for b in batches for o in b.failed), unwritten),
        skipped_files=_head_files(documents, job, (o for b in batches for o in b.skipped), unwritten),
    )
    ended = sum(batch.has_ended for batch in batches)
    counted = job.model_copy(update={"progress": progress, "head": head, "batches_ended": ended})
    is_over = job.is_planned and ended == len(batches)
    return ended_job(counted) if is_over and not job.status.is_terminal else counted


def changed_job_writes(
    documents: Documents, before: ImportJob, after: ImportJob, version: int
) -> list[Write]:
    """Build the writes of a changed job: with its event, and at its end with the release of its places."""
    if after == before:
        return []
    after = with_progress_time(before, after)
    key = keys.import_job(before.tenant_id, before.job_id)
    writes: list[Write] = [put(key, after, expected_version=version), *import_changed(before, after)]
    if after.status.is_terminal and not before.status.is_terminal:
        writes += release_writes(documents, before)
    return writes


def head_file(file: ImportFile) -> ImportFile:
    """Return a file as the head shows it: without where it came from."""
    hidden = {"source_uri": None, "source_key": None, "version": None, "fingerprint": None, "title": ""}
    return file.model_copy(update=hidden)


def _head_outputs(documents: Documents, job: ImportJob, unwritten: Unwritten) -> list[ImportOutput]:
    removed = {output.position for output in unwritten.removed}
    current = {output.position: output for output in unwritten.outputs}
    partition = keys.import_output(job.tenant_id, job.job_id)
    page = documents.page(ImportOutput, partition, limit=MAX_HEAD_ITEMS + len(removed))
    left = [current.get(each.position, each) for each in page.items if each.position not in removed]
    return _bounded(left[:MAX_HEAD_ITEMS])


def _head_files(
    documents: Documents, job: ImportJob, ordinals: Iterable[int], unwritten: Unwritten
) -> list[ImportFile]:
    first = sorted(ordinals)[:MAX_HEAD_ITEMS]
    current = {file.ordinal: file for file in unwritten.files}
    stored = [keys.import_file(job.tenant_id, job.job_id, each) for each in first if each not in current]
    current |= {file.ordinal: file for file in documents.get_many(ImportFile, stored)} if stored else {}
    return _bounded([head_file(current[each]) for each in first if each in current])


def _bounded(items: list[ImportItem]) -> list[ImportItem]:
    """Return the first items that have at most ``_MAX_HEAD_BYTES`` together."""
    size = 0
    for number, item in enumerate(items):
        size += len(item.model_dump_json().encode())
        if size > _MAX_HEAD_BYTES:
            return items[:number]
    return items
