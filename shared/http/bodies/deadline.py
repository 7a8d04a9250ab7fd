"""Middleware that ends requests whose body arrives too slowly.

A slow body holds what the route holds: a slot for uploads, memory, an idempotency lease.
"""

import asyncio
import time
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.domain.errors import RequestTimeout
from shared.http.errors import answer_to
from shared.http.request_ids import request_id_of

_CLOSE: Final = (b"connection", b"close")


class BodyDeadline:
    """Requires ``bytes_per_second`` on average, after the first ``grace_seconds`` of waiting for the client.

    Only the time in which the server waits for bytes counts, not the time in which it works. The answer to
    a request that is too slow is 408, whatever the application answers.
    """

    def __init__(self, app: ASGIApp, *, grace_seconds: float, bytes_per_second: int) -> None:
        self._app = app
        self._grace_seconds = grace_seconds
        self._bytes_per_second = bytes_per_second

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = _TimedBody(receive, self._grace_seconds, self._bytes_per_second)
        has_answered = False

        async def send_unless_too_slow(message: Message) -> None:
            nonlocal has_answered
            if body.too_slow is None or has_answered:
                has_answered = True
                await send(message)

        try:
            await self._app(scope, body.receive, send_unless_too_slow)
        except RequestTimeout:
            if body.too_slow is None:
                raise
        if body.too_slow is not None and not has_answered:
            refusal = answer_to(body.too_slow, request_id_of(scope))
            refusal.raw_headers.append(_CLOSE)
            await refusal(scope, receive, send)


class _TimedBody:
    """The body of a request, with the time that the server has waited for it."""

    def __init__(self, receive: Receive, grace_seconds: float, bytes_per_second: int) -> None:
        self._receive = receive
        self._grace_seconds = grace_seconds
        self._bytes_per_second = bytes_per_second
        self._waited = 0.0
        self._size = 0
        self._is_complete = False
        self.too_slow: RequestTimeout | None = None

    async def receive(self) -> Message:
        """Receive the next message.

        Raises:
            RequestTimeout: the body arrives too slowly.
        """
        if self._is_complete:  # the next message is the disconnection, for which a route may wait for hours
            return await self._receive()
        allowed = self._grace_seconds + self._size / self._bytes_per_second
        began = time.monotonic()
        try:
            async with asyncio.timeout(max(0.0, allowed - self._waited)):
                message = await self._receive()
        except TimeoutError:
            self.too_slow = RequestTimeout(
                f"The body arrived too slowly: after {self._grace_seconds:g} seconds the server expects "
                f"{self._bytes_per_second:,} bytes a second."
            )
            raise self.too_slow from None
        self._waited += time.monotonic() - began
        self._size += len(message.get("body", b""))
        self._is_complete = message["type"] != "http.request" or not message.get("more_body", False)
        return message
