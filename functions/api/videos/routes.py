"""Media: single, in batches and in lists."""

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import Depends
from fastapi.responses import Response

from functions.api.videos import segments, timeline, upload_form, uri_import
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
from functions.api.wire import MarkerColorFilter, Page, PageCursor, PageLimit
from shared.domain.access import Scope
from shared.http.admission.admission import Lane
from shared.http.api_route import ApiRouter
from shared.http.call import Call, authorised

router = ApiRouter()
Reader = Annotated[Call, Depends(authorised(Scope.READ))]

MAX_INLINE_BYTES: Final = 4 * 1024**2
"""Maximum size of the pictures in one response, before base64. Lambda limits a response to 6 MB."""

# Routes with literal paths must precede routes with an id in the path.
router.include_router(uri_import.router)
router.include_router(upload_form.router)
router.include_router(segments.router)
router.include_router(timeline.router)


@router.post("/videos/batch", response_model=list[VideoWithDetails], tags=["videos"])
async def batch_videos(body: VideoIds, call: Reader) -> Response:
    """Get media by id, in the order of the ids, with thumbnails and previews as base64.

    Status 404 if one of the media does not exist.
    """
    return await call.answer_in(Lane.BATCH, _with_details, call, body.video_ids)


@router.post("/videos/batch/status", response_model=list[VideoStatus], tags=["videos"])
async def batch_status(body: VideoIds, call: Reader) -> Response:
    """Get the processing status of media, in the order of the ids.

    Status 404 if one of the media does not exist.
    """
    return await call.answer_in(Lane.BATCH, _statuses, call, body.video_ids)


@router.post("/videos/signed-url", tags=["videos"])
async def sign_url(body: SignedUrlRequest, call: Reader) -> SignedUrl:
    """Create a signed link for a durable URI from any response.

    The link needs no credentials and works until ``expires_at``.
    """
    link = await call.run(call.runtime.library.file_links.grant, call.caller, body.gcs_uri)
    return SignedUrl(signed_url=link.url, expires_at=link.expires_at)


@router.get("/indexes/{index_id}/videos", tags=["videos"])
async def list_index_videos(
    index_id: str,
    call: Reader,
    limit: PageLimit = 50,
    cursor: PageCursor = None,
    marker_color: MarkerColorFilter = None,
) -> Page[Video]:
    """List the media of an index, newest first."""
    return await video_page(call, index_id, limit, cursor, marker_color)


@router.get("/videos/{video_id}", tags=["videos"])
async def get_video(video_id: str, call: Reader) -> Video:
    """Get a medium with its processing status."""
    found = await call.run(call.runtime.library.media_status.one, call.caller, video_id)
    return Video.of(found.media, found.runs, call.runtime.library.file_links)


@router.get(
    "/videos/{video_id}/gif",
    tags=["videos"],
    response_class=Response,
    responses={200: {"content": {"image/gif": {}}}},
)
async def video_gif(video_id: str, call: Reader) -> Response:
    """Get the animated preview of a medium. Status 404 if it has none, such as audio."""
    return Response(
        await call.run(call.runtime.library.media.preview, call.caller, video_id), media_type="image/gif"
    )


@router.get(
    "/videos/{video_id}/thumbnail",
    tags=["videos"],
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}}}},
)
async def video_thumbnail(video_id: str, call: Reader) -> Response:
    """Get the thumbnail of a medium as JPEG, at most 640 wide. Status 404 if it has none."""
    picture = await call.run(call.runtime.library.media.poster, call.caller, video_id)
    headers = {"Cache-Control": "private, max-age=3600", "Vary": "Authorization, X-API-Key"}
    return Response(picture, media_type="image/jpeg", headers=headers)


def _statuses(call: Call, video_ids: Sequence[str]) -> list[VideoStatus]:
    found = call.runtime.library.media_status.details(call.caller, video_ids)
    return [VideoStatus.of(snapshot.media, snapshot.runs) for snapshot in found]


def _with_details(call: Call, video_ids: Sequence[str]) -> list[VideoWithDetails]:
    """Read media with their pictures. The room goes to all thumbnails first, then to the GIFs."""
    runtime = call.runtime
    found = runtime.library.media_status.summaries(call.caller, video_ids)
    pictures = InlinePictures(runtime.library.media.inline_picture, MAX_INLINE_BYTES)
    thumbnails = [pictures.base64(snapshot.media.poster_key) for snapshot in found]
    previews = [pictures.base64(snapshot.media.preview_key) for snapshot in found]
    return [
        VideoWithDetails.with_pictures(
            snapshot.media,
            snapshot.runs,
            runtime.library.file_links,
            first_thumbnail=thumbnail,
            gif_data=preview,
        )
        for snapshot, thumbnail, preview in zip(found, thumbnails, previews, strict=True)
    ]
