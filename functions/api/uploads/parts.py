"""``PUT /upload-parts?token=``: the target of part links if this server stores the bytes itself.

The token is the only credential, so the sender of the parts needs no API key.
"""

from functools import partial
from pathlib import Path
from typing import Annotated, Final, cast

from fastapi import Query, Request
from pydantic import BaseModel
from starlette.requests import ClientDisconnect

from shared.domain.errors import InvalidRequest
from shared.http.api_route import ApiRouter
from shared.http.offload import Offload
from shared.http.openapi import RAW_BODY
from shared.ports.part_uploads import PartReceiver
from shared.runtime import Runtime

router = ApiRouter(tags=["media links"])

_BATCH_BYTES: Final = 1024**2


class PartKept(BaseModel):
    """A part that is stored."""

    part_number: int
    size_bytes: int


@router.put("/upload-parts", openapi_extra=RAW_BODY)
async def put_upload_part(request: Request, token: Annotated[str, Query(max_length=4096)] = "") -> PartKept:
    """Upload one part of an upload session. The body must have exactly the size that the link names.

    The token in the link is the only credential.
    """
    runtime: Runtime = request.app.state.runtime
    offload: Offload = request.app.state.offload
    receiver = cast("PartReceiver", runtime.ports.upload_sessions)  # only a PartReceiver links to this route
    part = await offload(partial(receiver.open_part, token))
    path = await offload(runtime.ports.blobs.scratch_file)
    try:
        await _receive(request, path, part.size, offload)
        await offload(partial(receiver.keep_part, token, path))
    finally:
        await offload(partial(path.unlink, missing_ok=True))
    return PartKept(part_number=part.number, size_bytes=part.size)


async def _receive(request: Request, path: Path, size: int, offload: Offload) -> None:
    batch, received = bytearray(), 0

    def write() -> None:
        with path.open("ab") as file:
            file.write(batch)

    try:
        async for chunk in request.stream():
            received += len(chunk)
            if received > size:
                break
            batch += chunk
            if len(batch) >= _BATCH_BYTES:
                await offload(write)
                batch.clear()
    except ClientDisconnect as error:
        raise InvalidRequest("body", "ended before the part was complete") from error
    if received != size:
        raise InvalidRequest("body", f"must have exactly {size} bytes")
    await offload(write)
