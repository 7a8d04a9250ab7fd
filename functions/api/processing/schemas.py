"""Wire models of the live stream."""

from typing import Any, Final, Literal, Self

from pydantic import BaseModel, Field

from shared.domain.clock import timestamp
from shared.domain.errors import DomainError
from shared.domain.events.event import API_VERSION, Event

STREAM_ERROR: Final = "processing.stream_error"


class StreamEvent(BaseModel):
    """The ``data`` of an event of the live stream. ``payload`` depends on ``event_type``."""

    event_id: str
    event_type: str
    api_version: str = API_VERSION
    user_id: str | None
    run_id: str | None
    video_id: str | None
    segment_id: str | None
    index_id: str | None
    created_at: str
    payload: dict[str, Any]

    @classmethod
    def of(cls, event: Event) -> Self:
        return cls(
            event_id=event.event_id,
            event_type=event.event_type,
            user_id=event.user_id,
            run_id=event.run_id,
            video_id=event.video_id,
            segment_id=event.segment_id,
            index_id=event.index_id,
            created_at=event.created_at,
            payload=event.payload,
        )


class StreamErrorPayload(BaseModel):
    """Why the stream breaks. ``retryable``: the client should resume."""

    code: str
    message: str
    retryable: bool


class StreamError(BaseModel):
    """The ``data`` of ``processing.stream_error``. It is no event of the log, so it has no id."""

    event_id: None = None
    event_type: Literal["processing.stream_error"] = "processing.stream_error"
    api_version: str = API_VERSION
    user_id: None = None
    run_id: None = None
    video_id: None = None
    segment_id: None = None
    index_id: None = None
    created_at: str = Field(default_factory=timestamp)
    payload: StreamErrorPayload

    @classmethod
    def of(cls, error: DomainError, *, retryable: bool) -> Self:
        return cls(payload=StreamErrorPayload(code=error.code, message=error.message, retryable=retryable))


class StreamTicket(BaseModel):
    """A ticket for one request to the live stream. It is valid for ``expires_in`` seconds."""

    ticket: str
    expires_in: int
