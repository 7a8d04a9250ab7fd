"""The event feed of a laptop: a thread for each consumer follows the events in the order of commits."""

import threading
import time
from collections.abc import Callable, Sequence

from shared.adapters.local.event_feed.follower import FeedPolicy, Follower
from shared.adapters.local.records.records import SqliteRecords
from shared.ports.event_feed import EventConsumer, EventSignal


class LocalEventFeed:
    """Gives each event to each consumer, at least once. A consumer that fails does not delay another."""

    def __init__(
        self,
        records: SqliteRecords,
        signal: EventSignal,
        consumers: Sequence[EventConsumer],
        policy: FeedPolicy | None = None,
    ) -> None:
        names = [consumer.name for consumer in consumers]
        self._signal = signal
        self._followers = [
            Follower(records, consumer, names, policy or FeedPolicy()) for consumer in consumers
        ]
        self._threads = [
            threading.Thread(target=follower.run, name=f"events-{name}", daemon=True)
            for name, follower in zip(names, self._followers, strict=True)
        ]
        self._subscriptions: list[Callable[[], None]] = []

    def start(self) -> None:
        self._subscriptions = [self._signal.subscribe(follower.wake) for follower in self._followers]
        for thread in self._threads:
            thread.start()

    def stop(self, timeout: float) -> bool:
        """Give no more events to consumers, and wait for running calls at most ``timeout`` seconds.

        Returns whether all threads ended. It has no effect before ``start``.
        """
        for unsubscribe in self._subscriptions:
            unsubscribe()
        for follower in self._followers:
            follower.stop()
        deadline = time.monotonic() + timeout
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)
