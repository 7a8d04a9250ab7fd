"""The identity of an event, as the queues of the event feed's consumers carry it on AWS."""

from typing import Self

from pydantic import BaseModel, ConfigDict

from shared.domain import keys
from shared.domain.keys import Key


class EventReference(BaseModel):
    """An event of a tenant's log. ``event_type`` is empty if the log entry names none.

    It has no payload: queues and dead letters would keep it for 14 days, beyond the deletion of the medium
    that it tells of. A consumer reads the event from the log.
    """

    model_config = ConfigDict(frozen=True)

    tenant_id: str
    event_id: str
    event_type: str = ""

    @property
    def key(self) -> Key:
        return keys.event(self.tenant_id, self.event_id)

    @classmethod
    def of(cls, key: Key, event_type: str) -> Self:
        """Build the reference of the event that is stored under ``key``."""
        return cls(tenant_id=keys.tenant_of_event(key), event_id=key.sort, event_type=event_type)
