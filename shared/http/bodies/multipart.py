"""Reception of multipart forms (RFC 7578): text fields in memory, one file streamed to the store.

A thread parses, hashes and writes the bytes, about a mebibyte at a time. So an upload of any size uses a
few mebibytes of memory and does not block the event loop.
"""

import errno
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Final

import anyio
from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header
from starlette.requests import ClientDisconnect

from shared.domain.errors import DomainError, InvalidRequest, PayloadTooLarge, Unavailable
from shared.http.bodies.content_encoding import check_content_encoding
from shared.http.bodies.memory_file import MemoryFile
from shared.http.bodies.multipart_parts import FormReceiver, Received, ReceivedFile
from shared.http.errors import NO_ROOM_MESSAGE
from shared.http.offload import Offload

if TYPE_CHECKING:
    from shared.runtime import Runtime

__all__ = ["Received", "ReceivedFile", "receive_in_memory", "receive_multipart"]

_BATCH_BYTES: Final = 1024**2
_ENVELOPE_BYTES: Final = 4 * 1024**2
"""Limit of a form without its file: fields, boundaries, headers."""


async def receive_multipart(request: Request, runtime: "Runtime", tenant_id: str) -> Received:
    """Receive the whole form. The caller owns the file, and must keep or ``discard`` it.

    Raises:
        InvalidRequest: the body is compressed, is not a form, or is malformed; names the error.
        PayloadTooLarge: the file, a field or the number of parts is over its limit.
        Unavailable: the disk is full, or the store does not answer.
    """
    limit = runtime.settings.max_upload_bytes
    offload: Offload = request.app.state.offload

    async def new_receiver(boundary: bytes) -> FormReceiver:
        files = await offload(lambda: runtime.ports.incoming_files)
        return FormReceiver(boundary, lambda content_type: files.begin(tenant_id, content_type), limit)

    return await _receive(request, new_receiver, offload, limit, "max_upload_bytes")


async def receive_in_memory(request: Request, *, limit: int, rule: str) -> Received:
    """Receive a form whose file has at most ``limit`` bytes and is never written to a disk or a store.

    Raises: as ``receive_multipart``. ``rule`` names the limit in the error.
    """
    offload: Offload = request.app.state.offload

    async def new_receiver(boundary: bytes) -> FormReceiver:
        return FormReceiver(boundary, lambda _: MemoryFile(), limit, rule)

    return await _receive(request, new_receiver, offload, limit, rule)


async def _receive(
    request: Request,
    new_receiver: Callable[[bytes], Awaitable[FormReceiver]],
    offload: Offload,
    limit: int,
    rule: str,
) -> Received:
    check_content_encoding(request)
    boundary = _boundary(request)
    _check_announced_length(request, limit, rule)
    receiver = await new_receiver(boundary)
    try:
        await _feed(request, receiver, offload, limit, rule)
        return await offload(receiver.finish)
    except BaseException as error:
        with anyio.CancelScope(shield=True):
            await offload(receiver.discard)
        if isinstance(error, (FormParserError, ClientDisconnect, OSError)):
            raise _as_domain_error(error) from error
        raise


async def _feed(request: Request, receiver: FormReceiver, offload: Offload, limit: int, rule: str) -> None:
    batch, length = bytearray(), 0
    async for chunk in request.stream():
        batch += chunk
        length += len(chunk)
        _check_length(length, limit, rule)  # the parser ignores bytes after the last part
        if len(batch) >= _BATCH_BYTES:
            await offload(partial(receiver.feed, bytes(batch)))
            batch.clear()
    await offload(partial(receiver.feed, bytes(batch)))


def _boundary(request: Request) -> bytes:
    media_type, options = parse_options_header(request.headers.get("content-type"))
    boundary = options.get(b"boundary", b"")
    if media_type != b"multipart/form-data" or not 1 <= len(boundary) <= 70:
        raise InvalidRequest("Content-Type", "must be multipart/form-data with a boundary of 1 to 70 bytes")
    return boundary


def _check_announced_length(request: Request, limit: int, rule: str) -> None:
    """Refuse a too large form before its first byte, if the client sent a Content-Length."""
    length = request.headers.get("content-length", "")
    if length.isdigit():
        _check_length(int(length[:20]), limit, rule)


def _check_length(length: int, limit: int, rule: str) -> None:
    if length > limit + _ENVELOPE_BYTES:
        raise PayloadTooLarge(
            f"A file may have at most {limit} bytes.", details={"rule": rule, "limit": limit}
        )


def _as_domain_error(error: BaseException) -> DomainError:
    if isinstance(error, ClientDisconnect):
        return InvalidRequest("body", "ended before the form was complete")
    if isinstance(error, FormParserError):
        return InvalidRequest("body", "is not a readable multipart form")
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Unavailable(NO_ROOM_MESSAGE, code="storage_full")
    return Unavailable("The upload could not be stored.", code="storage_failed")
