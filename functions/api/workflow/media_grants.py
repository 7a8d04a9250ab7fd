"""``POST /workflow/media-grants``: a link for the download of a medium without credentials."""

from typing import Annotated, Literal

from fastapi import Depends
from pydantic import BaseModel

from functions.api.prompt_runs.schemas import Identifier
from shared.domain.access import Scope
from shared.http.api_route import ApiRouter
from shared.http.call import Call, authorised

router = ApiRouter(prefix="/workflow", tags=["workflow"])
Reader = Annotated[Call, Depends(authorised(Scope.READ))]


class MediaGrantRequest(BaseModel):
    """The medium to download. With ``segment_id``, the file is the whole medium too; its name has the times
    of the segment. ``run_id`` must be a run that includes the medium."""

    video_id: Identifier
    intent: Literal["download"]
    run_id: Identifier | None = None
    segment_id: Identifier | None = None


class MediaGrant(BaseModel):
    """A link that needs no credentials and expires, and the name and type of the file behind it."""

    url: str
    filename: str
    mime_type: str
    video_id: str


@router.post("/media-grants")
async def grant_media(body: MediaGrantRequest, call: Reader) -> MediaGrant:
    """Grant the download of the playable file of a medium. Fetch ``url`` without credentials."""
    granted = await call.run(
        call.runtime.workflow.media_grants.grant,
        call.caller,
        body.video_id,
        run_id=body.run_id,
        segment_id=body.segment_id,
    )
    return MediaGrant(
        url=granted.url,
        filename=granted.file_name,
        mime_type=granted.mime_type,
        video_id=granted.media_id,
    )
