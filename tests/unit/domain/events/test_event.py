"""Ids of events, and the bound below the events about a resource."""

from datetime import UTC, datetime, timedelta

import pytest
from ulid import ULID

from shared.domain import default_index
from shared.domain.events.event import Event, lower_bound
from shared.domain.events.payloads import DeletionPayload
from shared.domain.events.types import EventType
from shared.domain.ids import EVENT, INDEX, imported_media_id, new_id

CREATED = datetime(2026, 1, 10, tzinfo=UTC)


def id_at(prefix: str, moment: datetime) -> str:
    return f"{prefix}_{ULID.from_datetime(moment)}"


def test_bound_is_below_events_of_resource_and_above_old_ones() -> None:
    bound = lower_bound(id_at(INDEX, CREATED))
    assert bound < id_at(EVENT, CREATED)
    assert bound < id_at(EVENT, CREATED - timedelta(hours=23)), "the clock was set back"
    assert bound > id_at(EVENT, CREATED - timedelta(hours=25))


def test_id_of_imported_medium_has_time_of_its_import() -> None:
    media_id = imported_media_id(id_at("imp", CREATED), 0)
    assert lower_bound(media_id) == lower_bound(id_at("imp", CREATED))


@pytest.mark.parametrize("identifier", ["vid_1", "", "idx_!", "01J9Z3W6"])
def test_id_without_ulid_bounds_nothing(identifier: str) -> None:
    assert lower_bound(identifier) == ""


def test_earliest_id_has_a_bound() -> None:
    assert lower_bound(default_index.INDEX_ID) == f"{EVENT}_{'0' * 26}"


def test_event_has_time_of_its_id_and_plain_payload() -> None:
    payload = DeletionPayload(
        deletion_id=new_id("del"), kind="index", target_id="idx_1", index_id="idx_1", status="draining"
    )
    event = Event.of(EventType.DELETION_STARTED, payload, tenant_id="anna")
    assert event.payload == payload.model_dump()
    created = datetime.fromisoformat(event.created_at)
    assert abs(created - ULID.from_str(event.event_id.removeprefix("evt_")).datetime) < timedelta(seconds=1)
