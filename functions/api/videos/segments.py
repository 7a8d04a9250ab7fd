"""Segments of media."""

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import Depends, Query
from fastapi.responses import Response

from functions.api.videos.segment_schemas import BatchSegmentsRequest, Segment, SegmentsTarget, VideoSegments
from functions.api.wire import MarkerColorFilter, Page, PageCursor, PageLimit, page_of
from shared.domain.access import Scope
from shared.domain.errors import InvalidRequest
from shared.http import cursors
from shared.http.admission.admission import Lane
from shared.http.api_route import ApiRouter
from shared.http.call import Call, authorised

router = ApiRouter(tags=["segments"])
Reader = Annotated[Call, Depends(authorised(Scope.READ))]

MAX_SEGMENTS: Final = 20_000
"""Maximum number of segments in one response. Fifty media may have 400,000, too many to hold in memory."""


@router.post("/videos/batch/segments", response_model=list[VideoSegments])
async def batch_segments(body: BatchSegmentsRequest, call: Reader) -> Response:
    """Get the segments of up to 50 media, in the order of the request.

    A target without ``run_id`` returns the media-wide view: the segments of the newest run that has results,
    each with its newest successful result. The response contains at most 20,000 segments.
    """
    return await call.answer_in(Lane.BATCH, _read_all, call, body.wanted())


def _read_all(call: Call, targets: Sequence[SegmentsTarget]) -> list[VideoSegments]:
    found: list[VideoSegments] = []
    remaining = MAX_SEGMENTS
    for target in targets:
        page = call.runtime.library.segments.every(call.caller, target.video_id, run_id=target.run_id)
        remaining -= len(page.views.items)
        if remaining < 0:
            raise InvalidRequest(
                "targets", f"have more than {MAX_SEGMENTS:,} segments: request fewer at a time"
            )
        found.append(VideoSegments.of(target.video_id, page, call.runtime.library.file_links))
    return found


@router.get(
    "/videos/segments/{segment_id}/thumbnail",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}}}},
)
async def segment_thumbnail(segment_id: str, call: Reader) -> Response:
    """Get the thumbnail of a segment as JPEG, or that of its medium if the segment has none."""
    picture = await call.run(call.runtime.library.media.segment_thumbnail, call.caller, segment_id)
    return Response(picture, media_type="image/jpeg")


@router.get("/videos/{video_id}/segments")
async def list_segments(
    video_id: str,
    call: Reader,
    limit: PageLimit = 50,
    cursor: PageCursor = None,
    run_id: Annotated[str | None, Query(max_length=100)] = None,
    latest_run: Annotated[bool, Query(description="Ignored if ``run_id`` is given.")] = False,
    marker_color: MarkerColorFilter = None,
) -> Page[Segment]:
    """List the segments of a medium in order of time.

    ``run_id`` selects the segments and results of one run, ``latest_run`` those of the newest run that has
    results. With neither, the list contains the segments of that run, each with its newest successful result.
    A run that is queued or at work does not empty the list. ``marker_color`` selects segments with a marker
    on them, a result of them, or a field of either.
    """
    query = {
        "list": "segments",
        "video_id": video_id,
        "run_id": run_id,
        "latest_run": latest_run,
        "marker_color": marker_color,
    }
    after = cursors.decode_optional(call, query, cursor)
    page = await call.run(
        call.runtime.library.segments.page,
        call.caller,
        video_id,
        run_id=run_id or None,
        latest_run=latest_run,
        marker_color=marker_color,
        limit=limit,
        after=after,
    )
    items = [Segment.of(view, call.runtime.library.file_links) for view in page.views.items]
    return page_of(call, query, items, limit=limit, next_position=page.views.next_after)
