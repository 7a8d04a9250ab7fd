"""The dispatcher of the event feed: from the table's stream to the SNS topic of which every consumer has a
queue."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from shared.adapters.aws.errors import translated_errors
from shared.adapters.aws.records.items import COPIED, key_of, record_of
from shared.domain import keys
from shared.domain.errors import Unavailable
from shared.domain.events.reference import EventReference

EVENT_TYPE: Final = "event_type"
"""Message attribute with the event's type, by which a subscription can filter."""

_SERVICE: Final = "SNS"
_PER_REQUEST: Final = 10
"""SNS's limit for PublishBatch."""

StreamRecord = Mapping[str, Any]
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html"""


class EventDispatcher:
    """Publishes a reference to each new event."""

    def __init__(self, topic: str, client: Any) -> None:
        """``topic`` is an ARN, ``client`` a botocore client for SNS."""
        self._topic = topic
        self._client = client

    def dispatch(self, records: Sequence[StreamRecord]) -> list[EventReference]:
        """Publish the events among the records of the stream, and return them.

        Raises: Unavailable: SNS does not answer, or does not take a message. Some events may be published.
        """
        found = [reference for record in records if (reference := new_event(record)) is not None]
        for start in range(0, len(found), _PER_REQUEST):
            self._publish(found[start : start + _PER_REQUEST])
        return found

    def _publish(self, references: Sequence[EventReference]) -> None:
        entries = [_entry(str(number), reference) for number, reference in enumerate(references)]
        with translated_errors(_SERVICE):
            answer = self._client.publish_batch(TopicArn=self._topic, PublishBatchRequestEntries=entries)
        if failed := answer.get("Failed"):
            codes = sorted({str(each.get("Code")) for each in failed})
            raise Unavailable(f"{_SERVICE} did not take {len(failed)} events ({', '.join(codes)}).")


def new_event(record: StreamRecord) -> EventReference | None:
    """Return the event that a record of the stream tells of.

    None: it tells of another change, or of an event that was copied from another archive, where its consumers
    have taken it.
    """
    change = record["dynamodb"]
    key = key_of(change["Keys"])
    if record["eventName"] != "INSERT" or not keys.is_event(key) or COPIED in change["NewImage"]:
        return None
    return EventReference.of(key, str(record_of(change["NewImage"]).body.get("event_type", "")))


def _entry(identifier: str, reference: EventReference) -> dict[str, Any]:
    entry: dict[str, Any] = {"Id": identifier, "Message": reference.model_dump_json()}
    if reference.event_type:  # SNS refuses an attribute without a value
        value = {"DataType": "String", "StringValue": reference.event_type}
        entry["MessageAttributes"] = {EVENT_TYPE: value}
    return entry
