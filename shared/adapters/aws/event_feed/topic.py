"""The SNS topic from which every consumer of the event feed has a queue."""

from collections.abc import Sequence
from typing import Any, Final

from shared.adapters.aws.errors import translated_errors
from shared.adapters.aws.event_feed.reference import EVENT_TYPE, EventReference
from shared.domain.errors import Unavailable

_SERVICE: Final = "SNS"
_PER_REQUEST: Final = 10
"""SNS's limit for PublishBatch."""


class EventTopic:
    """Publishes references to events."""

    def __init__(self, topic: str, client: Any) -> None:
        """``topic`` is an ARN, ``client`` a botocore client for SNS."""
        self._topic = topic
        self._client = client

    def publish(self, references: Sequence[EventReference]) -> None:
        """Publish all references. After an error some of them may be published.

        Raises: Unavailable: SNS does not answer, or does not take a message.
        """
        for start in range(0, len(references), _PER_REQUEST):
            batch = references[start : start + _PER_REQUEST]
            entries = [_entry(str(number), reference) for number, reference in enumerate(batch)]
            with translated_errors(_SERVICE):
                answer = self._client.publish_batch(TopicArn=self._topic, PublishBatchRequestEntries=entries)
            if failed := answer.get("Failed"):
                codes = sorted({str(each.get("Code")) for each in failed})
                raise Unavailable(f"{_SERVICE} did not take {len(failed)} events ({', '.join(codes)}).")


def _entry(identifier: str, reference: EventReference) -> dict[str, Any]:
    entry: dict[str, Any] = {"Id": identifier, "Message": reference.model_dump_json()}
    if reference.event_type:  # SNS refuses an attribute without a value
        value = {"DataType": "String", "StringValue": reference.event_type}
        entry["MessageAttributes"] = {EVENT_TYPE: value}
    return entry
