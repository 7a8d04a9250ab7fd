"""The signal of commits with events on AWS, where no process hears of the commits of the others."""

from collections.abc import Callable


class SilentEventSignal:
    """Implements ``shared.ports.event_feed.EventSignal``. It never wakes, so its subscribers poll."""

    def subscribe(self, wake: Callable[[], None]) -> Callable[[], None]:
        del wake
        return lambda: None
