"""Dead letters of the event feed: their store, their list for operators, and another try."""

from collections.abc import Iterator
from dataclasses import replace

from shared.domain import keys
from shared.domain.clock import timestamp
from shared.domain.events.dead_letter import DeadLetter
from shared.domain.events.event import Event
from shared.ports.records import Delete
from shared.services.records.documents import Documents, put
from shared.services.records.event_log import event_write, expiry_of
from shared.services.records.transact import Decision

_PAGE_SIZE = 500


class DeadLetters:
    """The dead letters of all consumers. They expire with their events."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def add(self, consumer: str, event: Event, *, attempts: int, error: Exception) -> None:
        letter = DeadLetter(
            consumer=consumer,
            tenant_id=event.tenant_id,
            event_id=event.event_id,
            event_type=event.event_type,
            attempts=attempts,
            error=type(error).__name__,
            created_at=timestamp(),
        )
        self._documents.write(
            put(keys.dead_letter(consumer, event.event_id), letter, expires_at=expiry_of(event.event_id))
        )

    def each(self, consumer: str) -> Iterator[DeadLetter]:
        """Walk over the dead letters of a consumer, in the order of event ids."""
        return self._documents.each(DeadLetter, keys.dead_letter(consumer), limit=_PAGE_SIZE)

    def retry(self, letter: DeadLetter) -> bool:
        """Append the event to the feed again and delete the dead letter, in one transaction.

        All consumers receive the event; those that have taken it ignore it. Returns whether the event still
        exists. An event that a deletion erases meanwhile is not restored.
        """
        gone = Delete(keys.dead_letter(letter.consumer, letter.event_id))
        event_key = keys.event(letter.tenant_id, letter.event_id)

        def decide() -> Decision[bool]:
            batch = self._documents.batch([event_key])
            event = batch.get(Event, event_key)
            if event is None:
                return Decision(False, [gone])
            append = replace(event_write(event), expected_version=batch.version(event_key))
            return Decision(True, [append, gone])

        return self._documents.transact(decide)
