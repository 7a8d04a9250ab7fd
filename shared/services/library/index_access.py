"""Visibility of indexes, and the condition that keeps writes out of an index under deletion."""

from collections.abc import Sequence

from shared.domain import keys
from shared.domain.errors import NotFound
from shared.domain.media import Index
from shared.ports.records import Put
from shared.services.records.documents import Documents, put


def visible_index(documents: Documents, tenant_id: str, index_id: str) -> Index:
    """Read an index. Raises: NotFound: it is unknown, another tenant's, or being deleted."""
    index = documents.get(Index, keys.index(tenant_id, index_id)) if index_id else None
    return require_visible(index, index_id)


def require_visible(index: Index | None, index_id: str) -> Index:
    """Return ``index``. Raises: NotFound: it does not exist or is being deleted."""
    if index is None or index.deleting:
        raise NotFound("index", index_id)
    return index


def check_own_indexes(documents: Documents, tenant_id: str, index_ids: Sequence[str]) -> None:
    """Check that each index is the tenant's own, and not being deleted. Raises: NotFound."""
    wanted = [keys.index(tenant_id, index_id) for index_id in index_ids]
    found = {index.index_id for index in documents.get_many(Index, wanted) if not index.deleting}
    for index_id in index_ids:
        if index_id not in found:
            raise NotFound("index", index_id)


def unchanged_index_write(documents: Documents, tenant_id: str, index_id: str) -> Put:
    """Build a write that stores an index unchanged, on condition that it has not changed since the read.

    It guards a transaction that writes into the index. If the deletion of the index begins first, the
    transaction meets a VersionConflict and its next attempt raises NotFound. Otherwise the deletion
    finds what the transaction wrote.

    Raises:
        NotFound: the index is unknown, another tenant's, or being deleted.
    """
    key = keys.index(tenant_id, index_id)
    record = documents.records.get(key) if index_id else None
    index = None if record is None else Index.model_validate(record.body)
    if record is None or index is None or index.deleting:
        raise NotFound("index", index_id)
    return put(key, index, expected_version=record.version)
