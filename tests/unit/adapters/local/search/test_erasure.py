"""Erasure of removed documents from the files of the arrays, and what searches see meanwhile."""

import tracemalloc
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from shared.adapters.local.search import nearest
from shared.adapters.local.search.arrays import memory
from shared.adapters.local.search.arrays.growable import MappedArray
from shared.adapters.local.search.arrays.postings import WordLists, merged
from shared.adapters.local.search.arrays.signs import sign_codes
from shared.adapters.local.search.arrays.vectors import Scores, Slots, Vectors, score
from shared.adapters.local.search.index import EmbeddedSearchIndex
from shared.adapters.local.search.lexical import match_words
from shared.adapters.local.search.vocabulary import word_hash
from shared.domain.errors import Unavailable
from shared.ports.search_index import SearchDocument, SearchFilter, TextQuery
from tests.contract.search_documents import PICTURE_SPACE, TEXT_SPACE, Vector, direction, document, passage
from tests.unit.adapters.local.search.stored_traces import holders

TENANT = SearchFilter("tenant")


@pytest.fixture(autouse=True)
def small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "RECENT_ENTRIES", 30)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[EmbeddedSearchIndex]:
    with closing(_opened(tmp_path)) as index:
        yield index


def _opened(folder: Path) -> EmbeddedSearchIndex:
    return EmbeddedSearchIndex(folder, TEXT_SPACE, PICTURE_SPACE)


def _document(name: str, text: str, vector: Vector) -> SearchDocument:
    """A document in a medium of its own."""
    return document(name, media=name, passages=[passage(text, vector)])


def _fill(index: EmbeddedSearchIndex, first: int, end: int) -> None:
    for number in range(first, end):
        index.put([_document(f"d{number}", f"word{number} common", direction(number))])


def _fill_segment(index: EmbeddedSearchIndex) -> None:
    """Let all documents so far become a part of a segment."""
    index.put([_document("last", " ".join(f"x{number}" for number in range(40)), direction(5_555))])


def _delete(index: EmbeddedSearchIndex, *media: str) -> int:
    return index.delete(SearchFilter("tenant", media_ids=frozenset(media)))


def _vector_trace(vector: Vector) -> bytes:
    return np.rint(vector * 32767).astype(np.int16).tobytes()


def _word_trace(word: str) -> bytes:
    return word_hash(word).to_bytes(8, "little", signed=True)


def test_vector_stays_until_its_last_document_is_deleted(index: EmbeddedSearchIndex, tmp_path: Path) -> None:
    vector = direction(999)
    signs = sign_codes(np.rint(vector[None] * 32767).astype(np.int16)).tobytes()
    index.put([_document(name, f"{name} text", vector) for name in ("a", "b", "c")])
    _fill(index, 0, 20)
    _fill_segment(index)
    for name, others in (("a", {"b", "c"}), ("b", {"c"})):
        _delete(index, name)
        assert len(holders(tmp_path, signs)) == 1
        hits = index.search_text(TextQuery(vector, "", limit=5), TENANT)
        assert {hit.result_id for hit in hits if (hit.dense_score or 0) > 0.999} == others
    _delete(index, "c")
    assert holders(tmp_path, signs) == []
    assert holders(tmp_path, _vector_trace(vector)) == []


def test_vectors_of_deleted_documents_are_erased_after_merges(tmp_path: Path) -> None:
    """Documents with one vector are deleted in several calls and processes, between merges of segments."""
    vector = direction(999)
    with closing(_opened(tmp_path)) as index:
        index.put([_document(name, f"{name} text", vector) for name in "ab"])
        _fill(index, 0, 40)
        _delete(index, "a")
        index.put([_document("c", "c text", vector)])
        _fill(index, 40, 80)
    with closing(_opened(tmp_path)) as index:
        _delete(index, "b")
        _fill(index, 80, 160)
        assert len(holders(tmp_path, _vector_trace(vector))) >= 1
        _delete(index, "c")
        assert holders(tmp_path, _vector_trace(vector)) == []
        assert len(index.search_text(TextQuery(direction(0), "common", limit=200), TENANT)) == 160


@pytest.mark.parametrize("order", [(11, 10), (10, 11), (12, 11, 10), (10, 12, 11), (0, 1), (1, 0)])
def test_words_without_documents_are_erased(
    index: EmbeddedSearchIndex, tmp_path: Path, order: tuple[int, ...]
) -> None:
    """Words whose hashes are neighbours lose their last documents, in several orders."""
    words = sorted((f"q{number}" for number in range(40)), key=word_hash)
    index.put([_document(word, word, direction(number)) for number, word in enumerate(words)])
    assert len(holders(tmp_path, _word_trace(words[order[0]]))) == 2, "in SQLite's log and a segment"
    for number in order:
        _delete(index, words[number])
        assert holders(tmp_path, _word_trace(words[number])) == []
    for number, word in enumerate(words):
        hits = index.search_text(TextQuery(direction(number), word, limit=1), TENANT)
        assert (hits[0].result_id == word) is (number not in order)


