"""``POST /workflow/attachments``: import of files by address into an index that is given by id or by name."""

from typing import Annotated

from fastapi import Depends
from fastapi.responses import Response
from pydantic import BaseModel, Field, StringConstraints

from functions.api.import_jobs.answers import accepted_job_answer
from functions.api.import_jobs.requests import FileDescriptor, Identifier
from functions.api.import_jobs.schemas import ImportJob
from functions.api.workflow.schemas import IndexName
from shared.domain.access import Scope
from shared.domain.errors import InvalidRequest
from shared.http.admission.admission import Lane
from shared.http.api_route import ApiRouter
from shared.http.call import Call, authorised
from shared.http.openapi import KEYED
from shared.services.imports.attachments import MAX_ATTACHMENTS

router = ApiRouter(prefix="/workflow", tags=["workflow"])
Writer = Annotated[Call, Depends(authorised(Scope.WRITE))]


class AttachmentsRequest(BaseModel):
    """Files to fetch and import. An ``index_name`` that does not exist creates an index; without
    ``index_id`` and ``index_name``, the media belong to the playground.

    ``title`` is that of the job, and of the medium if there is one file.
    """

    files: Annotated[list[FileDescriptor], Field(min_length=1, max_length=MAX_ATTACHMENTS)]
    title: Annotated[str, StringConstraints(min_length=1, max_length=255)] | None = None
    index_id: Identifier | None = None
    index_name: IndexName | None = None


@router.post("/attachments", status_code=202, response_model=ImportJob, openapi_extra=KEYED)
async def import_attachments(body: AttachmentsRequest, call: Writer) -> Response:
    """Import files by address, each with your own ``file_id``. One job imports them all."""
    if body.index_id and body.index_name:
        raise InvalidRequest("index_name", "cannot be combined with index_id")

    async def work(seed: str) -> ImportJob:
        return await _accept(call, body, seed)

    return await call.once(body.model_dump(mode="json"), work, status_code=202)


async def _accept(call: Call, body: AttachmentsRequest, seed: str) -> ImportJob:
    index_id, created = body.index_id, False
    if body.index_name:
        resolve = call.runtime.library.indexes.resolve_name
        index, created = await call.run(resolve, call.caller, body.index_name)
        index_id = index.index_id
    job = await call.run_in(
        Lane.URI_IMPORT,
        call.runtime.imports.attachments.start,
        call.caller,
        [file.attachment() for file in body.files],
        title=body.title,
        index_id=index_id,
        index_created=created,
        seed=seed,
    )
    return await accepted_job_answer(call, job)
