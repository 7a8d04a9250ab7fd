"""The download of an export's file."""

from typing import Annotated

from fastapi import Depends, Query
from fastapi.responses import Response, StreamingResponse

from functions.api.exports.link import AuthorisedByLink
from shared.domain.access import Scope
from shared.domain.exports.download_token import MAX_TOKEN_CHARACTERS
from shared.domain.file_names import content_disposition
from shared.http.api_route import ApiRouter
from shared.http.call import Call

router = ApiRouter()


@router.get("/exports/{export_id}/download", response_class=Response)
async def download_export(
    export_id: str,
    call: Annotated[Call, Depends(AuthorisedByLink(Scope.READ))],
    token: Annotated[  # noqa: ARG001 - read before the query is validated
        str | None,
        Query(max_length=MAX_TOKEN_CHARACTERS, description="The token of a link, instead of a key."),
    ] = None,
) -> Response:
    """Download the file of an export, always whole: a ``Range`` header is ignored."""
    opened = await call.run(
        call.runtime.exports.downloads.open,
        call.caller,
        export_id,
        max_bytes=call.request.app.state.max_file_bytes,
    )
    headers = {
        "Content-Type": opened.export.format.media_type,
        "Content-Length": str(opened.size),
        "Content-Disposition": content_disposition("attachment", opened.export.file_name),
        "Accept-Ranges": "none",
        "Cache-Control": "private, no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    if getattr(call.request.state, "head", False):
        return Response(headers=headers)
    return StreamingResponse(opened.content, headers=headers)
