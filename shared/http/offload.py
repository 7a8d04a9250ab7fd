"""Where blocking work runs: threads on a server with many callers, in place in a Lambda."""

from collections.abc import Callable
from typing import Protocol, TypeVar

import anyio
import anyio.to_thread

Result = TypeVar("Result")


class Offload(Protocol):
    async def __call__(self, work: Callable[[], Result]) -> Result: ...


class Threads:
    """At most ``limit`` pieces of work at a time; more wait their turn."""

    def __init__(self, limit: int = 64) -> None:
        self._limit = limit
        self._limiter: anyio.CapacityLimiter | None = None

    async def __call__(self, work: Callable[[], Result]) -> Result:
        if self._limiter is None:
            self._limiter = anyio.CapacityLimiter(self._limit)
        return await anyio.to_thread.run_sync(work, limiter=self._limiter)


class InPlace:
    """One caller at a time: a thread would only cost time."""

    async def __call__(self, work: Callable[[], Result]) -> Result:
        return work()
