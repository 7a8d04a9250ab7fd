"""``GET /media/{file_name}?token=``: the target of signed links if this server stores the bytes itself.

The token is the only credential, because players, image elements and browsers follow the links.
"""

import hashlib
from functools import partial
from typing import Annotated, Final, cast

from fastapi import Query, Request
from fastapi.responses import Response, StreamingResponse

from shared.domain.errors import NotFound
from shared.domain.file_names import content_disposition
from shared.http.api_route import ApiRouter
from shared.http.byte_ranges import ByteRange, RangeNotSatisfiable, parse_range
from shared.http.errors import answer
from shared.http.offload import Offload
from shared.http.request_ids import request_id_of
from shared.ports.blobs import BlobNotFound, BlobStat, MediaLinks
from shared.runtime import Runtime

router = ApiRouter(tags=["media links"])

_SHOWN_INLINE: Final = ("video/", "audio/", "image/")
_SECURITY_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
"""Uploaded content is not trusted: a browser must not run it as a page of this server."""


@router.get("/media/{file_name}", response_class=Response)
async def open_media_link(
    file_name: str,  # noqa: ARG001 - for people and players; the token alone selects the file
    request: Request,
    token: Annotated[str, Query(max_length=4096)] = "",
) -> Response:
    """Download the file of a signed link, complete or one byte range.

    The token in the link is the only credential. ``file_name`` is for display.
    """
    runtime: Runtime = request.app.state.runtime
    links = cast("MediaLinks", runtime.ports.blobs)  # only blob stores with MediaLinks link to this route
    key, shown_name = links.open_link(token)
    offload: Offload = request.app.state.offload
    stat = await offload(partial(runtime.ports.blobs.stat, key))
    if stat is None:
        raise NotFound("media_file", shown_name)
    headers = _headers(key, shown_name, stat)
    try:
        wanted = _wanted_range(request, headers["ETag"], stat.size)
    except RangeNotSatisfiable:
        return answer(
            416,
            "range_not_satisfiable",
            f"The file has {stat.size} bytes.",
            request_id=request_id_of(request.scope),
            headers={"Content-Range": f"bytes */{stat.size}"},
        )
    status = 200
    if wanted is not None:
        status = 206
        headers["Content-Range"] = wanted.content_range
    span = wanted or ByteRange(0, stat.size, stat.size)
    headers["Content-Length"] = str(span.end - span.start)
    if getattr(request.state, "head", False) or span.start == span.end:
        return Response(status_code=status, headers=headers)
    try:
        content = await offload(partial(runtime.ports.blobs.stream, key, span.start, span.end))
    except BlobNotFound as error:
        raise NotFound("media_file", shown_name) from error
    return StreamingResponse(content, status, headers)


def _headers(key: str, file_name: str, stat: BlobStat) -> dict[str, str]:
    shown = stat.content_type.startswith(_SHOWN_INLINE) and "svg" not in stat.content_type
    tag = hashlib.sha256(f"{key}\n{stat.size}".encode()).hexdigest()[:32]
    return {
        **_SECURITY_HEADERS,
        "Content-Type": stat.content_type,
        "Content-Disposition": content_disposition("inline" if shown else "attachment", file_name),
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, max-age=3600",
        "ETag": f'"{tag}"',
    }


def _wanted_range(request: Request, tag: str, size: int) -> ByteRange | None:
    """Return the requested range, or None for the complete file.

    An ``If-Range`` header with another tag means that the client knows another version of the file.
    """
    condition = request.headers.get("if-range")
    if condition is not None and condition != tag:
        return None
    return parse_range(request.headers.get("range"), size)
