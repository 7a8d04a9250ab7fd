"""Limit on the concurrent uploads of one process."""

from collections.abc import AsyncIterator
from typing import Final

from shared.domain.errors import Unavailable

_RETRY_AFTER_SECONDS: Final = 30


class UploadSlots:
    """A FastAPI dependency that holds a slot until the request is answered, or refuses the request."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._taken = 0
        self._peak = 0

    async def __call__(self) -> AsyncIterator[None]:
        """Hold a slot.

        Raises:
            Unavailable: all slots are in use.
        """
        if self._taken >= self._limit:
            raise Unavailable(
                f"All {self._limit} upload slots are in use. Retry in {_RETRY_AFTER_SECONDS} seconds.",
                code="too_many_uploads",
                details={"retryable": True, "retry_after": _RETRY_AFTER_SECONDS},
            )
        self._taken += 1
        self._peak = max(self._peak, self._taken)
        try:
            yield
        finally:
            self._taken -= 1

    def peak_percent(self) -> float:
        """Return the peak usage since the last call, in percent of the slots."""
        peak, self._peak = self._peak, self._taken
        return 100 * peak / self._limit
