"""Execution of blocking work: in threads on a server, in place in a Lambda function."""

from collections.abc import Callable
from typing import Protocol, TypeVar

import anyio
import anyio.to_thread

Result = TypeVar("Result")


class Offload(Protocol):
    async def __call__(self, work: Callable[[], Result]) -> Result: ...


class Threads:
    """Runs work in threads, at most ``limit`` at a time; other work waits."""

    def __init__(self, limit: int = 64) -> None:
        self._limit = limit
        self._limiter: anyio.CapacityLimiter | None = None

    async def __call__(self, work: Callable[[], Result]) -> Result:
        if self._limiter is None:
            self._limiter = anyio.CapacityLimiter(self._limit)
        return await anyio.to_thread.run_sync(work, limiter=self._limiter)


class InPlace:
    """Runs work in the calling thread. A Lambda function serves one request at a time."""

    async def __call__(self, work: Callable[[], Result]) -> Result:
        return work()
