"""``POST /videos/upload``: upload of a medium in a multipart form."""

from typing import Annotated, Final

from fastapi import Depends
from fastapi.responses import Response

from functions.api.import_jobs.answers import accepted_job_answer
from functions.api.import_jobs.schemas import ImportJob
from shared.domain.access import Scope
from shared.http.api_route import ApiRouter
from shared.http.bodies.multipart import receive_multipart
from shared.http.call import Call, authorised
from shared.http.openapi import multipart_form

router = ApiRouter(tags=["videos"])
Writer = Annotated[Call, Depends(authorised(Scope.WRITE))]

_FORM: Final = multipart_form(
    required=("title", "file"),
    properties={
        "title": {"type": "string", "minLength": 1, "maxLength": 255},
        "index_id": {"type": "string", "description": "Default: the playground."},
        "file": {"type": "string", "format": "binary"},
    },
)


@router.post("/videos/upload", status_code=202, response_model=ImportJob, openapi_extra=_FORM)
async def upload_video(call: Writer) -> Response:
    """Upload and import a medium. The server streams the file to storage as it arrives."""
    received = await receive_multipart(call.request, call.runtime, call.caller.tenant_id)
    try:
        file = received.required_file()
        title = received.required_text("title")
        index_id = received.text("index_id", max_length=100) or None

        async def work(seed: str) -> ImportJob:
            job = await call.run(
                call.runtime.imports.intake.accept_upload,
                call.caller,
                file,
                title=title,
                index_id=index_id,
                seed=seed,
            )
            return await accepted_job_answer(call, job)

        return await call.once(received.content, work, status_code=202)
    finally:
        await call.run(received.discard)
