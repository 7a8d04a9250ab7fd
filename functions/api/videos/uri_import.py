"""``POST /videos``: import of a medium from a URI."""

from typing import Annotated

from fastapi import Depends
from fastapi.responses import Response

from functions.api.import_jobs.answers import accepted_job_answer
from functions.api.import_jobs.schemas import ImportJob
from functions.api.videos.schemas import CreateVideoRequest
from shared.domain.access import Scope
from shared.http.admission.admission import Lane
from shared.http.api_route import ApiRouter
from shared.http.call import Call, authorised
from shared.http.openapi import KEYED

router = ApiRouter(tags=["videos"])
Writer = Annotated[Call, Depends(authorised(Scope.WRITE))]


@router.post("/videos", status_code=202, response_model=ImportJob, openapi_extra=KEYED)
async def create_video(body: CreateVideoRequest, call: Writer) -> Response:
    """Import a medium from an ``https://`` URI, or from a store of yours through a connector.

    The response is the import job; poll it for progress.
    """

    async def work(seed: str) -> ImportJob:
        job = await call.run_in(
            Lane.URI_IMPORT,
            call.runtime.imports.intake.accept_uri,
            call.caller,
            title=body.title,
            video_uri=body.video_uri,
            index_id=body.index_id,
            source_connector_id=body.source_connector_id,
            seed=seed,
        )
        return await accepted_job_answer(call, job)

    return await call.once(body.model_dump(mode="json"), work, status_code=202)
