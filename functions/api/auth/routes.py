"""Is this key good, and is the server ready."""

from typing import Annotated

from fastapi import APIRouter, Depends

from functions.api.auth.schemas import ProcessingActivityRequest, ProcessingActivityResponse
from shared.domain.access import Scope
from shared.http.call import Call, authorised

router = APIRouter(prefix="/auth", tags=["auth"])

AnyKey = Annotated[Call, Depends(authorised(Scope.SEARCH))]
"""Search is the least of the scopes: every key includes it."""


@router.get("/validate", status_code=204)
async def validate_key(_call: AnyKey) -> None:
    """No body: the one place where clients expect that."""


@router.post("/processing-activity")
async def processing_activity(body: ProcessingActivityRequest, _call: AnyKey) -> ProcessingActivityResponse:
    return ProcessingActivityResponse(event_id=str(body.event_id))
