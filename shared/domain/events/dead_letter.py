"""Dead letters: events that a consumer of the event feed could not take."""

from pydantic import BaseModel

from shared.domain.events.types import EventType


class DeadLetter(BaseModel):
    """An event that a consumer has failed to take repeatedly.

    ``error`` is the name of the last exception's class. Its message is only in the log, because it could hold
    content of the event, which deletions do not find here.
    """

    consumer: str
    tenant_id: str
    event_id: str
    event_type: EventType
    attempts: int
    error: str
    created_at: str
