"""Reads of import jobs and their manifests."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from shared.domain import keys
from shared.domain.access import Caller
from shared.domain.errors import NotFound
from shared.domain.imports.import_job import ImportFile, ImportJob, ImportOutput, ImportStatus
from shared.services.imports.batches.records import file_key, implied_batch
from shared.services.imports.manifest import MAX_HEAD_ITEMS, job_batches
from shared.services.records.documents import Documents
from shared.services.records.pages import Page

MAX_ITEMS_IN_LIST: Final = 2000
"""Parts in one list of jobs, and as many failed and skipped files. The answer of a Lambda function is
limited to 6 MB."""

MAX_SCANNED_JOBS: Final = 2000
"""Newest jobs that a list looks at. A filter that few jobs pass would otherwise read all jobs of a tenant: an
automation makes up to 100,000 a year."""

_PAGE_SIZE: Final = 20
"""Jobs that are read at once: a record has up to 300 KB."""


@dataclass(frozen=True, slots=True)
class ImportView:
    """A job with the first page of its outputs and of its failed and skipped files."""

    job: ImportJob
    outputs: Page[ImportOutput]
    failed_files: Page[ImportFile]
    skipped_files: list[ImportFile]


class ImportViews:
    """Import jobs as callers see them."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def job(self, caller: Caller, job_id: str) -> ImportJob:
        """Read a job. Raises: NotFound."""
        found = self._documents.get(ImportJob, keys.import_job(caller.tenant_id, job_id)) if job_id else None
        if found is None:
            raise NotFound("import_job", job_id)
        return found

    def view(self, caller: Caller, job_id: str) -> ImportView:
        """Read a job with its head. Raises: NotFound."""
        return self.view_of(self.job(caller, job_id))

    def view_of(self, job: ImportJob, limit: int = MAX_HEAD_ITEMS) -> ImportView:
        """Build a view from a job's head, with at most ``limit`` items of each kind. It does no I/O."""
        outputs, failed = job.head.outputs[:limit], job.head.failed_files[:limit]
        listed = job.progress.parts_total - job.parts_deleted
        more_failed = job.progress.failed > len(failed)
        return ImportView(
            job,
            Page(outputs, _output_sort(job, outputs[-1]) if outputs and listed > len(outputs) else None),
            Page(failed, _file_sort(job, failed[-1]) if failed and more_failed else None),
            job.head.skipped_files[:limit],
        )

    def newest(
        self,
        caller: Caller,
        *,
        status: ImportStatus | None,
        index_id: str | None,
        automation_only: bool = False,
        limit: int,
    ) -> list[ImportView]:
        """List views of the newest jobs, newest first. The jobs share ``MAX_ITEMS_IN_LIST``."""
        jobs = self.recent(
            caller, status=status, index_id=index_id, automation_only=automation_only, limit=limit
        )
        return [self.view_of(job) for job in jobs]

    def outputs(
        self, caller: Caller, job_id: str, *, limit: int, after: str | None
    ) -> tuple[Page[ImportOutput], int]:
        """Read a page of parts in the order of source and part, and their total number. Raises: NotFound."""
        job = self.job(caller, job_id)
        page = self._documents.page(
            ImportOutput, keys.import_output(job.tenant_id, job.job_id), limit=limit, after=after
        )
        return page, job.progress.parts_total - job.parts_deleted

    def files(
        self, caller: Caller, job_id: str, *, failed_only: bool, limit: int, after: str | None
    ) -> tuple[Page[ImportFile], int]:
        """Read a page of source files in their order, and their total number. Raises: NotFound."""
        job = self.job(caller, job_id)
        if failed_only:
            return self._failed_files(job, limit, after), job.progress.failed
        page = self._documents.page(
            ImportFile, keys.import_file(job.tenant_id, job.job_id), limit=limit, after=after
        )
        return page, job.progress.total_files - job.files_deleted

    def recent(
        self,
        caller: Caller,
        *,
        status: ImportStatus | None,
        index_id: str | None,
        automation_only: bool = False,
        limit: int,
    ) -> list[ImportJob]:
        """List the newest jobs, newest first, of the ``MAX_SCANNED_JOBS`` newest. Their heads share
        ``MAX_ITEMS_IN_LIST``."""
        takes_all = status is None and index_id is None and not automation_only
        jobs = self._documents.each(
            ImportJob,
            keys.import_job(caller.tenant_id),
            limit=min(limit, _PAGE_SIZE) if takes_all else _PAGE_SIZE,
            descending=True,
        )
        chosen = (
            job
            for job in islice(jobs, MAX_SCANNED_JOBS)
            if (status is None or job.status == status)
            and (index_id is None or job.index_id == index_id)
            and (job.automation_id is not None or not automation_only)
        )
        recent: list[ImportJob] = []
        for job in islice(chosen, limit):
            recent.append(job)
            _shorten_heads(recent)
        return recent

    def _failed_files(self, job: ImportJob, limit: int, after: str | None) -> Page[ImportFile]:
        """Read a page of files that failed, from the ordinals that the batches have.

        The page ends at its last file, so that the next page starts after that file. It is the last page if
        no further file has failed.
        """
        batches = job_batches(self._documents, job) or [implied_batch(job)]
        failed = (file_key(job, ordinal) for batch in batches for ordinal in batch.failed)
        later = list(islice((key for key in failed if after is None or key.sort > after), limit + 1))
        chosen = self._documents.get_many(ImportFile, later)
        if len(chosen) <= limit:
            return Page(chosen, None)
        return Page(chosen[:limit], _file_sort(job, chosen[limit - 1]))


def _shorten_heads(jobs: Sequence[ImportJob]) -> None:
    """Keep of each head what a list of that many jobs shows, so that long heads fit in memory."""
    kept = max(1, MAX_ITEMS_IN_LIST // len(jobs))
    for job in jobs:
        for items in (job.head.outputs, job.head.failed_files, job.head.skipped_files):
            del items[kept:]


def _output_sort(job: ImportJob, output: ImportOutput) -> str:
    return keys.import_output(job.tenant_id, job.job_id, output.source_ordinal, output.part_index).sort


def _file_sort(job: ImportJob, file: ImportFile) -> str:
    return keys.import_file(job.tenant_id, job.job_id, file.ordinal).sort
