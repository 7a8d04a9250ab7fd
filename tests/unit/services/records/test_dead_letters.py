"""Dead letters beside deletions. ``tests/unit/cli/test_dead_letters.py`` has the command."""

from collections.abc import Sequence
from pathlib import Path

from shared.adapters.local.records.records import SqliteRecords
from shared.domain import keys
from shared.domain.events.event import Event
from shared.domain.events.payloads import DeletionPayload
from shared.domain.events.types import EventType
from shared.domain.keys import Key
from shared.ports.records import Delete, Record
from shared.services.records.dead_letters import DeadLetters
from shared.services.records.documents import Documents
from shared.services.records.event_log import event_write


class ErasedAfterRead(SqliteRecords):
    """Records in which a deletion erases ``target`` as soon as it has been read."""

    target = Key("", "")

    def get_many(self, keys: Sequence[Key]) -> list[Record]:
        found = super().get_many(keys)
        if self.target in keys:
            self.write(Delete(self.target))
        return found


def test_retry_restores_no_event_that_is_erased_meanwhile(tmp_path: Path) -> None:
    payload = DeletionPayload(deletion_id="d", kind="media", target_id="t", index_id=None, status="pending")
    event = Event.of(EventType.DELETION_STARTED, payload, tenant_id="anna")
    records = ErasedAfterRead(tmp_path / "records.sqlite")
    letters = DeadLetters(Documents(records))
    records.write(event_write(event))
    letters.add("webhooks", event, attempts=9, error=ValueError())
    records.target = keys.event("anna", event.event_id)
    (letter,) = letters.each("webhooks")
    assert not letters.retry(letter)
    assert records.get(records.target) is None
    assert list(letters.each("webhooks")) == []
    records.close()
