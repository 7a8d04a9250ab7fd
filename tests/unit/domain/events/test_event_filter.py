"""Filters of the live stream."""

import pytest

from shared.domain.events.event import Event
from shared.domain.events.event_filter import EventFilter
from shared.domain.events.types import EventType

EVENT = Event(
    event_id="evt_1",
    event_type=EventType.SEGMENT_PROCESSED,
    tenant_id="acme",
    index_id="idx_1",
    video_id="vid_1",
    run_id="run_1",
    created_at="2026-01-01T00:00:00.000Z",
    payload={},
)


@pytest.mark.parametrize(
    "wanted",
    [
        EventFilter(),
        EventFilter(run_id="run_1"),
        EventFilter(index_id="idx_1"),
        EventFilter(video_ids=frozenset({"vid_2", "vid_1"})),
        EventFilter(event_types=frozenset({EventType.MEDIA_CREATED, EventType.SEGMENT_PROCESSED})),
        EventFilter("run_1", "idx_1", frozenset({"vid_1"}), frozenset({EventType.SEGMENT_PROCESSED})),
    ],
)
def test_event_that_fulfils_all_conditions_passes(wanted: EventFilter) -> None:
    assert wanted.matches(EVENT)


@pytest.mark.parametrize(
    "wanted",
    [
        EventFilter(run_id="run_2"),
        EventFilter(run_id="run_1", index_id="idx_2"),
        EventFilter(video_ids=frozenset({"vid_2"})),
        EventFilter(event_types=frozenset({EventType.MEDIA_CREATED})),
    ],
)
def test_event_that_breaks_one_condition_is_left_out(wanted: EventFilter) -> None:
    assert not wanted.matches(EVENT)


def test_event_without_field_breaks_condition_on_it() -> None:
    bare = EVENT.model_copy(update={"run_id": None, "index_id": None, "video_id": None})
    assert EventFilter().matches(bare)
    for wanted in (EventFilter(run_id="run_1"), EventFilter(video_ids=frozenset({"vid_1"}))):
        assert not wanted.matches(bare)
