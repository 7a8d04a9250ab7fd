"""Records of import automations, and the due records that lead to their next checks."""

from collections.abc import Callable

from shared.domain import keys
from shared.domain.automations.import_automation import ImportAutomation
from shared.domain.keys import Key
from shared.ports.records import ABSENT, Delete, Put, Write
from shared.ports.timer import Timer
from shared.services.records.documents import Documents, put
from shared.services.records.due_work import due_delete, due_write
from shared.services.records.transact import Decision

Change = Callable[[ImportAutomation], ImportAutomation]


def automation_key(automation: ImportAutomation) -> Key:
    return keys.import_automation(automation.tenant_id, automation.index_id)


def change_writes(
    before: ImportAutomation | None, after: ImportAutomation, *, expected_version: int
) -> list[Write]:
    """Build the writes that store an automation, move its due record, and move its pointer of a bucket."""
    writes: list[Write] = [put(automation_key(after), after, expected_version=expected_version)]
    old, new = before.due if before else None, after.due
    if old != new:
        writes += [due_delete(old)] if old else []
        writes += [due_write(new)] if new else []
    old_bucket = before.watched_bucket if before else None
    if old_bucket != after.watched_bucket:
        writes += [Delete(_pointer(after, old_bucket))] if old_bucket else []
        writes += [Put(_pointer(after, after.watched_bucket), {})] if after.watched_bucket else []
    return writes


class AutomationRecords:
    """Reads and changes import automations, and announces their due work."""

    def __init__(self, documents: Documents, timer: Timer) -> None:
        self._documents = documents
        self._timer = timer

    def find(self, tenant_id: str, index_id: str) -> tuple[ImportAutomation | None, int]:
        """Read an automation and its version. It may belong to an index that is being deleted."""
        record = self._documents.records.get(keys.import_automation(tenant_id, index_id))
        if record is None:
            return None, ABSENT
        return ImportAutomation.model_validate(record.body), record.version

    def change(self, tenant_id: str, index_id: str, change: Change) -> ImportAutomation | None:
        """Change an automation, unless ``change`` returns an equal one. Return None if there is none."""

        def decide() -> Decision[ImportAutomation | None]:
            before, version = self.find(tenant_id, index_id)
            if before is None:
                return Decision(None)
            after = change(before)
            if after == before:
                return Decision(before)
            return Decision(after, change_writes(before, after, expected_version=version))

        changed = self._documents.transact(decide)
        self.announce(changed)
        return changed

    def announce(self, automation: ImportAutomation | None) -> None:
        """Announce the due work of an automation that is stored."""
        due = automation.due if automation else None
        if due is not None:
            self._timer.announce(due)


def _pointer(automation: ImportAutomation, bucket: str) -> Key:
    return keys.watched_bucket(bucket, automation.tenant_id, automation.index_id)
