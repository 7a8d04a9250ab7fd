"""Import jobs: start, list, get, retry, cancel, and their manifests of outputs and source files."""

from typing import Annotated, Final

from fastapi import Depends, Query
from fastapi.responses import Response

from functions.api.import_jobs.answers import (
    accepted_job_answer,
    files_page,
    files_query,
    import_job_answer,
    outputs_page,
    outputs_query,
)
from functions.api.import_jobs.requests import CreateImportJobRequest, RetryImportRequest
from functions.api.import_jobs.schemas import ImportFilesPage, ImportJob, ImportOutputsPage
from shared.domain.access import Scope
from shared.domain.errors import InvalidRequest
from shared.domain.imports.import_job import ImportStatus
from shared.http import cursors
from shared.http.admission.admission import Lane
from shared.http.api_route import ApiRouter
from shared.http.call import Call, authorised
from shared.http.openapi import KEYED

router = ApiRouter(tags=["import jobs"])
Reader = Annotated[Call, Depends(authorised(Scope.READ))]
Writer = Annotated[Call, Depends(authorised(Scope.WRITE))]
_AS_BEFORE: Final = RetryImportRequest()
ManifestLimit = Annotated[int, Query(ge=1, le=500, description="Maximum number of items on a page.")]
ManifestCursor = Annotated[
    str | None, Query(max_length=4096, description="``next_cursor`` of the previous page.")
]


@router.get("/import-jobs")
async def list_import_jobs(
    call: Reader,
    status: Annotated[
        str | None, Query(max_length=20, description="Return only jobs with this status. Case is ignored.")
    ] = None,
    index_id: Annotated[
        str | None, Query(max_length=100, description="Return only jobs that import into this index.")
    ] = None,
    automation_only: Annotated[
        bool, Query(description="Return only jobs that an automation started.")
    ] = False,
    limit: Annotated[int, Query(ge=1, le=200)] = 200,
) -> list[ImportJob]:
    """List import jobs, newest first. The filters apply to the 2,000 newest jobs.

    The response contains at most 2,000 ``outputs``, 2,000 ``failed_files`` and 2,000 ``skipped_files`` in
    all jobs together.
    """
    wanted = _status(status)
    views = call.runtime.imports.views
    found = await call.run(
        views.newest,
        call.caller,
        status=wanted,
        index_id=index_id,
        automation_only=automation_only,
        limit=limit,
    )
    return [import_job_answer(call, view) for view in found]


@router.post("/import-jobs", status_code=202, response_model=ImportJob, openapi_extra=KEYED)
async def create_import_job(body: CreateImportJobRequest, call: Writer) -> Response:
    """Import the files of a connector into an index.

    The store is listed in the background, and files are imported while the listing goes on.
    """

    async def work(seed: str) -> ImportJob:
        job = await call.run(
            call.runtime.imports.from_connector.start, call.caller, **body.selection(), seed=seed
        )
        return await accepted_job_answer(call, job)

    return await call.once(body.model_dump(mode="json"), work, status_code=202)


@router.get("/import-jobs/{job_id}")
async def get_import_job(job_id: str, call: Reader) -> ImportJob:
    """Get an import job. Poll it until its status is completed, failed or cancelled."""
    return import_job_answer(call, await call.run(call.runtime.imports.views.view, call.caller, job_id))


@router.get("/import-jobs/{job_id}/outputs")
async def list_import_outputs(
    job_id: str, call: Reader, limit: ManifestLimit = 100, cursor: ManifestCursor = None
) -> ImportOutputsPage:
    """List the planned parts of an import job, in order of source file and part."""
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
    """List the source files of an import job, in order. ``failed_only`` lists only those that failed."""
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


@router.post("/import-jobs/{job_id}/retry", response_model=ImportJob, openapi_extra=KEYED)
async def retry_import_job(job_id: str, call: Writer, body: RetryImportRequest = _AS_BEFORE) -> Response:
    """Import again what failed or was cancelled. What is imported stays.

    ``files`` gives new addresses of files of an attachment job, by ``file_id``. Uploads cannot be retried.
    """

    async def work(_seed: str) -> ImportJob:
        retry = call.runtime.imports.retries.retry
        job = await call.run_in(Lane.URI_IMPORT, retry, call.caller, job_id, body.attachments())
        return await accepted_job_answer(call, job)

    return await call.once(body.model_dump(mode="json"), work)


@router.post("/import-jobs/{job_id}/cancel", response_model=ImportJob, openapi_extra=KEYED)
async def cancel_import_job(job_id: str, call: Writer) -> Response:
    """Cancel an import job that has not ended. What is imported stays; pending files are skipped.

    The job ends as soon as its workers have seen the cancellation.
    """

    async def work(_seed: str) -> ImportJob:
        job = await call.run(call.runtime.imports.cancellation.cancel, call.caller, job_id)
        return await accepted_job_answer(call, job)

    return await call.once({}, work)


def _status(text: str | None) -> ImportStatus | None:
    if not text:
        return None
    try:
        return ImportStatus(text.lower())
    except ValueError:
        known = ", ".join(ImportStatus)
        raise InvalidRequest("status", f"must be one of {known}") from None
