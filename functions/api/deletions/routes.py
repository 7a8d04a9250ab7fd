"""Delete an index or a medium, and follow it.

Asking again resumes, with or without an Idempotency-Key, and after the end as well: so a key, which
some clients send, needs no store of its own.
"""

from typing import Annotated

from fastapi import APIRouter, Depends

from functions.api.deletions.schemas import IndexDeletionResponse, VideoDeletionResponse
from shared.domain.access import Scope
from shared.http.call import Call, authorised

router = APIRouter(tags=["deletions"])
Admin = Annotated[Call, Depends(authorised(Scope.ADMIN))]
Reader = Annotated[Call, Depends(authorised(Scope.READ))]


@router.delete("/indexes/{index_id}")
async def delete_index(index_id: str, call: Admin) -> IndexDeletionResponse:
    """Deletes its media too."""
    deletions = call.runtime.deletion.requests
    return IndexDeletionResponse.of(await call.run(deletions.delete_index, call.caller, index_id))


@router.get("/indexes/{index_id}/deletion")
async def get_index_deletion(index_id: str, call: Reader) -> IndexDeletionResponse:
    deletions = call.runtime.deletion.requests
    return IndexDeletionResponse.of(await call.run(deletions.index_deletion, call.caller, index_id))


@router.delete("/videos/{video_id}")
async def delete_video(video_id: str, call: Admin) -> VideoDeletionResponse:
    deletions = call.runtime.deletion.requests
    return VideoDeletionResponse.of(await call.run(deletions.delete_media, call.caller, video_id))


@router.get("/videos/{video_id}/deletion")
async def get_video_deletion(video_id: str, call: Reader) -> VideoDeletionResponse:
    deletions = call.runtime.deletion.requests
    return VideoDeletionResponse.of(await call.run(deletions.media_deletion, call.caller, video_id))
