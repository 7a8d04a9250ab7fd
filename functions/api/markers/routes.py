"""Markers: put, list and delete them."""

from typing import Annotated

from fastapi import Depends, Query

from functions.api.markers.schemas import Marker, PutMarkerRequest, TargetId
from functions.api.wire import ColorFilter, DeleteResponse, Page, PageCursor, PageLimit, page_of
from shared.domain.access import Scope
from shared.domain.markers.marker import MarkerTargetType
from shared.http import cursors
from shared.http.api_route import ApiRouter
from shared.http.call import Call, authorised
from shared.services.library.markers.markers import MarkerFilter

router = ApiRouter(tags=["markers"])
Reader = Annotated[Call, Depends(authorised(Scope.READ))]
Writer = Annotated[Call, Depends(authorised(Scope.WRITE))]


@router.get("/markers")
async def list_markers(
    call: Reader,
    limit: PageLimit = 50,
    cursor: PageCursor = None,
    target_type: MarkerTargetType | None = None,
    target_id: Annotated[TargetId | None, Query(description="A target and its fields.")] = None,
    video_id: Annotated[
        TargetId | None, Query(description="A medium, its segments, its results and their fields.")
    ] = None,
    color: Annotated[ColorFilter | None, Query(description="``any``: every marker.")] = None,
) -> Page[Marker]:
    """List markers, those created last first."""
    query = {
        "list": "markers",
        "target_type": target_type,
        "target_id": target_id,
        "video_id": video_id,
        "color": color,
    }
    wanted = MarkerFilter(target_type, target_id, video_id, color)
    after = cursors.decode_optional(call, query, cursor)
    found = await call.run(call.runtime.library.markers.page, call.caller, wanted, limit=limit, after=after)
    markers = [Marker.from_domain(marker) for marker in found.items]
    return page_of(call, query, markers, limit=limit, next_position=found.next_after)


@router.put("/markers")
async def put_marker(body: PutMarkerRequest, call: Writer) -> Marker:
    """Set the marker of a medium, a segment, a prompt run or a result, or of a field of a segment or result.

    A target has at most one marker: a second request changes it and keeps its ``marker_id``. A marker on a
    segment also shows on the results of the segment.
    """
    markers = call.runtime.library.markers
    marker = await call.run(markers.put, call.caller, body.target.to_domain(), body.color, body.note)
    return Marker.from_domain(marker)


@router.delete("/markers/{marker_id}")
async def delete_marker(marker_id: str, call: Writer) -> DeleteResponse:
    """Delete a marker."""
    await call.run(call.runtime.library.markers.delete, call.caller, marker_id)
    return DeleteResponse(message=f"The marker {marker_id} is deleted.")
