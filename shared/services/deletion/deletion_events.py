"""Events about deletions. They outlive their target: clients hear of its erasure by them."""

from shared.domain.events.event import Event
from shared.domain.events.payloads import DeletionPayload, SearchMatchPayload
from shared.domain.events.types import EventType
from shared.domain.media import Deletion, DeletionKind, DeletionStatus
from shared.ports.records import Put
from shared.services.records.event_log import event_writes

_TYPES = frozenset({EventType.DELETION_STARTED, EventType.DELETION_COMPLETED})


def deletion_started(deletion: Deletion) -> list[Put]:
    return event_writes(_event(EventType.DELETION_STARTED, deletion))


def deletion_advanced(before: Deletion, after: Deletion) -> list[Put]:
    """Build the event of the end of a deletion; none if it has not ended, or had ended before."""
    ended = after.status is DeletionStatus.DELETED and before.status is not after.status
    return event_writes(_event(EventType.DELETION_COMPLETED, after)) if ended else []


def is_erased_with(target_id: str, event: Event) -> bool:
    """Return whether an event is erased when the medium or the index ``target_id`` is deleted: all events
    about it, or about media of the index, except those of the deletion."""
    if event.event_type in _TYPES:
        return False
    return target_id in (event.video_id, event.index_id) or _is_matched(target_id, event)


def _is_matched(target_id: str, event: Event) -> bool:
    """Return whether an event tells of segments of the target that match a saved search."""
    if event.event_type is not EventType.SEARCH_MATCHED:
        return False
    payload = SearchMatchPayload.model_validate(event.payload)
    return any(target_id in (segment.video_id, segment.index_id) for segment in payload.segments)


def _event(event_type: EventType, deletion: Deletion) -> Event:
    is_medium = deletion.kind is DeletionKind.MEDIA
    payload = DeletionPayload(
        deletion_id=deletion.deletion_id,
        kind=deletion.kind,
        target_id=deletion.target_id,
        index_id=deletion.index_id,
        status=deletion.status,
    )
    return Event.of(
        event_type,
        payload,
        tenant_id=deletion.tenant_id,
        user_id=deletion.user_id,
        index_id=deletion.index_id,
        video_id=deletion.target_id if is_medium else None,
    )
