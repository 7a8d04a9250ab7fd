"""Limit on the concurrent uploads and downloads of one process."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Final

from shared.domain.errors import Unavailable

_RETRY_AFTER_SECONDS: Final = 30
_DETAILS: Final = {"retryable": True, "retry_after": _RETRY_AFTER_SECONDS}


class TransferSlots:
    """FastAPI dependencies that hold a slot until the answer is sent, or refuse the request.

    Uploads and downloads share the slots.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._taken = 0
        self._peak = 0

    async def for_upload(self) -> AsyncIterator[None]:
        """Hold a slot. Raises: Unavailable: all slots are in use."""
        if self._is_full:
            raise Unavailable(self._refusal, code="too_many_uploads", details=_DETAILS)
        with self._held():
            yield

    async def for_download(self) -> AsyncIterator[None]:
        """Hold a slot. Raises: Unavailable: all slots are in use."""
        if self._is_full:
            raise Unavailable(self._refusal, code="too_many_downloads", details=_DETAILS)
        with self._held():
            yield

    def peak_percent(self) -> float:
        """Return the peak usage since the last call, in percent of the slots."""
        peak, self._peak = self._peak, self._taken
        return 100 * peak / self._limit

    @property
    def _is_full(self) -> bool:
        return self._taken >= self._limit

    @property
    def _refusal(self) -> str:
        return (
            f"All {self._limit} slots of uploads and downloads are in use."
            f" Retry in {_RETRY_AFTER_SECONDS} seconds."
        )

    @contextmanager
    def _held(self) -> Iterator[None]:
        self._taken += 1
        self._peak = max(self._peak, self._taken)
        try:
            yield
        finally:
            self._taken -= 1
