"""Opening of the index from the files of its arrays, and from rows if these files do not fit."""

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from shared.adapters.local.search.arrays import memory
from shared.adapters.local.search.index import EmbeddedSearchIndex
from shared.adapters.local.search.store import SearchStore
from shared.adapters.local.search.vocabulary import word_hash
from shared.ports.search_index import SearchFilter, TextQuery
from tests.contract.search_documents import PICTURE_SPACE, TEXT_SPACE, direction, document, passage

TENANT = SearchFilter("tenant")


@pytest.fixture(autouse=True)
def small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "RECENT_ENTRIES", 30)


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The rows after which documents were read from the store."""
    found: list[int] = []
    load = SearchStore.load

    def watched(store: SearchStore, after: int = 0) -> object:
        found.append(after)
        return load(store, after)

    monkeypatch.setattr(SearchStore, "load", watched)
    return found


def _opened(folder: Path) -> EmbeddedSearchIndex:
    return EmbeddedSearchIndex(folder, TEXT_SPACE, PICTURE_SPACE)


def _fill(index: EmbeddedSearchIndex, first: int, end: int, word: str = "word") -> None:
    for number in range(first, end):
        passages = [passage(f"{word}{number} common", direction(number))]
        index.put([document(f"d{number}", media=f"m{number % 3}", passages=passages)])


def _by_word(index: EmbeddedSearchIndex, word: str) -> list[str]:
    hits = index.search_text(TextQuery(direction(0), word, limit=100), TENANT)
    return sorted(hit.result_id for hit in hits if hit.lexical_score)


def test_restart_reads_only_rows_after_checkpoint(tmp_path: Path, loads: list[int]) -> None:
    with closing(_opened(tmp_path)) as index:
        _fill(index, 0, 60)
    with closing(_opened(tmp_path)) as index:
        assert _by_word(index, "word7") == ["d7"]
        assert _by_word(index, "word59") == ["d59"]
        assert len(_by_word(index, "common")) == 60
        scope = SearchFilter("tenant", media_ids=frozenset({"m1"}))
        assert len(index.search_text(TextQuery(direction(0), "common", limit=100), scope)) == 20
    assert loads[0] == 0
    assert loads[1] > 30


def test_arrays_of_restored_database_are_rebuilt(tmp_path: Path, loads: list[int]) -> None:
    with closing(_opened(tmp_path / "index")) as index:
        _fill(index, 0, 5)
    shutil.copy(tmp_path / "index" / "search.sqlite", tmp_path / "copy")
    with closing(_opened(tmp_path / "index")) as index:
        _fill(index, 5, 60)
    shutil.copy(tmp_path / "copy", tmp_path / "index" / "search.sqlite")
    loads.clear()
    with closing(_opened(tmp_path / "index")) as index:
        assert loads == [0]
        _fill(index, 5, 60, "other")
        assert _by_word(index, "word7") == []
        assert _by_word(index, "other7") == ["d7"]


@pytest.mark.parametrize("damage", ["missing", "short", "no checkpoint"])
def test_damaged_arrays_are_rebuilt(tmp_path: Path, damage: str) -> None:
    with closing(_opened(tmp_path)) as index:
        _fill(index, 0, 60)
    vectors = next(tmp_path.rglob("text-vectors"))
    if damage == "missing":
        next(tmp_path.rglob("texts-codes.npy")).unlink()
    elif damage == "short":
        vectors.write_bytes(vectors.read_bytes()[:100])
    else:
        next(tmp_path.rglob("checkpoint.json")).write_text("{")
    with closing(_opened(tmp_path)) as index:
        assert len(_by_word(index, "common")) == 60


def test_documents_removed_after_checkpoint_are_erased_at_opening(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(_opened(tmp_path)) as index:
        _fill(index, 0, 60)
        # As if the process had been killed after the commit of the deletion.
        monkeypatch.setattr(memory.SearchMemory, "erase_removed", lambda *_, **__: None)
        index.delete(SearchFilter("tenant", media_ids=frozenset({"m1"})))
    monkeypatch.undo()
    traces = [word_hash("word1").to_bytes(8, "little", signed=True), bytes(direction(1).data)]
    assert any(traces[0] in path.read_bytes() for path in tmp_path.rglob("*.npy"))
    with closing(_opened(tmp_path)) as index:
        assert len(_by_word(index, "common")) == 40
        for path in tmp_path.rglob("*"):
            assert not path.is_file() or not any(trace in path.read_bytes() for trace in traces), path


def test_replaced_content_is_erased_when_no_reader_uses_it(tmp_path: Path) -> None:
    with closing(_opened(tmp_path)) as index:
        _fill(index, 0, 60)
        snapshot = index._memory.snapshot
        trace = word_hash("word1").to_bytes(8, "little", signed=True)
        _fill(index, 1, 2, "new")
        assert any(trace in path.read_bytes() for path in tmp_path.rglob("words-words.npy"))
        del snapshot
        _fill(index, 2, 3, "new")
        assert not any(trace in path.read_bytes() for path in tmp_path.rglob("words-words.npy"))
        assert len(_by_word(index, "common")) == 60
