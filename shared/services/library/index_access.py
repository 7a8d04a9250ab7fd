"""Indexes that callers may see, and writing into one only while it is not being deleted."""

from shared.domain import keys
from shared.domain.errors import NotFound
from shared.domain.media import Index
from shared.ports.records import Put
from shared.services.records.documents import Documents, put


def visible_index(documents: Documents, tenant_id: str, index_id: str) -> Index:
    """Raises: NotFound: unknown, another tenant's, or being deleted."""
    index = documents.get(Index, keys.index(tenant_id, index_id)) if index_id else None
    return require_visible(index, index_id)


def require_visible(index: Index | None, index_id: str) -> Index:
    """``index`` as it was read. Raises: NotFound: not there, or being deleted."""
    if index is None or index.deleting:
        raise NotFound("index", index_id)
    return index


def open_index(documents: Documents, tenant_id: str, index_id: str) -> Put:
    """Build a write that changes nothing, and fails its whole transaction if the index changes meanwhile.

    A transaction that holds it cannot overlook a deletion: either the deletion sees what it writes, or
    it meets a VersionConflict, and its next attempt this NotFound.

    Raises:
        NotFound: unknown, another tenant's, or being deleted.
    """
    key = keys.index(tenant_id, index_id)
    record = documents.records.get(key) if index_id else None
    index = None if record is None else Index.model_validate(record.body)
    if record is None or index is None or index.deleting:
        raise NotFound("index", index_id)
    return put(key, index, expected_version=record.version)
