"""Erasure of automations: of one that is deleted, and of all of a deleted index."""

from typing import Final

from shared.domain import keys
from shared.domain.automations.import_automation import ImportAutomation
from shared.domain.keys import Key
from shared.ports.records import Delete, Write
from shared.services.records.documents import Documents
from shared.services.records.due_work import due_delete
from shared.services.records.transact import Decision

_PAGE: Final = 100


def erase_automations(documents: Documents, tenant_id: str, index_id: str) -> None:
    """Erase the automations of an index that is being deleted, with their due work, presets and listings.

    The due record of a check that is under way stays until the end of its lease: it then removes what the
    check has stored meanwhile.
    """
    erase_import_automation(documents, tenant_id, index_id)
    documents.write(Delete(keys.export_automation(tenant_id, index_id)))
    _erase_partition(documents, keys.automation_import(tenant_id, index_id))


def erase_import_automation(documents: Documents, tenant_id: str, index_id: str) -> bool:
    """Erase an import automation, its due work and its listings. Return False if there was none.

    Presets of imports that have started stay: their runs follow.
    """
    key = keys.import_automation(tenant_id, index_id)

    def decide() -> Decision[bool]:
        record = documents.records.get(key)
        if record is None:
            return Decision(False)
        automation = ImportAutomation.model_validate(record.body)
        writes: list[Write] = [Delete(key, record.version)]
        if automation.due is not None and automation.check_id is None:
            writes.append(due_delete(automation.due))
        if automation.watched_bucket is not None:
            writes.append(Delete(keys.watched_bucket(automation.watched_bucket, tenant_id, index_id)))
        return Decision(True, writes)

    was_there = documents.transact(decide)
    _erase_partition(documents, keys.seen_objects(tenant_id, index_id))
    return was_there


def _erase_partition(documents: Documents, partition: Key) -> None:
    while found := documents.sort_keys(partition, limit=_PAGE).items:
        documents.write(*(Delete(Key(partition.partition, sort)) for sort in found))
