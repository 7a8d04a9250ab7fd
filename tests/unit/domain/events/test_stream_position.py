"""Texts of positions in the event log."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.errors import InvalidCursor
from shared.domain.events.event import moment_of
from shared.domain.events.stream_position import (
    MAX_DIGESTS,
    MAX_POSITION_CHARACTERS,
    REPEATED_BEFORE_EVENT,
    StreamPosition,
    digest,
    first_id,
    position_text,
)
from shared.domain.ids import EVENT, new_id

NOW = datetime.now(UTC) + timedelta(seconds=1)
EVENT_ID = "evt_01KB5M9R00Z3T8Q5V7W9X2C4D6"


def test_text_of_position_is_read_again() -> None:
    digests = [digest(new_id(EVENT)) for _ in range(MAX_DIGESTS)]
    text = position_text(EVENT_ID, digests)
    assert StreamPosition.parse(text, NOW) == StreamPosition(EVENT_ID, frozenset(digests))
    assert len(text) <= MAX_POSITION_CHARACTERS
    assert StreamPosition.parse(position_text(EVENT_ID, []), NOW) == StreamPosition(EVENT_ID)


def test_text_holds_last_digests_only() -> None:
    digests = [digest(str(number)) for number in range(MAX_DIGESTS + 10)]
    assert StreamPosition.parse(position_text(EVENT_ID, digests), NOW).read == frozenset(digests[10:])


def test_plain_event_id_starts_before_events_that_it_does_not_tell() -> None:
    position = StreamPosition.parse(EVENT_ID, NOW)
    assert moment_of(position.settled) == moment_of(EVENT_ID) - REPEATED_BEFORE_EVENT
    assert position.read == {digest(EVENT_ID)}


def test_lowest_id_of_millisecond_sorts_before_its_events() -> None:
    moment = moment_of(EVENT_ID)
    assert first_id(moment) <= EVENT_ID < first_id(moment + timedelta(milliseconds=1))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "evt_",
        EVENT_ID.lower(),
        EVENT_ID.replace("evt", "vid"),
        f"{EVENT_ID}\n",
        f"{EVENT_ID}.abc",
        f"{EVENT_ID}.é2345678",
        f"{EVENT_ID}.{'a' * 8 * (MAX_DIGESTS + 1)}",
        "evt_81KB0000000000000000000000",
        "evt_" + "Z" * 26,
    ],
)
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(InvalidCursor, match="Last-Event-ID must be"):
        StreamPosition.parse(text, NOW)


def test_position_in_future_is_refused() -> None:
    """A reader there would return nothing until its time has come."""
    future = first_id(NOW + timedelta(hours=1))
    for text in (future, f"{future}."):
        with pytest.raises(InvalidCursor, match="in the future"):
            StreamPosition.parse(text, NOW)


def test_latest_time_of_ulid_is_no_server_error() -> None:
    with pytest.raises(InvalidCursor):
        StreamPosition.parse("evt_7" + "Z" * 25, NOW)


def test_earliest_time_of_ulid_is_accepted() -> None:
    assert StreamPosition.parse("evt_" + "0" * 26, NOW)
