"""``POST /workflow/upload``: upload of a file into an index that is given by id or by name."""

import mimetypes
from typing import Annotated, Final, Literal

from fastapi import Depends
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from functions.api.import_jobs.answers import accepted_job_answer
from functions.api.import_jobs.schemas import ImportJob
from shared.domain import ids
from shared.domain.access import Scope
from shared.domain.errors import InvalidRequest
from shared.domain.imports import import_job
from shared.domain.media import MediaType
from shared.http.api_route import ApiRouter
from shared.http.bodies.multipart import Received, receive_multipart
from shared.http.bodies.multipart_parts import ReceivedFile
from shared.http.call import Call, authorised
from shared.http.openapi import multipart_form

router = ApiRouter(prefix="/workflow", tags=["workflow"])
Writer = Annotated[Call, Depends(authorised(Scope.WRITE))]


class UploadedVideo(BaseModel):
    """The medium that the file becomes, or its first part if the file is longer than 40 minutes.

    ``video_id`` is final; the medium exists under it after the import. ``media_type`` follows from the type
    or name of the file. The other members are unknown until the import.
    """

    video_id: str
    title: str
    video_uri: str = ""
    status: Literal["uploaded"] = "uploaded"
    message: str
    media_type: MediaType | None
    duration_seconds: float | None = None
    thumbnail_uri: str | None = None
    thumbnail_gcs_uri: str | None = None
    thumbnail_available: bool = False


class Destination(BaseModel):
    """The place of the media. ``index_created``: this request created the index."""

    type: Literal["index", "playground"]
    index_id: str | None
    index_created: bool


class WorkflowImportJob(ImportJob):
    """An import job, with the medium that the file becomes and its destination."""

    video: UploadedVideo
    destination: Destination


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
    return WorkflowImportJob(
        **answer.model_dump(),
        video=_video(job, received.required_file()),
        destination=Destination(
            type="index" if index_id else "playground", index_id=index_id, index_created=job.index_created
        ),
    )


def _video(job: import_job.ImportJob, file: ReceivedFile) -> UploadedVideo:
    """Describe the medium before the import. The parts of a job that is planned have their ids already."""
    planned = next((output.media_id for output in job.head.outputs if output.media_id), None)
    return UploadedVideo(
        video_id=planned or ids.imported_media_id(job.job_id, 0),
        title=job.title,
        message=f"The file is uploaded. GET /api/v2/import-jobs/{job.job_id} tells when it is imported.",
        media_type=_media_type(file),
    )


def _media_type(file: ReceivedFile) -> MediaType | None:
    guessed, _ = mimetypes.guess_type(file.file_name)
    kinds = [(content_type or "").partition("/")[0] for content_type in (file.content_type, guessed)]
    return next((MediaType(kind) for kind in kinds if kind in set(MediaType)), None)
