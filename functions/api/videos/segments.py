"""Segments of media."""

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from functions.api.videos.segment_schemas import BatchSegmentsRequest, Segment, SegmentsTarget, VideoSegments
from functions.api.wire import Page, PageCursor, PageLimit, page_of
from shared.domain.access import Scope
from shared.domain.errors import InvalidRequest
from shared.http import cursors
from shared.http.call import Call, authorised

router = APIRouter(tags=["segments"])
Reader = Annotated[Call, Depends(authorised(Scope.READ))]

MOST_SEGMENTS: Final = 20_000
"""In one answer. Fifty media can have four hundred thousand, which no process should have to hold."""


@router.post("/videos/batch/segments")
async def batch_segments(body: BatchSegmentsRequest, call: Reader) -> list[VideoSegments]:
    """One element a target, in order. Without ``run_id``: the media-wide view."""

    return await call.run(_read_all, call, body.wanted())


def _read_all(call: Call, targets: Sequence[SegmentsTarget]) -> list[VideoSegments]:
    found: list[VideoSegments] = []
    left = MOST_SEGMENTS
    for target in targets:
        page = call.runtime.library.segments.every(call.caller, target.video_id, run_id=target.run_id)
        left -= len(page.views.items)
        if left < 0:
            raise InvalidRequest(
                "targets", f"have more than {MOST_SEGMENTS:,} segments: ask for fewer at once"
            )
        found.append(VideoSegments.of(target.video_id, page, call.runtime.library.file_links))
    return found


@router.get(
    "/videos/segments/{segment_id}/thumbnail",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}}}},
)
async def segment_thumbnail(segment_id: str, call: Reader) -> Response:
    picture = await call.run(call.runtime.library.media.segment_thumbnail, call.caller, segment_id)
    return Response(picture, media_type="image/jpeg")


@router.get("/videos/{video_id}/segments")
async def list_segments(
    video_id: str,
    call: Reader,
    limit: PageLimit = 50,
    cursor: PageCursor = None,
    run_id: Annotated[str | None, Query(max_length=100)] = None,
    latest_run: Annotated[bool, Query(description="Ignored where ``run_id`` is given.")] = False,
) -> Page[Segment]:
    """Segments by time: of one run, of the newest run, or (with neither) of the newest run that has
    any, each with its newest successful result."""
    query = {"list": "segments", "video_id": video_id, "run_id": run_id, "latest_run": latest_run}
    after = cursors.decode_optional(call, query, cursor)
    page = await call.run(
        call.runtime.library.segments.page,
        call.caller,
        video_id,
        run_id=run_id or None,
        latest_run=latest_run,
        limit=limit,
        after=after,
    )
    items = [Segment.of(view, call.runtime.library.file_links) for view in page.views.items]
    return page_of(call, query, items, limit=limit, next_position=page.views.next_after)
