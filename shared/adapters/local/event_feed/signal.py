"""The signal of commits with events, within one process."""

import logging
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)


class LocalEventSignal:
    """Implements ``shared.ports.event_feed.EventSignal``. Several threads may use it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wakes: dict[object, Callable[[], None]] = {}

    def subscribe(self, wake: Callable[[], None]) -> Callable[[], None]:
        subscription = object()
        with self._lock:
            self._wakes[subscription] = wake

        def unsubscribe() -> None:
            with self._lock:
                self._wakes.pop(subscription, None)

        return unsubscribe

    def notify(self) -> None:
        """Call all subscribers, in this thread. An exception of one is logged: the commit stands, and the
        subscriber finds the events when it polls."""
        with self._lock:
            wakes = list(self._wakes.values())
        for wake in wakes:
            try:
                wake()
            except Exception:
                log.exception("A subscriber of the event signal failed.")
