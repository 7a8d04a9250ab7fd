"""How many uploads one process takes at a time."""

from collections.abc import AsyncIterator
from typing import Final

from shared.domain.errors import Unavailable

_RETRY_AFTER_SECONDS: Final = 30


class UploadSlots:
    """A FastAPI dependency: a request has a slot until it is answered, or is asked to come back."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken = 0
        self._peak = 0

    async def __call__(self) -> AsyncIterator[None]:
        """Raises: Unavailable: every slot is taken."""
        if self._taken >= self._most:
            raise Unavailable(
                f"All {self._most} places for uploads are taken. Try again in half a minute.",
                code="too_many_uploads",
                details={"retryable": True, "retry_after": _RETRY_AFTER_SECONDS},
            )
        self._taken += 1
        self._peak = max(self._peak, self._taken)
        try:
            yield
        finally:
            self._taken -= 1

    def most_percent(self) -> float:
        """How full it was at the fullest since this was asked last."""
        peak, self._peak = self._peak, self._taken
        return 100 * peak / self._most
