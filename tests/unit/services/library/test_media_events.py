"""The event of each transition of a medium in a run."""

import pytest

from shared.domain.events.types import EventType
from shared.domain.media import Media, MediaType, ProcessingStatus
from shared.domain.runs.prompt_run import MediumState, RunStatus
from shared.services.library.media_events import media_changed

MEDIA = Media(
    media_id="vid_1",
    tenant_id="anna",
    user_id="usr_importer",
    index_id="idx_1",
    title="A film",
    file_name="film.mp4",
    media_type=MediaType.VIDEO,
    content_hash="ab",
    playback_key="media/anna/vid_1/film.mp4",
    playback_type="video/mp4",
    created_at="2026-01-01T00:00:00.000Z",
    updated_at="2026-01-01T00:00:00.000Z",
)
STATE = MediumState(
    run_id="run_1",
    media_id="vid_1",
    index_id="idx_1",
    media_type=MediaType.VIDEO,
    prompt_id="prm_1",
    ordinal=0,
    created_at="2026-01-01T00:00:00.000Z",
    updated_at="2026-01-01T00:00:00.000Z",
)


def event_of(
    before: RunStatus,
    after: RunStatus,
    media_after: ProcessingStatus | None = None,
    *,
    deleting: bool = False,
) -> EventType | None:
    event = media_changed(
        STATE.model_copy(update={"status": before}),
        STATE.model_copy(update={"status": after}),
        MEDIA,
        MEDIA.model_copy(update={"status": media_after or MEDIA.status, "deleting": deleting}),
        "usr_runner",
    )
    return None if event is None else event.event_type


@pytest.mark.parametrize(
    ("before", "after", "event_type"),
    [
        (RunStatus.PENDING, RunStatus.PROCESSING, EventType.MEDIA_PROCESSING_STARTED),
        (RunStatus.PROCESSING, RunStatus.PROCESSING, None),
        (RunStatus.PROCESSING, RunStatus.COMPLETED, EventType.MEDIA_PROCESSING_COMPLETED),
        (RunStatus.PROCESSING, RunStatus.COMPLETED_WITH_FAILURES, EventType.MEDIA_PROCESSING_COMPLETED),
        (RunStatus.PROCESSING, RunStatus.FAILED, EventType.MEDIA_PROCESSING_FAILED),
        (RunStatus.PENDING, RunStatus.FAILED, EventType.MEDIA_PROCESSING_FAILED),
        (RunStatus.PENDING, RunStatus.CANCELLED, None),
        (RunStatus.PROCESSING, RunStatus.CANCELLED, None),
        (RunStatus.FAILED, RunStatus.COMPLETED, None),
    ],
)
def test_transition_in_run_has_its_event(
    before: RunStatus, after: RunStatus, event_type: EventType | None
) -> None:
    assert event_of(before, after) == event_type


@pytest.mark.parametrize("before", [RunStatus.PROCESSING, RunStatus.FAILED])
def test_other_change_of_status_is_an_update(before: RunStatus) -> None:
    after = RunStatus.CANCELLED if before is RunStatus.PROCESSING else RunStatus.COMPLETED
    assert event_of(before, after, ProcessingStatus.PROCESSED) is EventType.MEDIA_UPDATED


def test_hidden_medium_has_no_events() -> None:
    assert event_of(RunStatus.PROCESSING, RunStatus.FAILED, ProcessingStatus.FAILED, deleting=True) is None


def test_event_of_run_names_user_of_run() -> None:
    started = STATE.model_copy(update={"status": RunStatus.PROCESSING})
    event = media_changed(STATE, started, MEDIA, MEDIA, "usr_runner")
    assert event is not None
    assert (event.user_id, event.run_id, event.video_id) == ("usr_runner", "run_1", "vid_1")
