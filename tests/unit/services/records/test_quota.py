"""Quotas hold, whatever is created at the same time."""

from pathlib import Path

import pytest

from shared.adapters.local.records.records import SqliteRecords
from shared.domain import keys
from shared.domain.errors import Conflict, VersionConflict
from shared.services.records.documents import Documents
from shared.services.records.quota import changed_guard, check_quota

GUARD = keys.index_guard("anna")


@pytest.fixture
def documents(tmp_path: Path) -> Documents:
    return Documents(SqliteRecords(tmp_path / "records.db"))


def test_quota_is_used_up_at_its_limit() -> None:
    check_quota("saved_searches", 9, 10)
    with pytest.raises(Conflict, match="There are 10 saved searches, and the limit is 10") as refused:
        check_quota("saved_searches", 10, 10)
    assert refused.value.code == "resource_quota_exceeded"
    assert refused.value.details == {"resource": "saved_searches", "limit": 10, "used": 10, "reserved": 0}


def test_of_two_transactions_with_one_guard_the_later_meets_a_conflict(documents: Documents) -> None:
    for _ in range(2):  # the guard is absent at first, and exists the second time
        first, second = changed_guard(documents, GUARD), changed_guard(documents, GUARD)
        documents.write(first)
        with pytest.raises(VersionConflict):
            documents.write(second)
