"""Upload sessions: clients send files of any size directly to the store, in parts that can be retried."""

from typing import Annotated

from fastapi import Depends
from fastapi.responses import Response

from functions.api.import_jobs.answers import accepted_job_answer
from functions.api.import_jobs.schemas import ImportJob
from functions.api.uploads.schemas import CreateUploadRequest, Upload
from functions.api.wire import DeleteResponse
from shared.domain.access import Scope
from shared.http.api_route import ApiRouter
from shared.http.call import Call, authorised
from shared.http.openapi import KEYED

router = ApiRouter(tags=["uploads"])
Writer = Annotated[Call, Depends(authorised(Scope.WRITE))]


@router.post("/uploads", status_code=201, response_model=Upload, openapi_extra=KEYED)
async def create_upload(body: CreateUploadRequest, call: Writer) -> Response:
    """Start an upload session. The response contains the links for the first parts."""

    async def work(seed: str) -> Upload:
        view = await call.run(
            call.runtime.imports.uploads.begin,
            call.caller,
            file_name=body.file_name,
            content_type=body.content_type,
            size=body.size_bytes,
            title=body.title,
            index_id=body.index_id,
            seed=seed,
        )
        return Upload.of(view)

    return await call.once(body.model_dump(mode="json"), work, status_code=201)


@router.get("/uploads/{upload_id}")
async def get_upload(upload_id: str, call: Writer) -> Upload:
    """Get the state of an upload session, with new links for the next missing parts.

    It requires the write scope, because anyone with a link can write.
    """
    return Upload.of(await call.run(call.runtime.imports.uploads.get, call.caller, upload_id))


@router.post("/uploads/{upload_id}/complete", status_code=202, response_model=ImportJob, openapi_extra=KEYED)
async def complete_upload(upload_id: str, call: Writer) -> Response:
    """Complete an upload session after all parts are sent, and import the file.

    A repeated request returns the same import job.
    """

    async def work(_seed: str) -> ImportJob:
        job = await call.run(call.runtime.imports.uploads.complete, call.caller, upload_id)
        return await accepted_job_answer(call, job)

    return await call.once({"upload_id": upload_id}, work, status_code=202)


@router.delete("/uploads/{upload_id}")
async def abort_upload(upload_id: str, call: Writer) -> DeleteResponse:
    """Abort an upload session that is not complete, and delete its parts."""
    await call.run(call.runtime.imports.uploads.abort, call.caller, upload_id)
    return DeleteResponse(message="The upload was aborted.")
