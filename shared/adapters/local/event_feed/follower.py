"""One consumer's way along the event feed."""

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from shared.adapters.local.records.event_feed_table import FeedRow
from shared.adapters.local.records.records import SqliteRecords
from shared.domain.errors import Unavailable
from shared.domain.events.event import Event
from shared.ports.event_feed import EventConsumer
from shared.services.records.dead_letters import DeadLetters
from shared.services.records.documents import Documents

_LONGEST_PAUSE_SECONDS: Final = 30.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FeedPolicy:
    """``pauses`` has the seconds before the second, third, ... try of an event that a consumer fails to take.
    After the last try, it becomes a dead letter. ``poll_seconds`` finds the events of other processes."""

    pauses: Sequence[float] = (1, 2, 4, 8, 16, 30, 60, 60)
    batch_size: int = 100
    poll_seconds: float = 1.0


class Follower:
    """Takes the events to one consumer, in the order of the feed, in one thread.

    The position is stored after the consumer has taken a batch. If the process dies in between, the consumer
    receives the batch again.
    """

    def __init__(
        self, records: SqliteRecords, consumer: EventConsumer, consumers: Sequence[str], policy: FeedPolicy
    ) -> None:
        """``consumers`` are the names of all consumers, this one included."""
        self._records = records
        self._feed = records.event_feed
        self._dead_letters = DeadLetters(Documents(records))
        self._consumer = consumer
        self._consumers = consumers
        self._policy = policy
        self._woken = threading.Event()
        self._stopped = threading.Event()

    def wake(self) -> None:
        """Look at the feed soon."""
        self._woken.set()

    def stop(self) -> None:
        """End ``run`` after the current call of the consumer."""
        self._stopped.set()
        self._woken.set()

    def run(self) -> None:
        """Follow the feed until ``stop``. A store that is full or locked delays it."""
        pause = self._policy.poll_seconds
        while not self._stopped.is_set():
            self._woken.clear()
            try:
                while self._take_batch():
                    pause = self._policy.poll_seconds
            except Exception:
                log.exception("Events do not reach %s. The next try follows in %.0f s.", self._name, pause)
                self._stopped.wait(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
            else:
                self._woken.wait(self._policy.poll_seconds)

    @property
    def _name(self) -> str:
        return self._consumer.name

    def _take_batch(self) -> bool:
        """Take the next batch. Returns whether there was one. Raises: Unavailable."""
        rows = [] if self._stopped.is_set() else self._read()
        if not rows:
            return False
        events = self._events(rows)
        if events and not self._take(events):
            return False
        self._feed.advance(self._name, rows[-1].seq, self._consumers)
        return True

    def _read(self) -> list[FeedRow]:
        return self._feed.read(self._feed.position(self._name), self._policy.batch_size)

    def _events(self, rows: Sequence[FeedRow]) -> list[Event]:
        """Read the events that still exist. Those that expired or were erased are skipped."""
        events: dict[str, Event] = {}
        for record in self._records.get_many([row.key for row in rows]):
            try:
                event = Event.model_validate(record.body)
            except ValidationError:
                log.exception("The event %s cannot be read and is skipped.", record.key.sort)
            else:
                events[event.event_id] = event
        return list(events.values())

    def _take(self, events: Sequence[Event]) -> bool:
        """Give events to the consumer, first together, then one by one until each is taken or a dead letter.

        Events that fail delay the others of their batch only until these have had their own first try.
        Returns False if the feed was stopped before the end. Raises: Unavailable.
        """
        if not self._fails(events):
            return True
        for tries, pause in enumerate((0.0, *self._policy.pauses), start=1):
            if self._stopped.wait(pause):
                return False
            failed = {event.event_id: error for event in events if (error := self._fails([event]))}
            events = [event for event in events if event.event_id in failed]
            if not events:
                return True
            log.error(
                "%d events failed in %s, try %d of %d.",
                len(events),
                self._name,
                tries,
                len(self._policy.pauses) + 1,
                exc_info=failed[events[0].event_id],
            )
        for event in events:
            self._bury(event, failed[event.event_id])
        return True

    def _fails(self, events: Sequence[Event]) -> Exception | None:
        """Call the consumer. Returns the exception that it raised. Raises: Unavailable, which is no fault of
        the events."""
        try:
            self._consumer.consume(events)
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 - any error of a consumer is a failure of the event
            return error
        return None

    def _bury(self, event: Event, error: Exception) -> None:
        log.error(
            "The event %s (%s) is a dead letter of %s. The command dead-letters lists and retries it.",
            event.event_id,
            event.event_type,
            self._name,
        )
        self._dead_letters.add(self._name, event, attempts=len(self._policy.pauses) + 1, error=error)
