"""``POST /workflow/upload``: upload of a file into an index that is given by id or by name."""

from typing import Annotated, Any, Final

from fastapi import Depends
from fastapi.responses import JSONResponse

from functions.api.import_jobs.answers import accepted_job_answer
from functions.api.import_jobs.schemas import ImportJob
from shared.domain.access import Scope
from shared.domain.errors import InvalidRequest
from shared.http.api_route import ApiRouter
from shared.http.bodies.multipart import Received, receive_multipart
from shared.http.call import Call, authorised
from shared.http.openapi import multipart_form

router = ApiRouter(prefix="/workflow", tags=["workflow"])
Writer = Annotated[Call, Depends(authorised(Scope.WRITE))]


class WorkflowImportJob(ImportJob):
    """An import job with the destination of its media.

    ``destination`` has the member ``type`` (index or playground) and, for an index, ``index_id`` and
    ``index_created``.
    """

    destination: dict[str, Any]


_FORM: Final = multipart_form(
    required=("file",),
    properties={
        "title": {"type": "string", "minLength": 1, "maxLength": 255},
        "index_id": {"type": "string"},
        "index_name": {"type": "string", "minLength": 1, "maxLength": 255},
        "file": {"type": "string", "format": "binary"},
    },
)


@router.post("/upload", status_code=202, response_model=WorkflowImportJob, openapi_extra=_FORM)
async def upload(call: Writer) -> JSONResponse:
    """Upload and import a file.

    An ``index_name`` that does not exist creates an index. Without ``index_id`` and ``index_name``, the
    media belong to the playground.
    """
    received = await receive_multipart(call.request, call.runtime, call.caller.tenant_id)
    try:

        async def work(seed: str) -> WorkflowImportJob:
            return await _accept(call, received, seed)

        return await call.once(received.content, work, status_code=202)
    finally:
        await call.run(received.discard)


async def _accept(call: Call, received: Received, seed: str) -> WorkflowImportJob:
    index_id, index_name = (
        received.text("index_id", max_length=100) or None,
        received.text("index_name") or None,
    )
    if index_id and index_name:
        raise InvalidRequest("index_name", "cannot be combined with index_id")
    created = False
    if index_name:
        index, created = await call.run(call.runtime.library.indexes.resolve_name, call.caller, index_name)
        index_id = index.index_id
    job = await call.run(
        call.runtime.imports.intake.accept_upload,
        call.caller,
        received.required_file(),
        title=received.text("title") or None,
        index_id=index_id,
        seed=seed,
        index_created=created,
    )
    answer = await accepted_job_answer(call, job)
    destination = {"type": "index", "index_id": index_id, "index_created": job.index_created}
    return WorkflowImportJob(
        **answer.model_dump(), destination=destination if index_id else {"type": "playground"}
    )
