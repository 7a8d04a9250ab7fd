"""A tenant names its own indexes only."""

from pathlib import Path

import pytest

from shared.adapters.local.records.records import SqliteRecords
from shared.domain import keys
from shared.domain.errors import NotFound
from shared.domain.media import Index
from shared.services.library.index_access import check_own_indexes
from shared.services.records.documents import Documents, put


@pytest.fixture
def documents(tmp_path: Path) -> Documents:
    documents = Documents(SqliteRecords(tmp_path / "records.db"))
    _store(documents, "anna", "idx_own")
    _store(documents, "anna", "idx_going", deleting=True)
    _store(documents, "ben", "idx_ben")
    return documents


def _store(documents: Documents, tenant: str, index_id: str, *, deleting: bool = False) -> None:
    index = Index(
        index_id=index_id,
        tenant_id=tenant,
        user_id=tenant,
        name="News",
        created_at="2026-01-01T00:00:00Z",
        deleting=deleting,
    )
    documents.write(put(keys.index(tenant, index_id), index))


def test_own_indexes_may_be_named(documents: Documents) -> None:
    check_own_indexes(documents, "anna", [])
    check_own_indexes(documents, "anna", ["idx_own", "idx_own"])


@pytest.mark.parametrize("index_id", ["idx_going", "idx_ben", "idx_unknown", ""])
def test_other_indexes_are_not_found(documents: Documents, index_id: str) -> None:
    with pytest.raises(NotFound):
        check_own_indexes(documents, "anna", ["idx_own", index_id])
