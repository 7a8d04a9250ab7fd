"""Import jobs, listed, polled, and their manifests."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from functions.api.import_jobs.answers import (
    files_page,
    files_query,
    import_job_answer,
    outputs_page,
    outputs_query,
)
from functions.api.import_jobs.schemas import ImportFilesPage, ImportJob, ImportOutputsPage
from shared.domain.access import Scope
from shared.domain.errors import InvalidRequest
from shared.domain.import_job import ImportStatus
from shared.http import cursors
from shared.http.call import Call, authorised

router = APIRouter(tags=["import jobs"])
Reader = Annotated[Call, Depends(authorised(Scope.READ))]
ManifestLimit = Annotated[int, Query(ge=1, le=500, description="Most items on a page.")]
ManifestCursor = Annotated[
    str | None, Query(max_length=4096, description="``next_cursor`` of the page before.")
]


@router.get("/import-jobs")
async def list_import_jobs(
    call: Reader,
    status: Annotated[str | None, Query(max_length=20, description="Upper or lower case.")] = None,
    index_id: Annotated[str | None, Query(max_length=100)] = None,
    automation_only: Annotated[bool, Query(description="No automation makes jobs here.")] = False,
    limit: Annotated[int, Query(ge=1, le=200)] = 200,
) -> list[ImportJob]:
    """Newest first. All jobs of the answer together have at most 2,000 ``outputs``, and as many
    ``failed_files`` and ``skipped_files``."""
    wanted = _status(status)
    if automation_only:
        return []
    views = call.runtime.imports.views
    found = await call.run(views.newest, call.caller, status=wanted, index_id=index_id, limit=limit)
    return [import_job_answer(call, view) for view in found]


@router.get("/import-jobs/{job_id}")
async def get_import_job(job_id: str, call: Reader) -> ImportJob:
    return import_job_answer(call, await call.run(call.runtime.imports.views.view, call.caller, job_id))


@router.get("/import-jobs/{job_id}/outputs")
async def list_import_outputs(
    job_id: str, call: Reader, limit: ManifestLimit = 100, cursor: ManifestCursor = None
) -> ImportOutputsPage:
    """One item a planned part, by source and part."""
    after = cursors.decode_optional(call, outputs_query(job_id), cursor)
    page, total = await call.run(
        call.runtime.imports.views.outputs, call.caller, job_id, limit=limit, after=after
    )
    return outputs_page(call, job_id, page, total)


@router.get("/import-jobs/{job_id}/files")
async def list_import_files(
    job_id: str,
    call: Reader,
    limit: ManifestLimit = 100,
    cursor: ManifestCursor = None,
    failed_only: bool = False,
) -> ImportFilesPage:
    """One item a source."""
    query = files_query(job_id, failed_only=failed_only)
    after = cursors.decode_optional(call, query, cursor)
    page, total = await call.run(
        call.runtime.imports.views.files,
        call.caller,
        job_id,
        failed_only=failed_only,
        limit=limit,
        after=after,
    )
    return files_page(call, query, page.items, page.next_after, total)


def _status(text: str | None) -> ImportStatus | None:
    if not text:
        return None
    try:
        return ImportStatus(text.lower())
    except ValueError:
        known = ", ".join(ImportStatus)
        raise InvalidRequest("status", f"must be one of {known}") from None
