"""Writes while a search is still reading: it keeps what it reads, and others do not wait for it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from shared.adapters.local import sqlite_connections
from shared.adapters.local.search.arrays.vectors import score
from shared.adapters.local.search.index import EmbeddedSearchIndex
from shared.domain.errors import Unavailable
from shared.ports.search_index import SearchDocument, SearchFilter, TextQuery
from tests.contract.search_documents import PICTURE_SPACE, TEXT_SPACE, direction, document, passage
from tests.unit.adapters.local.search.stored_traces import holders

TENANT = SearchFilter("tenant")
QUERY = TextQuery(direction(1), "kept", limit=5)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[EmbeddedSearchIndex]:
    with closing(EmbeddedSearchIndex(tmp_path, TEXT_SPACE, PICTURE_SPACE)) as index:
        index.put([_document("kept", "kept words"), _document("gone", "secret words", number=2)])
        yield index


def _document(name: str, text: str, *, number: int = 1) -> SearchDocument:
    return document(name, media=name, passages=[passage(text, direction(number))])


def _delete(index: EmbeddedSearchIndex, media: str) -> int:
    return index.delete(SearchFilter("tenant", media_ids=frozenset({media})))


def test_reader_keeps_replaced_documents_when_others_are_deleted(index: EmbeddedSearchIndex) -> None:
    _delete(index, "gone")
    with index._reading() as (_, snapshot):
        index.put([_document("kept", "other words", number=3)])
        assert index.delete(SearchFilter("another tenant")) == 0
        assert score(snapshot.texts, np.asarray(direction(1)), np.arange(1)) == pytest.approx(1, abs=1e-3)
        assert snapshot.postings.lengths[0] == 2
    del snapshot
    index.put([_document("kept", "other words", number=3)])
    assert score(index._memory.snapshot.texts, np.asarray(direction(1)), np.arange(1)) == 0


def test_searches_do_not_wait_for_a_deletion_that_waits(index: EmbeddedSearchIndex, tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as threads:
        with index._reading():
            deletion = threads.submit(_delete, index, "gone")
            while index.counts().documents == 2:
                assert not deletion.done()
            assert [hit.result_id for hit in index.search_text(QUERY, TENANT)] == ["kept"]
            assert not deletion.done()
        assert deletion.result() == 1
    assert holders(tmp_path, b"secret") == []


def test_deletion_repeats_until_the_log_is_empty(
    index: EmbeddedSearchIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_connections, "_BUSY_SECONDS", 0.1)
    with index._reading():
        for _ in range(2):
            with pytest.raises(Unavailable, match="takes too long"):
                _delete(index, "gone")
        assert [hit.result_id for hit in index.search_text(QUERY, TENANT)] == ["kept"]
        assert holders(tmp_path, b"secret") != []
    assert _delete(index, "gone") == 0
    assert holders(tmp_path, b"secret") == []
