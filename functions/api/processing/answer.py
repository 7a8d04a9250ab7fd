"""One answer of the live stream, as blocks of server-sent events."""

import asyncio
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final, Self

from functions.api.processing.schemas import STREAM_ERROR, StreamError, StreamErrorPayload, StreamEvent
from shared.domain.clock import isoformat
from shared.domain.errors import DomainError, NotAuthenticated
from shared.domain.events.stream_position import OVERLAP
from shared.http.admission.admission import Lane
from shared.http.call import Call
from shared.http.event_stream.open_streams import OpenStream
from shared.http.event_stream.server_sent_events import HEARTBEAT, event_block, position_block, retry_block
from shared.services.notifications.event_reader import Batch
from shared.services.notifications.live_stream import OpenedReader

RETRY_MILLISECONDS: Final = 3000
CONTINUE_MILLISECONDS: Final = 100
"""The time before the next request of a client that has not caught up yet."""

_POLL_SECONDS: Final = 1.0
_CHECK_SECONDS: Final = 5.0
"""The longest time until a stream of a revoked key ends."""

_LEAST_PAUSE_SECONDS: Final = 0.05
"""The least time between two passes. The commits of this time cause one pass together."""

_CATCH_UP_SECONDS: Final = 10.0
_WHOLE_ANSWER_BYTES: Final = 1024**2


@dataclass(frozen=True, slots=True)
class AnswerLimits:
    """When an answer ends. ``seconds`` is the time that it waits for new events."""

    seconds: float
    bytes: int

    @property
    def is_short(self) -> bool:
        """Whether clients resume so often that a position must tell everything that was read."""
        return self.seconds < OVERLAP.total_seconds()

    @classmethod
    def of(cls, call: Call) -> Self:
        """Return the limits of the runtime: none on a server, and no wait where an answer is sent as a whole.

        API Gateway sends a function's answer as a whole, and a function that waits costs money.
        """
        if not call.runtime.ports.streams_answers:
            return cls(0, _WHOLE_ANSWER_BYTES)
        seconds = call.runtime.settings.event_stream_seconds
        return cls(float("inf") if seconds is None else seconds, sys.maxsize)


class LiveAnswer:
    """The events of a reader, heartbeats, positions, and a last block that says when to resume."""

    def __init__(
        self, call: Call, opened: OpenedReader, stream: OpenStream, *, batch_size: int, limits: AnswerLimits
    ) -> None:
        self._call = call
        self._reader = opened.reader
        self._lost_until = opened.lost_until
        self._stream = stream
        self._batch_size = batch_size
        self._limits = limits
        self._heartbeat_seconds = call.runtime.settings.event_stream_heartbeat_seconds
        self._started = self._sent_at = self._checked_at = self._read_at = time.monotonic()
        self._sent_bytes = 0
        self._is_behind = False

    async def blocks(self) -> AsyncGenerator[bytes, None]:
        """Yield the blocks of the answer."""
        unsubscribe = self._call.runtime.ports.event_signal.subscribe(self._stream.wake)
        try:
            yield self._opening()
            async with aclosing(self._body()) as body:
                async for block in body:
                    yield block
        except DomainError as error:
            is_final = isinstance(error, NotAuthenticated)
            yield event_block(STREAM_ERROR, StreamError.of(error, retryable=not is_final))
        finally:
            unsubscribe()
        pause = CONTINUE_MILLISECONDS if self._is_behind else RETRY_MILLISECONDS
        yield position_block(self._reader.position) + retry_block(pause)

    async def _body(self) -> AsyncGenerator[bytes, None]:
        while True:
            self._read_at = time.monotonic()
            batch = await self._call.run_in(Lane.EVENT_STREAM, self._reader.read, self._batch_size)
            if batch.events:
                yield self._sent(self._blocks_of(batch))
            await self._check_caller()
            if self._is_over(batch):
                self._is_behind = batch.has_more
                return
            if not batch.has_more:
                await self._pause()
            if time.monotonic() - self._sent_at >= self._heartbeat_seconds:
                yield self._sent(HEARTBEAT + position_block(self._reader.position))

    def _opening(self) -> bytes:
        """Return the first block. It has the position, so that a client that gets no event resumes too."""
        opening = retry_block(RETRY_MILLISECONDS) + position_block(self._reader.position)
        if self._lost_until is None:
            return opening
        payload = StreamErrorPayload(
            code="events_expired",
            message=f"Events before {isoformat(self._lost_until)} are removed. The stream starts there.",
            retryable=True,
        )
        return opening + event_block(STREAM_ERROR, StreamError(payload=payload))

    def _blocks_of(self, batch: Batch) -> bytes:
        events = (
            event_block(event.event_type, StreamEvent.of(event), event.event_id) for event in batch.events
        )
        return b"".join(events) + position_block(self._reader.position)

    def _sent(self, block: bytes) -> bytes:
        self._sent_at = time.monotonic()
        self._sent_bytes += len(block)
        return block

    async def _check_caller(self) -> None:
        """Look up the caller's key again from time to time. Raises: NotAuthenticated."""
        if time.monotonic() - self._checked_at >= _CHECK_SECONDS:
            await self._call.run(self._call.runtime.access.caller_validity.check, self._call.caller)
            self._checked_at = time.monotonic()

    def _is_over(self, batch: Batch) -> bool:
        if self._stream.is_ending or self._sent_bytes >= self._limits.bytes:
            return True
        least = _CATCH_UP_SECONDS if batch.has_more else 0.0
        return time.monotonic() - self._started >= max(self._limits.seconds, least)

    async def _pause(self) -> None:
        """Wait for a commit, the next heartbeat, the end of the answer or the end of the server."""
        began = time.monotonic()
        left = self._limits.seconds - (began - self._started)
        until_heartbeat = self._sent_at + self._heartbeat_seconds - began
        await self._stream.wait(max(_LEAST_PAUSE_SECONDS, min(_POLL_SECONDS, left, until_heartbeat)))
        await asyncio.sleep(self._read_at + _LEAST_PAUSE_SECONDS - time.monotonic())
