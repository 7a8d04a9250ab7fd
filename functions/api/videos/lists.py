"""Pages of media, for the lists of indexes and of the playground."""

from typing import Any

from functions.api.videos.schemas import Video
from functions.api.wire import Page, page_of
from shared.http import cursors
from shared.http.call import Call
from shared.services.library.media_status import run_snapshots


async def video_page(
    call: Call, index_id: str | None, limit: int, cursor: str | None, marker_color: str | None
) -> Page[Video]:
    """Read a page of media, newest first, each with a summary of its runs."""
    query: dict[str, Any] = {"list": "index-media", "index_id": index_id, "marker_color": marker_color}
    after = cursors.decode_optional(call, query, cursor)
    page = await call.run(
        call.runtime.library.media.page,
        call.caller,
        index_id,
        marker_color=marker_color,
        limit=limit,
        after=after,
    )
    links = call.runtime.library.file_links
    videos = [Video.of(line.media, run_snapshots(line.media, line.runs), links) for line in page.items]
    return page_of(call, query, videos, limit=limit, next_position=page.next_after)
