"""Events about media: their registration, and their processing in runs."""

from shared.domain.events.event import Event
from shared.domain.events.payloads import MediaPayload, MediaProcessingPayload
from shared.domain.events.types import EventType
from shared.domain.media import Media
from shared.domain.runs.prompt_run import MediumState, RunStatus


def media_created(media: Media) -> Event:
    return _event(EventType.MEDIA_CREATED, media, _payload(media), user_id=media.user_id)


def media_changed(
    state_before: MediumState,
    state_after: MediumState,
    before: Media,
    after: Media,
    user_id: str | None,
) -> Event | None:
    """Build the event of a change of a medium and of its state in a run; None if there is nothing to tell.

    ``user_id`` is the user of the run. A medium that is being deleted is hidden, so its changes are not told.
    """
    if after.deleting:
        return None
    event_type = _processing_event(state_before.status, state_after.status)
    if event_type is not None:
        payload: MediaPayload = _processing_payload(after, state_after)
    elif before.status is not after.status:
        event_type, payload = EventType.MEDIA_UPDATED, _payload(after)
    else:
        return None
    return _event(event_type, after, payload, user_id=user_id, run_id=state_after.run_id)


def _processing_event(before: RunStatus, after: RunStatus) -> EventType | None:
    """Return the event of a transition. Cancellation has none, nor has a later change of an ended medium."""
    if before is RunStatus.PENDING and after is RunStatus.PROCESSING:
        return EventType.MEDIA_PROCESSING_STARTED
    if before.is_terminal:
        return None
    if after in (RunStatus.COMPLETED, RunStatus.COMPLETED_WITH_FAILURES):
        return EventType.MEDIA_PROCESSING_COMPLETED
    return EventType.MEDIA_PROCESSING_FAILED if after is RunStatus.FAILED else None


def _event(
    event_type: EventType,
    media: Media,
    payload: MediaPayload,
    *,
    user_id: str | None,
    run_id: str | None = None,
) -> Event:
    return Event.of(
        event_type,
        payload,
        tenant_id=media.tenant_id,
        user_id=user_id,
        index_id=media.index_id,
        video_id=media.media_id,
        run_id=run_id,
    )


def _payload(media: Media) -> MediaPayload:
    return MediaPayload(
        video_id=media.media_id,
        index_id=media.index_id,
        title=media.title,
        media_type=media.media_type,
        status=media.status,
        duration_seconds=media.duration_seconds,
        import_job_id=media.import_job_id,
        part_index=media.part_index,
        part_count=media.part_count,
    )


def _processing_payload(media: Media, medium_state: MediumState) -> MediaProcessingPayload:
    return MediaProcessingPayload(
        **_payload(media).model_dump(),
        run_id=medium_state.run_id,
        prompt_id=medium_state.prompt_id,
        run_status=medium_state.status,
        total_segments=medium_state.total_segments,
        successful_segments=medium_state.successful_segments,
        failed_segments=medium_state.failed_segments,
        error_code=medium_state.failure_code,
        error=medium_state.error_message,
    )
