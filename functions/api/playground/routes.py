"""The playground: media that belong to no index."""

from typing import Annotated

from fastapi import Depends

from functions.api.videos.lists import video_page
from functions.api.videos.schemas import Video
from functions.api.wire import MarkerColorFilter, Page, PageCursor, PageLimit
from shared.domain.access import Scope
from shared.http.api_route import ApiRouter
from shared.http.call import Call, authorised

router = ApiRouter(tags=["playground"])
Reader = Annotated[Call, Depends(authorised(Scope.READ))]


@router.get("/playground/videos")
async def list_playground_videos(
    call: Reader,
    limit: PageLimit = 50,
    cursor: PageCursor = None,
    marker_color: MarkerColorFilter = None,
) -> Page[Video]:
    """List media that belong to no index, newest first."""
    return await video_page(call, None, limit, cursor, marker_color)
