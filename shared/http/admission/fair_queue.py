"""A queue in front of a scarce resource, fair between tenants. A waiting request holds no thread."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final

from shared.domain.errors import TooManyRequests

RETRY_AFTER_SECONDS: Final = 2
CODE: Final = "too_many_concurrent_requests"


@dataclass(frozen=True, slots=True)
class QueueLimits:
    """Limits of waiting requests: their number for one tenant and for all, and the seconds that one waits.

    The total does not count for a tenant without a waiting request, so that others cannot lock it out.
    """

    per_tenant: int
    total: int
    seconds: float


class FairQueue:
    """Admits at most ``slots`` requests at a time, and at most ``tenant_slots`` of one tenant.

    A free slot goes to the tenant with the fewest slots; among equals, to the tenant that was served least
    recently. Within a tenant, the first to come is the first to be served. All methods run on one event
    loop, so no lock is necessary.
    """

    def __init__(
        self, resource: str, slots: int, limits: QueueLimits, *, tenant_slots: int | None = None
    ) -> None:
        """``resource`` names the resource in the message of a refusal, as in "picture searches".

        ``tenant_slots`` None is no limit. It suits a resource that a tenant can hold without working.
        """
        self._resource = resource
        self._slots = slots
        self._tenant_slots = slots if tenant_slots is None else tenant_slots
        self._limits = limits
        self._held: Counter[str] = Counter()
        self._queues: dict[str, deque[asyncio.Future[None]]] = {}
        """The waiting requests of each tenant. Tenants are in the order in which they were last served."""

    @asynccontextmanager
    async def slot(self, tenant_id: str) -> AsyncIterator[None]:
        """Hold a slot in the block.

        Raises:
            TooManyRequests: too many requests of the tenant or of all tenants are waiting, or no slot became
                free in time.
        """
        await self._acquire(tenant_id)
        try:
            yield
        finally:
            self._release(tenant_id)

    def check(self, tenant_id: str) -> None:
        """Refuse a request that would be refused a place. Raises: TooManyRequests."""
        queue = self._queues.get(tenant_id, ())
        if len(queue) >= self._limits.per_tenant or (queue and self.waiting >= self._limits.total):
            raise self._refusal()

    @property
    def waiting(self) -> int:
        return sum(len(queue) for queue in self._queues.values())

    async def _acquire(self, tenant_id: str) -> None:
        if self._held.total() < self._slots and self._may_hold_more(tenant_id):
            # Tenants that wait beside a free slot have all the slots that they may have.
            self._held[tenant_id] += 1
            return
        self.check(tenant_id)
        turn = asyncio.get_running_loop().create_future()
        self._queues.setdefault(tenant_id, deque()).append(turn)
        try:
            async with asyncio.timeout(self._limits.seconds):
                await turn
        except BaseException as error:
            self._leave(tenant_id, turn)
            if isinstance(error, TimeoutError):
                raise self._refusal() from error
            raise

    def _leave(self, tenant_id: str, turn: "asyncio.Future[None]") -> None:
        """Remove a request that waits no longer. Its slot, if it was given one, goes to the next."""
        if turn.done() and not turn.cancelled():
            self._release(tenant_id)
            return
        queue = self._queues.get(tenant_id, deque())
        with suppress(ValueError):  # a release may have removed the cancelled request
            queue.remove(turn)
        if not queue:
            self._queues.pop(tenant_id, None)

    def _release(self, tenant_id: str) -> None:
        self._held[tenant_id] -= 1
        if not self._held[tenant_id]:
            del self._held[tenant_id]
        while waiting := [tenant for tenant in self._queues if self._may_hold_more(tenant)]:
            following = min(waiting, key=lambda tenant: self._held[tenant])
            queue = self._queues.pop(following)
            turn = queue.popleft()
            if queue:
                self._queues[following] = queue
            if not turn.done():
                self._held[following] += 1
                turn.set_result(None)
                return

    def _may_hold_more(self, tenant_id: str) -> bool:
        return self._held[tenant_id] < self._tenant_slots

    def _refusal(self) -> TooManyRequests:
        return TooManyRequests(
            f"Too many {self._resource} are waiting. Send fewer at a time, or retry in"
            f" {RETRY_AFTER_SECONDS} seconds.",
            retry_after_seconds=RETRY_AFTER_SECONDS,
            code=CODE,
        )
