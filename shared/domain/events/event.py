"""An event: a change that clients may hear of, as the tenant's event log stores it."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final, Self

from pydantic import BaseModel, ConfigDict
from ulid import ULID

from shared.domain.clock import timestamp
from shared.domain.events.types import EventType
from shared.domain.ids import EVENT, new_id

API_VERSION = "2024-01"
"""Version of the payloads. Payloads only gain fields under one version."""


_CLOCK_MARGIN: Final = timedelta(days=1)
"""Machines' clocks differ, and the clock of a laptop may be set back."""


class EventPayload(BaseModel):
    """Base of the payload models. A payload holds ids, statuses and counts; it never holds content, secrets
    or credentials."""

    # A function that appends no event does not spend its start on the validators.
    model_config = ConfigDict(frozen=True, defer_build=True)


class Event(BaseModel):
    """One entry of the event log. ``created_at`` and the ULID in ``event_id`` have the same time.

    Events are not in the order of commits: the transaction of a lower id may commit later.
    """

    model_config = ConfigDict(frozen=True)

    event_id: str
    event_type: EventType
    tenant_id: str
    user_id: str | None = None
    index_id: str | None = None
    video_id: str | None = None
    run_id: str | None = None
    segment_id: str | None = None
    created_at: str
    payload: dict[str, Any]

    @classmethod
    def of(
        cls,
        event_type: EventType,
        payload: EventPayload,
        *,
        tenant_id: str,
        user_id: str | None = None,
        index_id: str | None = None,
        video_id: str | None = None,
        run_id: str | None = None,
        segment_id: str | None = None,
    ) -> Self:
        """Build a new event. Call it once per attempt of a transaction, so that the id is close to the
        commit."""
        return cls(
            event_id=new_id(EVENT),
            event_type=event_type,
            tenant_id=tenant_id,
            user_id=user_id,
            index_id=index_id,
            video_id=video_id,
            run_id=run_id,
            segment_id=segment_id,
            created_at=timestamp(),
            payload=payload.model_dump(mode="json"),
        )


def moment_of(event_id: str) -> datetime:
    """Return the time in an event id."""
    return ULID.from_str(event_id.removeprefix(f"{EVENT}_")).datetime.astimezone(UTC)


def lower_bound(identifier: str) -> str:
    """Return a text that sorts before the id of every event about a resource, given the resource's id.

    Both ids contain the time of their creation. Clocks may differ by up to a day. The result is empty, which
    sorts before all events, if ``identifier`` contains no ULID.
    """
    try:
        created = ULID.from_str(identifier.partition("_")[2]).milliseconds
    except ValueError:
        return ""
    earliest = max(0, created - _CLOCK_MARGIN // timedelta(milliseconds=1))
    return f"{EVENT}_{ULID(earliest.to_bytes(6) + bytes(10))}"
