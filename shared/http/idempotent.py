"""Idempotent requests with the Idempotency-Key header: claim, wait, work, store the answer, replay."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

from fastapi import Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from shared.domain.errors import DomainError, InvalidRequest
from shared.http.errors import status_of
from shared.http.offload import Offload
from shared.services.records.idempotency import LEASE, Claim, Idempotency, InProgress, Replay

REPLAYED: Final = "Idempotency-Replayed"

_WAIT_SECONDS: Final = 5.0
_RENEW_SECONDS: Final = LEASE.total_seconds() / 3

_log = logging.getLogger(__name__)


def idempotency_key(request: Request) -> str | None:
    """Return the request's key. Raises: InvalidRequest: the key does not have 1 to 255 characters."""
    key = request.headers.get("idempotency-key")
    if key is not None and not 1 <= len(key) <= 255:
        raise InvalidRequest("Idempotency-Key", "must have 1 to 255 characters")
    return key


class Once:
    """Runs a request at most once per key."""

    def __init__(self, idempotency: Idempotency, offload: Offload) -> None:
        self._idempotency = idempotency
        self._offload = offload

    async def answer(
        self,
        tenant_id: str,
        operation: str,
        key: str,
        content: Any,
        work: Callable[[str], Awaitable[BaseModel]],
        status_code: int,
    ) -> JSONResponse:
        """Answer the request. Raises: IdempotencyMismatch, InProgress, and the errors of ``work``."""
        claim = await self._claim(tenant_id, operation, key, content)
        if isinstance(claim, Replay):
            return JSONResponse(claim.body, claim.status, headers={REPLAYED: "true"})
        renewal = asyncio.create_task(self._renew(claim))
        try:
            body = (await work(claim.seed)).model_dump(mode="json", by_alias=True)
            await self._offload(lambda: self._idempotency.complete(claim, status_code, body))
        except Exception as error:
            await self._release(claim, error)
            raise
        finally:
            renewal.cancel()
        return JSONResponse(body, status_code)

    async def _claim(self, tenant_id: str, operation: str, key: str, content: Any) -> Claim | Replay:
        """Claim the key. A retry during the first attempt waits for its answer."""
        deadline = time.monotonic() + _WAIT_SECONDS
        pause = 0.05
        while True:
            try:
                return await self._offload(
                    lambda: self._idempotency.claim(tenant_id, operation, key, content)
                )
            except InProgress:
                if time.monotonic() + pause > deadline:
                    raise
            await asyncio.sleep(pause)
            pause = min(pause * 2, 0.5)

    async def _renew(self, claim: Claim) -> None:
        while True:
            await asyncio.sleep(_RENEW_SECONDS)
            try:
                await self._offload(lambda: self._idempotency.renew(claim))
            except DomainError as error:  # the next renewal may succeed in time
                _log.warning("An idempotency claim could not be renewed: %s", error)

    async def _release(self, claim: Claim, error: Exception) -> None:
        """Release the claim. A refusal had no effect and frees the key; after a failure a retry continues the
        work."""
        refused = status_of(error) < 500
        release = self._idempotency.forget if refused else self._idempotency.abandon
        await self._offload(lambda: release(claim))
