"""Event logs in a real SQLite file, whose events have chosen times."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ulid import ULID

from shared.adapters.local.records.records import SqliteRecords
from shared.domain.clock import isoformat
from shared.domain.errors import Unavailable
from shared.domain.events.event import Event
from shared.domain.events.event_filter import EventFilter
from shared.domain.events.stream_position import OVERLAP, StreamPosition, first_id
from shared.domain.events.types import EventType
from shared.domain.ids import EVENT
from shared.ports.records import RecordPage
from shared.services.notifications.event_reader import EventReader
from shared.services.records.documents import Documents
from shared.services.records.event_log import EventLog, event_write

START = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
ALL = EventFilter()


class FailingRecords(SqliteRecords):
    """Records whose queries fail while ``queries_left`` is 0."""

    queries_left: int | None = None

    def query(self, partition: str, **query: Any) -> RecordPage:
        if self.queries_left == 0:
            raise Unavailable("The records do not answer.")
        if self.queries_left is not None:
            self.queries_left -= 1
        return super().query(partition, **query)


class EventWorld:
    """A clock that the test moves, and logs in which events appear at a commit, not at their own time."""

    def __init__(self, folder: Path) -> None:
        self.now = START
        self.records = FailingRecords(folder / "records.sqlite")
        self.log = EventLog(Documents(self.records))

    def pass_time(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def fail_query_after(self, count: int | None) -> None:
        """Let ``count`` queries succeed, and no other. None: all succeed."""
        self.records.queries_left = count

    def event(self, seconds: float = 0, *, tenant: str = "acme", run_id: str | None = None) -> Event:
        """Make an event whose id has the time ``now`` and ``seconds``, and do not commit it."""
        moment = self.now + timedelta(seconds=seconds)
        milliseconds = int(moment.timestamp() * 1000)
        return Event(
            event_id=f"{EVENT}_{ULID(milliseconds.to_bytes(6) + ULID().bytes[6:])}",
            event_type=EventType.MEDIA_CREATED,
            tenant_id=tenant,
            run_id=run_id,
            created_at=isoformat(moment),
            payload={},
        )

    def commit(self, *events: Event) -> list[str]:
        """Append the events; return their ids in the order of the log."""
        for start in range(0, len(events), 100):
            self.records.write(*(event_write(event) for event in events[start : start + 100]))
        return sorted(event.event_id for event in events)

    def reader(
        self,
        position: str | None = None,
        *,
        wanted: EventFilter = ALL,
        tenant: str = "acme",
        max_unsettled: int = 10_000,
    ) -> EventReader:
        """Open a reader at a position, by default at the current end of the log."""
        start = (
            StreamPosition(first_id(self.now - OVERLAP))
            if position is None
            else StreamPosition.parse(position, self.now)
        )
        reader = EventReader(
            self.log, tenant, wanted, start, now=lambda: self.now, max_unsettled=max_unsettled
        )
        if position is None:
            reader.skip_existing()
        return reader


def read_all(reader: EventReader, limit: int = 7) -> list[str]:
    """Read until the pass ends; return the ids in the order of the reader."""
    found: list[str] = []
    has_more = True
    while has_more:
        batch = reader.read(limit)
        found += ids_of(batch.events)
        has_more = batch.has_more
    return found


def ids_of(events: Sequence[Event]) -> list[str]:
    return [event.event_id for event in events]
