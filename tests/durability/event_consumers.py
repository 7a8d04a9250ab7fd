"""A process that writes events and gives them to two consumers until it is killed.

``python -m tests.durability.event_consumers FILE write`` prints each event id once it is committed. With
``read`` it writes nothing and only follows the feed.
"""

import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from shared.adapters.local.event_feed.feed import LocalEventFeed
from shared.adapters.local.event_feed.follower import FeedPolicy
from shared.adapters.local.event_feed.signal import LocalEventSignal
from shared.adapters.local.records.records import SqliteRecords
from shared.domain.errors import VersionConflict
from shared.domain.events.event import Event
from shared.domain.events.payloads import DeletionPayload
from shared.domain.events.types import EventType
from shared.domain.keys import Key
from shared.ports.records import ABSENT, Put
from shared.services.records.event_log import event_write

POISON_EVERY = 7
"""Each seventh event is poison: the consumer ``failing`` never takes it."""

_PAUSES = (0.001, 0.002)
_WRITE_PAUSE_SECONDS = 0.01
"""Consumers keep up with a writer that pauses, so that the kills meet them at work on new events."""


class EffectConsumer:
    """Stores one record for each event, and counts how often it did, in one transaction."""

    def __init__(self, name: str, records: SqliteRecords, *, takes_poison: bool) -> None:
        self.name = name
        self._records = records
        self._takes_poison = takes_poison
        self.calls = 0

    def consume(self, events: Sequence[Event]) -> None:
        self.calls += 1
        for event in events:
            if not self._takes_poison and event.payload["target_id"] == "poison":
                raise RuntimeError("poison")
            self._take(event)

    def _take(self, event: Event) -> None:
        at_count = Key("counts", self.name)
        found = self._records.get(at_count)
        count = 0 if found is None else int(found.body["count"])
        try:
            self._records.write(
                Put(Key(f"effects#{self.name}", event.event_id), {}, expected_version=ABSENT),
                Put(at_count, {"count": count + 1}),
            )
        except VersionConflict:  # the effect is there: the event came twice
            return


def new_event(target: str) -> Put:
    """Build the write of a new event about ``target``."""
    payload = DeletionPayload(deletion_id="d", kind="media", target_id=target, status="pending")
    return event_write(Event.of(EventType.DELETION_STARTED, payload, tenant_id="tenant_a"))


def main(path: Path, *, writes: bool) -> None:
    signal = LocalEventSignal()
    records = SqliteRecords(path, on_events=signal.notify)
    sound = EffectConsumer("sound", records, takes_poison=True)
    failing = EffectConsumer("failing", records, takes_poison=False)
    feed = LocalEventFeed(records, signal, [failing, sound], FeedPolicy(_PAUSES, batch_size=5))
    feed.start()
    number = 0
    while writes:
        target = "poison" if number % POISON_EVERY == 0 else "sound"
        event = new_event(target)
        records.write(event)
        print(event.key.sort, target, flush=True)
        number += 1
        time.sleep(_WRITE_PAUSE_SECONDS)
    threading.Event().wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]), writes=sys.argv[2] == "write")
