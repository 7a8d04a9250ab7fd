"""Media, one by one, in batches and in lists."""

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from functions.api.videos import by_address as uploads
from functions.api.videos import segments, upload_form
from functions.api.videos.inline_pictures import InlinePictures
from functions.api.videos.lists import video_page
from functions.api.videos.schemas import (
    SignedUrl,
    SignedUrlRequest,
    Video,
    VideoIds,
    VideoStatus,
    VideoWithDetails,
)
from functions.api.wire import Page, PageCursor, PageLimit
from shared.domain.access import Scope
from shared.http.call import Call, authorised

router = APIRouter()
Reader = Annotated[Call, Depends(authorised(Scope.READ))]

MOST_INLINE_BYTES: Final = 4 * 1024**2
"""Of pictures in one answer, before base64: a Lambda may answer with 6 MB."""

# Literal paths come before those that take an id.
router.include_router(uploads.router)
router.include_router(upload_form.router)
router.include_router(segments.router)


@router.post("/videos/batch", tags=["videos"])
async def batch_videos(body: VideoIds, call: Reader) -> list[VideoWithDetails]:
    """One element an id, in order, with small pictures inside."""
    return await call.run(_with_details, call, body.video_ids)


@router.post("/videos/batch/status", tags=["videos"])
async def batch_status(body: VideoIds, call: Reader) -> list[VideoStatus]:
    """One element an id, in order."""
    found = await call.run(call.runtime.library.media_status.details, call.caller, body.video_ids)
    return [VideoStatus.of(each.media, each.runs) for each in found]


@router.post("/videos/signed-url", tags=["videos"])
async def sign_url(body: SignedUrlRequest, call: Reader) -> SignedUrl:
    """A link that needs no credentials, for a durable URI out of any answer."""
    link = await call.run(call.runtime.library.file_links.grant, call.caller, body.gcs_uri)
    return SignedUrl(signed_url=link.url, expires_at=link.expires_at)


@router.get("/indexes/{index_id}/videos", tags=["videos"])
async def list_index_videos(
    index_id: str, call: Reader, limit: PageLimit = 50, cursor: PageCursor = None
) -> Page[Video]:
    return await video_page(call, index_id, limit, cursor)


@router.get("/videos/{video_id}", tags=["videos"])
async def get_video(video_id: str, call: Reader) -> Video:
    found = await call.run(call.runtime.library.media_status.one, call.caller, video_id)
    return Video.of(found.media, found.runs, call.runtime.library.file_links)


@router.get(
    "/videos/{video_id}/gif",
    tags=["videos"],
    response_class=Response,
    responses={200: {"content": {"image/gif": {}}}},
)
async def video_gif(video_id: str, call: Reader) -> Response:
    return Response(
        await call.run(call.runtime.library.media.preview, call.caller, video_id), media_type="image/gif"
    )


def _with_details(call: Call, video_ids: Sequence[str]) -> list[VideoWithDetails]:
    """Thumbnails of all take their room before the first GIF."""
    runtime = call.runtime
    found = runtime.library.media_status.summaries(call.caller, video_ids)
    pictures = InlinePictures(runtime.library.media.inline_picture, MOST_INLINE_BYTES)
    thumbnails = [pictures.base64(each.media.poster_key) for each in found]
    previews = [pictures.base64(each.media.preview_key) for each in found]
    return [
        VideoWithDetails.with_pictures(
            each.media, each.runs, runtime.library.file_links, first_thumbnail=thumbnail, gif_data=preview
        )
        for each, thumbnail, preview in zip(found, thumbnails, previews, strict=True)
    ]
