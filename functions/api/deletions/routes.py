"""Deletion of indexes and media, and its progress.

A repeated request resumes or returns the same deletion, even after its end. The routes therefore accept
an Idempotency-Key, which some clients send, but do not store it.
"""

from typing import Annotated

from fastapi import Depends

from functions.api.deletions.schemas import IndexDeletionResponse, VideoDeletionResponse
from shared.domain.access import Scope
from shared.http.api_route import ApiRouter
from shared.http.call import Call, authorised

router = ApiRouter(tags=["deletions"])
Admin = Annotated[Call, Depends(authorised(Scope.ADMIN))]
Reader = Annotated[Call, Depends(authorised(Scope.READ))]


@router.delete("/indexes/{index_id}")
async def delete_index(index_id: str, call: Admin) -> IndexDeletionResponse:
    """Delete an index and all its media.

    The index and its media are hidden at once. Their data is deleted in the background. A repeated request
    returns the same deletion.
    """
    deletions = call.runtime.deletion.requests
    return IndexDeletionResponse.of(await call.run(deletions.delete_index, call.caller, index_id))


@router.get("/indexes/{index_id}/deletion")
async def get_index_deletion(index_id: str, call: Reader) -> IndexDeletionResponse:
    """Get the progress of the deletion of an index. It remains available after the deletion."""
    deletions = call.runtime.deletion.requests
    return IndexDeletionResponse.of(await call.run(deletions.index_deletion, call.caller, index_id))


@router.delete("/videos/{video_id}")
async def delete_video(video_id: str, call: Admin) -> VideoDeletionResponse:
    """Delete a medium with its segments and results.

    The medium is hidden at once. Its data is deleted in the background. A repeated request returns the
    same deletion.
    """
    deletions = call.runtime.deletion.requests
    return VideoDeletionResponse.of(await call.run(deletions.delete_media, call.caller, video_id))


@router.get("/videos/{video_id}/deletion")
async def get_video_deletion(video_id: str, call: Reader) -> VideoDeletionResponse:
    """Get the progress of the deletion of a medium. It remains available after the deletion."""
    deletions = call.runtime.deletion.requests
    return VideoDeletionResponse.of(await call.run(deletions.media_deletion, call.caller, video_id))
