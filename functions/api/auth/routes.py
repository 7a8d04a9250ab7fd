"""Validation of API keys, and readiness of the server."""

from typing import Annotated

from fastapi import Depends

from functions.api.auth.schemas import ProcessingActivityRequest, ProcessingActivityResponse
from shared.domain.access import Scope
from shared.http.api_route import ApiRouter
from shared.http.call import Call, authorised

router = ApiRouter(prefix="/auth", tags=["auth"])

AnyKey = Annotated[Call, Depends(authorised(Scope.SEARCH))]
"""Search is the lowest scope, so every key includes it."""


@router.get("/validate", status_code=204)
async def validate_key(_call: AnyKey) -> None:
    """Validate the API key of the request. A valid key gets status 204 without a body."""


@router.post("/processing-activity")
async def processing_activity(body: ProcessingActivityRequest, _call: AnyKey) -> ProcessingActivityResponse:
    """Announce that processing may follow. This server needs no warm-up and is always ready."""
    return ProcessingActivityResponse(event_id=str(body.event_id))