def test_failed_erasure_is_repeated(
    index: EmbeddedSearchIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fill(index, 0, 60)
    with monkeypatch.context() as patch:

        def fail(_: MappedArray) -> None:
            raise OSError(5, "Input/output error")

        patch.setattr(MappedArray, "flush", fail)
        with pytest.raises(Unavailable):
            _delete(index, "d7")
        assert holders(tmp_path, _vector_trace(direction(7))) != []
    _fill(index, 60, 61)
    assert holders(tmp_path, _vector_trace(direction(7))) == []
    assert holders(tmp_path, _word_trace("word7")) == []


def test_leftover_files_are_erased_before_deletion_returns(
    index: EmbeddedSearchIndex, tmp_path: Path
) -> None:
    """The folder of a replaced segment cannot be removed at first."""
    _fill(index, 0, 20)
    (folder,) = {path.parent for path in tmp_path.rglob("firsts.json")}
    parent = folder.parent
    held = tmp_path / "held"
    parent.rename(held)
    parent.write_text("no folder")
    index.put([_document("last", " ".join(f"x{number}" for number in range(40)), direction(5_555))])
    with pytest.raises(Unavailable):
        _delete(index, "d7")
    parent.unlink()
    held.rename(parent)
    assert _delete(index, "d7") == 0
    assert holders(tmp_path, _vector_trace(direction(7))) == []
    assert holders(tmp_path, _word_trace("word7")) == []


def test_deletion_during_search_does_not_change_other_scores(
    index: EmbeddedSearchIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The deletion comes after the search has chosen the rows to score."""
    shared = direction(1)
    index.put([_document(f"d{number}", f"common u{number}", shared) for number in range(60)])
    selection = index._memory.snapshot.passages_in(np.ones(60, np.bool_), None)

    def deleting(vectors: Vectors, query: Scores, slots: Slots) -> Scores:
        _delete(index, "d0")
        return score(vectors, query, slots)

    monkeypatch.setattr(nearest, "score", deleting)
    documents, scores = nearest.nearest(selection, shared, 20)
    assert len(documents) == 20
    assert scores.min() > 0.99


def test_older_snapshot_reads_ascending_word_lists(index: EmbeddedSearchIndex) -> None:
    index.put([_document(f"d{number}", f"common u{number}", direction(number)) for number in range(200)])
    snapshot = index._memory.snapshot
    selection = snapshot.passages_in(snapshot.documents_in(TENANT), None)
    gone = [0, 2, 50, 51, 99, 150, 199]
    _delete(index, *(f"d{number}" for number in gone))
    stays = np.setdiff1d(np.arange(200), gone)
    (lists,) = snapshot.postings.lists
    slots = lists.slots[lists.entries(word_hash("common"))].astype(np.int64)
    assert (np.diff(slots) >= 0).all()
    words = match_words(snapshot.postings, [word_hash("common")], selection)
    assert words.scores[stays].min() > 0
    assert words.passage_scores(stays).min() > 0


def _lists(entries: Iterable[tuple[int, int]]) -> WordLists:
    """Build lists of (word, slot), each with a frequency of 1."""
    ordered = sorted(entries)
    words = np.unique([word for word, _ in ordered]).astype(np.int64)
    offsets = np.searchsorted([word for word, _ in ordered], [*words, words[-1] + 1])
    slots = np.array([slot for _, slot in ordered], np.uint32)
    return WordLists(words, offsets.astype(np.int64), slots, np.ones(len(slots), np.uint8))


@pytest.mark.parametrize("seed", range(20))
def test_random_erasures_leave_living_entries(seed: int) -> None:
    """Erasure in several calls leaves the living entries, ascending lists, and no other words."""
    source = np.random.default_rng(seed)
    entries = {(int(word), int(slot)) for word, slot in source.integers(0, (30, 60), (400, 2))}
    first = 1_000
    lists = _lists((word, slot + first) for word, slot in entries)
    gone = np.zeros(60, np.bool_)
    for _ in range(6):
        erased = (source.random(60) < 0.25) & ~gone
        gone |= erased
        lists.erase(first + np.flatnonzero(erased), first + np.flatnonzero(gone))
        living = {(word, slot) for word, slot in entries if not gone[slot]}
        assert set(lists.words.tolist()) - {np.iinfo(np.int64).min} == {word for word, _ in living}
        for word in range(30):
            own = lists.entries(word)
            slots = lists.slots[own].astype(np.int64) - first
            assert (np.diff(slots) >= 0).all()
            kept = lists.frequencies[own] > 0
            assert set(slots[kept].tolist()) == {slot for other, slot in living if other == word}
            assert gone[slots[~kept]].all()
    later = _lists((word, slot) for word in (3, 99) for slot in (2_000, 2_001))
    both = merged([lists, later])
    assert both.words.tolist() == sorted({word for word, _ in living} | {3, 99})
    assert (both.frequencies > 0).all()
    slots = both.slots[both.entries(3)].tolist()
    assert slots == [*sorted(slot + first for word, slot in living if word == 3), 2_000, 2_001]


def test_erasure_of_one_passage_takes_little_memory() -> None:
    """The word is in each of a million passages."""
    count = 1_000_000
    slots, frequencies = np.arange(count, dtype=np.uint32), np.ones(count, np.uint8)
    lists = WordLists(np.array([7]), np.array([0, count]), slots, frequencies)
    tracemalloc.start()
    try:
        lists.erase(np.array([500_000]), np.array([400_000, 500_000]))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert np.flatnonzero(frequencies == 0).tolist() == [500_000]
    assert peak < 2 * count
