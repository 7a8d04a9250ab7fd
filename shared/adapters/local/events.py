"""Events inside one process: listeners are called in the publisher's thread, in order."""

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final

from shared.domain.clock import timestamp
from shared.domain.ids import new_id
from shared.ports.events import Event

Listener = Callable[[Event], None]

_PREFIX: Final = "evt"
logger = logging.getLogger(__name__)


class LocalEvents:
    """Implements ``shared.ports.events.Events``. Events are not kept: who needs delivery writes a job."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: tuple[Listener, ...] = ()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` with every event from now on; the answer ends that."""
        with self._lock:
            self._listeners = (*self._listeners, listener)

        def unsubscribe() -> None:
            with self._lock:
                self._listeners = tuple(other for other in self._listeners if other is not listener)

        return unsubscribe

    def publish(self, event_type: str, tenant_id: str, data: Mapping[str, Any]) -> None:
        event = Event(new_id(_PREFIX), event_type, tenant_id, dict(data), timestamp())
        for listener in self._listeners:
            try:
                listener(event)
            except Exception:
                logger.exception("A listener failed at the event %s (%s).", event.event_id, event_type)
