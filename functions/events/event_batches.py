"""Batches of SQS messages that refer to events, handed to a consumer of the event feed."""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_lambda_powertools import Logger
from pydantic import ValidationError

from shared.domain.events.event import Event
from shared.domain.events.reference import EventReference
from shared.ports.event_feed import EventConsumer
from shared.services.records.documents import Documents


def consume_batch(
    batch: Mapping[str, Any], consumer: EventConsumer, documents: Documents, logger: Logger
) -> dict[str, list[dict[str, str]]]:
    """Let the consumer take the events of a batch. Return the messages that SQS delivers again.

    If the consumer fails, it gets the events one by one, so that one event does not hold up the others. An
    event that has been erased or has expired since counts as taken. A message that is no reference to an
    event always fails, and so becomes a dead letter.

    Raises: Unavailable: the events cannot be read. SQS delivers the whole batch again.
    """
    found = {record["messageId"]: _reference(record["body"], logger) for record in batch["Records"]}
    references = {message: reference for message, reference in found.items() if reference is not None}
    failed = [message for message in found if message not in references]
    keys = list(dict.fromkeys(reference.key for reference in references.values()))
    events = {event.event_id: event for event in documents.get_many(Event, keys)}
    if not _consumed(list(events.values()), consumer, logger):
        failed += [
            message
            for message, reference in references.items()
            if (event := events.get(reference.event_id)) is not None
            and not _consumed([event], consumer, logger)
        ]
    return {"batchItemFailures": [{"itemIdentifier": message} for message in failed]}


def _reference(body: str, logger: Logger) -> EventReference | None:
    try:
        return EventReference.model_validate_json(body)
    except ValidationError:
        logger.exception("a message is no reference to an event")
        return None


def _consumed(events: Sequence[Event], consumer: EventConsumer, logger: Logger) -> bool:
    if not events:
        return True
    try:
        consumer.consume(events)
    except Exception:  # whatever the failure of one event is, the others are taken
        logger.exception(
            "events were not taken",
            extra={"consumer": consumer.name, "event_ids": [event.event_id for event in events]},
        )
        return False
    return True
