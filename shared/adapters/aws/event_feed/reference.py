"""The identity of an event, as the table's stream and the queues of the consumers carry it.

Messages hold no payload: queues and dead letters would keep it for 14 days, beyond the deletion of the medium
that it tells of. A consumer reads the event from the log.
"""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from shared.adapters.aws.records.items import key_of, record_of
from shared.domain import keys
from shared.domain.keys import Key

EVENT_TYPE = "event_type"
"""Message attribute with the event's type, by which a subscription can filter."""


class EventReference(BaseModel):
    """An event of a tenant's log. ``event_type`` is empty if the log entry names none."""

    model_config = ConfigDict(frozen=True)

    tenant_id: str
    event_id: str
    event_type: str = ""

    @property
    def key(self) -> Key:
        return keys.event(self.tenant_id, self.event_id)

    @classmethod
    def of_stream_record(cls, record: Mapping[str, Any]) -> Self | None:
        """Read a record of the table's stream. Return None unless it tells of a new event.

        https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html
        """
        change = record["dynamodb"]
        key = key_of(change["Keys"])
        if record["eventName"] != "INSERT" or not keys.is_event(key):
            return None
        body = record_of(change["NewImage"]).body if "NewImage" in change else {}
        return cls(
            tenant_id=keys.tenant_of_event(key), event_id=key.sort, event_type=str(body.get("event_type", ""))
        )
