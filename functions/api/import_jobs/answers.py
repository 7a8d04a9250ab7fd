"""Conversion of import jobs and their manifests to wire models, with cursors for the next pages."""

from collections.abc import Sequence
from typing import Any

from functions.api.import_jobs.schemas import (
    FailedFile,
    ImportExecution,
    ImportFilesPage,
    ImportJob,
    ImportJobProgress,
    ImportOutput,
    ImportOutputsPage,
    ImportSourceFile,
    SkippedFile,
)
from shared.domain.clock import now
from shared.domain.imports import import_job
from shared.domain.imports.rate import import_rate
from shared.domain.imports.selection import ConnectorSelection
from shared.http import cursors
from shared.http.call import Call
from shared.services.imports.views import ImportView
from shared.services.records.pages import Page


def import_job_answer(call: Call, view: ImportView) -> ImportJob:
    """Return the wire model of an import job, for requests that start one and for polling."""
    job, source = view.job, view.job.source or ConnectorSelection()
    rate = import_rate(job, now())
    return ImportJob(
        job_id=job.job_id,
        status=job.status,
        phase=job.phase,
        source_kind=job.source_kind,
        connector_id=job.connector_id,
        target_index_id=job.index_id,
        source_prefix=source.source_prefix,
        file_pattern=source.file_pattern,
        recursive=source.recursive,
        import_mode=job.source.import_mode if job.source else None,
        created_at=job.created_at,
        started_at=job.started_at,
        completed_at=job.completed_at,
        error_message=job.error_message,
        error_code=job.error_code,
        execution=ImportExecution.model_validate(job.execution.model_dump()),
        progress=ImportJobProgress.model_validate(job.progress.model_dump()),
        outputs=outputs_page(call, job.job_id, view.outputs, job.progress.parts_total - job.parts_deleted),
        video_ids=[
            output.media_id
            for output in view.outputs.items
            if output.status is import_job.OutputStatus.COMPLETED
        ],
        failed_files=[FailedFile.of(file) for file in view.failed_files.items],
        failed_files_next_cursor=_next(
            call, files_query(job.job_id, failed_only=True), view.failed_files.next_after
        ),
        skipped_files=[
            SkippedFile(path=file.path or file.file_name, reason=file.skip_reason or "")
            for file in view.skipped_files
        ],
        is_listed=job.listing_has_ended,
        files_per_second=rate.files_per_second,
        seconds_left=rate.seconds_left,
        automation_id=job.automation_id,
    )


async def accepted_job_answer(call: Call, job: import_job.ImportJob) -> ImportJob:
    """Return the wire model of a job that was just accepted."""
    return import_job_answer(call, await call.run(call.runtime.imports.views.view_of, job))


def outputs_page(
    call: Call, job_id: str, page: Page[import_job.ImportOutput], total: int
) -> ImportOutputsPage:
    return ImportOutputsPage(
        items=[ImportOutput.of(output) for output in page.items],
        next_cursor=_next(call, outputs_query(job_id), page.next_after),
        total=total,
    )


def files_page(
    call: Call, query: dict[str, Any], files: Sequence[import_job.ImportFile], after: str | None, total: int
) -> ImportFilesPage:
    items = [ImportSourceFile.of(file) for file in files]
    return ImportFilesPage(items=items, next_cursor=_next(call, query, after), total=total)


def outputs_query(job_id: str) -> dict[str, Any]:
    """Return the query that a cursor over outputs is bound to."""
    return {"list": "import-outputs", "job_id": job_id}


def files_query(job_id: str, *, failed_only: bool) -> dict[str, Any]:
    """Return the query that a cursor over files is bound to."""
    return {"list": "import-files", "job_id": job_id, "failed_only": failed_only}


def _next(call: Call, query: dict[str, Any], after: str | None) -> str | None:
    return None if after is None else cursors.encode(call, query, after)
