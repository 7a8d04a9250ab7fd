"""The answer that carries server-sent events."""

from collections.abc import AsyncGenerator
from typing import Final

from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from shared.http.event_stream.open_streams import OpenStream

MEDIA_TYPE: Final = "text/event-stream"

HEADERS: Final = {
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # nginx would collect blocks until its buffer is full
}


class EventStreamResponse(StreamingResponse):
    """Sends blocks as the client takes them, and closes the stream when the client goes or the blocks end.

    The server asks for the next block when the socket has taken the last. A slow client therefore costs one
    block and the buffers of its connection.
    """

    def __init__(self, blocks: AsyncGenerator[bytes, None], stream: OpenStream) -> None:
        super().__init__(blocks, media_type=MEDIA_TYPE, headers=HEADERS)
        self._blocks = blocks
        self._stream = stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._stream.close()
            await self._blocks.aclose()


def head_response() -> Response:
    """Return the answer to ``HEAD``, which ends at once."""
    return Response(media_type=MEDIA_TYPE, headers=HEADERS)
