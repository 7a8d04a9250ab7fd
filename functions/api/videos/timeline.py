"""The timeline of a medium."""

from typing import Annotated

from fastapi import Depends
from fastapi.responses import Response
from pydantic_core import to_json

from functions.api.videos.timeline_schemas import VideoTimeline
from shared.domain.access import Scope
from shared.http.admission.admission import Lane
from shared.http.api_route import ApiRouter
from shared.http.call import Call, authorised

router = ApiRouter(tags=["videos"])
Reader = Annotated[Call, Depends(authorised(Scope.READ))]


@router.get("/videos/{video_id}/timeline", response_model=VideoTimeline)
async def video_timeline(video_id: str, call: Reader) -> Response:
    """Get what models saw, heard and read in a medium, with times: empty until a run has analysed it."""
    return Response(await call.run_in(Lane.BATCH, _read, call, video_id), media_type="application/json")


def _read(call: Call, video_id: str) -> bytes:
    found = call.runtime.runs.timelines.read(call.caller, video_id)
    return to_json(VideoTimeline.of(video_id, found, call.runtime.library.file_links))
