"""Limits on the bytes of large bodies that requests hold in memory."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from shared.domain.errors import TooManyRequests
from shared.http.admission.fair_queue import CODE, RETRY_AFTER_SECONDS

FREE_BYTES: Final = 64 * 1024
"""Bytes of each body that are not counted. Tenants whose large bodies use all of the memory do not stop the
small bodies of others."""


class BodyMemory:
    """Counts the bytes of large bodies from their arrival to the answer."""

    def __init__(self, total: int, per_tenant: int) -> None:
        self._total = total
        self._per_tenant = per_tenant
        self._held: Counter[str] = Counter()

    @contextmanager
    def lease(self, tenant_id: str) -> Iterator["BodyLease"]:
        """Provide a lease of 0 bytes, which ends with the block."""
        lease = BodyLease(self, tenant_id)
        try:
            yield lease
        finally:
            self._held[tenant_id] -= lease.size
            if not self._held[tenant_id]:
                del self._held[tenant_id]

    @property
    def held(self) -> int:
        return self._held.total()

    def add(self, tenant_id: str, size: int) -> None:
        """Count ``size`` more bytes. Raises: TooManyRequests: the tenant's or the total limit is reached."""
        if self._held[tenant_id] + size > self._per_tenant or self.held + size > self._total:
            raise TooManyRequests(
                "The server holds too many large bodies at the moment. Send fewer at a time, or retry in"
                f" {RETRY_AFTER_SECONDS} seconds.",
                retry_after_seconds=RETRY_AFTER_SECONDS,
                code=CODE,
            )
        self._held[tenant_id] += size


class BodyLease:
    """The bytes that one request may hold."""

    def __init__(self, memory: BodyMemory, tenant_id: str) -> None:
        self._memory = memory
        self._tenant_id = tenant_id
        self.size = 0

    def cover(self, size: int) -> None:
        """Extend the lease to a body of ``size`` bytes, if it is smaller. Raises: TooManyRequests."""
        counted = size - FREE_BYTES
        if counted > self.size:
            self._memory.add(self._tenant_id, counted - self.size)
            self.size = counted
