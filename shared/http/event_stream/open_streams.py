"""The answers of one process that last: their number for each tenant, their waits, and their end."""

import asyncio
from collections import Counter
from contextlib import suppress
from typing import Final

from shared.domain.errors import TooManyRequests

RETRY_AFTER_SECONDS: Final = 15
CODE: Final = "too_many_open_streams"


class OpenStream:
    """One open stream. While it waits, it holds no thread."""

    def __init__(self, streams: "OpenStreams", tenant_id: str) -> None:
        self._streams = streams
        self._loop = asyncio.get_running_loop()
        self._woken = asyncio.Event()
        self.tenant_id = tenant_id
        self.is_ending = False
        """The server is about to stop. The stream ends, and clients resume at the next server."""

    def wake(self) -> None:
        """End the current wait, or the next one. Any thread may call it."""
        with suppress(RuntimeError):  # the loop is closed: nothing waits
            self._loop.call_soon_threadsafe(self._woken.set)

    async def wait(self, seconds: float) -> None:
        """Wait until ``wake`` is called, the stream is to end, or ``seconds`` have passed."""
        if self.is_ending:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        self._woken.clear()

    def end(self) -> None:
        self.is_ending = True
        self._woken.set()

    def close(self) -> None:
        """Give the place of the stream to another."""
        self._streams.remove(self)


class OpenStreams:
    """All open streams. All methods run on the event loop."""

    def __init__(self, per_tenant: int) -> None:
        self._per_tenant = per_tenant
        self._count: Counter[str] = Counter()
        self._streams: set[OpenStream] = set()
        self._is_ending = False

    def __len__(self) -> int:
        return len(self._streams)

    def open(self, tenant_id: str) -> OpenStream:
        """Open a stream. The caller closes it. Raises: TooManyRequests: the tenant has too many."""
        if self._count[tenant_id] >= self._per_tenant:
            raise TooManyRequests(
                f"{self._per_tenant} streams are open for this tenant. Close one, or retry in"
                f" {RETRY_AFTER_SECONDS} seconds.",
                retry_after_seconds=RETRY_AFTER_SECONDS,
                code=CODE,
            )
        stream = OpenStream(self, tenant_id)
        stream.is_ending = self._is_ending
        self._streams.add(stream)
        self._count[tenant_id] += 1
        return stream

    def remove(self, stream: OpenStream) -> None:
        if stream in self._streams:
            self._streams.remove(stream)
            self._count[stream.tenant_id] -= 1
            if not self._count[stream.tenant_id]:
                del self._count[stream.tenant_id]

    def end(self) -> None:
        """End all streams, and each that is opened from now on."""
        self._is_ending = True
        for stream in self._streams:
            stream.end()
