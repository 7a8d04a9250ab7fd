"""Which events of a tenant a reader of the live stream asks for."""

from dataclasses import dataclass

from shared.domain.events.event import Event
from shared.domain.events.types import EventType


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Conditions that an event fulfils all together. None, or an empty set, is no condition."""

    run_id: str | None = None
    index_id: str | None = None
    video_ids: frozenset[str] = frozenset()
    event_types: frozenset[EventType] = frozenset()

    def matches(self, event: Event) -> bool:
        return (
            self.run_id in (None, event.run_id)
            and self.index_id in (None, event.index_id)
            and (not self.video_ids or event.video_id in self.video_ids)
            and (not self.event_types or event.event_type in self.event_types)
        )
