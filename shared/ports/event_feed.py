"""The event feed: what was written to the event log, in the order of commits, to its consumers.

On a laptop a thread for each consumer follows the log. On AWS the table's stream, a dispatcher and one queue
a consumer carry the events. Both call consumers at least once for each event.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from shared.domain.events.event import Event


class EventConsumer(Protocol):
    """A consumer of events. Its effect for one event id happens once, however often it is called."""

    @property
    def name(self) -> str:
        """Name of the consumer, under which its position in the feed is stored."""
        ...

    def consume(self, events: Sequence[Event]) -> None:
        """Take events of any tenants, in the order of the feed.

        An exception means that none of them counts as taken. They come again, one by one; an event that fails
        repeatedly becomes a dead letter.
        """
        ...


class EventSignal(Protocol):
    """Tells readers of event logs that there may be new events.

    It knows the commits of its own process only, and none on AWS. Readers therefore poll as well.
    """

    def subscribe(self, wake: Callable[[], None]) -> Callable[[], None]:
        """Call ``wake`` after each commit that stored events, until the function that this returns is called.

        Any thread calls ``wake``, possibly once more while the subscription ends. It must return at once.
        """
        ...
