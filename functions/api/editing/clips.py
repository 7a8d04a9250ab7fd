"""Clips of media."""

from typing import Annotated

from fastapi import Depends
from fastapi.responses import JSONResponse, Response

from functions.api.editing.schemas import Clip, Clips, CreateClipRequest
from functions.api.wire import DeleteResponse
from shared.domain.access import Scope
from shared.domain.editing import clip
from shared.domain.media import Media
from shared.http.api_route import ApiRouter
from shared.http.call import Call, authorised

router = ApiRouter(tags=["editing"])
Reader = Annotated[Call, Depends(authorised(Scope.READ))]
Writer = Annotated[Call, Depends(authorised(Scope.WRITE))]
Admin = Annotated[Call, Depends(authorised(Scope.ADMIN))]


@router.post("/videos/{video_id}/clips", status_code=202, response_model=Clip)
async def create_clip(video_id: str, body: CreateClipRequest, call: Writer) -> Response:
    """Make a file of a part of a medium, at most 10 minutes long.

    The same part has one clip: a repeated request returns it, and makes it again if it has failed. Its file
    is removed after 7 days.
    """
    media, found = await call.run(call.runtime.editing.clips.request, call.caller, video_id, body.wanted())
    return JSONResponse(_shown(call, media, found).model_dump(mode="json"), 202)


@router.get("/videos/{video_id}/clips")
async def list_clips(video_id: str, call: Reader) -> Clips:
    """List the clips of a medium, newest first."""
    media, found = await call.run(call.runtime.editing.clips.list, call.caller, video_id)
    return Clips(clips=[_shown(call, media, each) for each in found])


@router.get("/videos/{video_id}/clips/{clip_id}")
async def get_clip(video_id: str, clip_id: str, call: Reader) -> Clip:
    """Get a clip: its status and, once it is ready, a link to its file."""
    media, found = await call.run(call.runtime.editing.clips.get, call.caller, video_id, clip_id)
    return _shown(call, media, found)


@router.delete("/videos/{video_id}/clips/{clip_id}")
async def delete_clip(video_id: str, clip_id: str, call: Admin) -> DeleteResponse:
    """Delete a clip and its file."""
    await call.run(call.runtime.editing.clips.delete, call.caller, video_id, clip_id)
    return DeleteResponse(message="Clip deleted.")


def _shown(call: Call, media: Media, found: clip.Clip) -> Clip:
    url = call.runtime.library.file_links.download(found.file_key, found.file_name(media.title))
    return Clip.of(found, media, url)
