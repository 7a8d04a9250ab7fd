"""Opening of the index from the files of its arrays, and from rows if these files do not fit."""

import errno
import os
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.adapters.local.search import maintenance
from shared.adapters.local.search.arrays import memory
from shared.adapters.local.search.arrays.checkpoint import read_checkpoint
from shared.adapters.local.search.arrays.columns import DocumentColumns
from shared.adapters.local.search.arrays.snapshot import Numbers
from shared.adapters.local.search.index import EmbeddedSearchIndex
from shared.adapters.local.search.store import SearchStore
from shared.adapters.local.search.vocabulary import word_hash
from shared.domain.errors import Unavailable
from shared.ports.search_index import PicturePassage, SearchFilter, TextQuery
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


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of an index of 60 documents, most of them in segments of the arrays."""
    folder = tmp_path_factory.mktemp("stored")
    with pytest.MonkeyPatch.context() as patch, closing(_opened(folder)) as index:
        patch.setattr(memory, "RECENT_ENTRIES", 30)
        _fill(index, 0, 60)
    return folder


@pytest.fixture
def folder(tmp_path: Path, stored: Path) -> Path:
    """A copy of ``stored``."""
    return shutil.copytree(stored, tmp_path / "index")


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


def test_arrays_of_copy_from_before_deletion_are_rebuilt(folder: Path, loads: list[int]) -> None:
    """The copy has the stamp of the checkpoint, and a document that was erased from the arrays since."""
    database = folder / "search.sqlite"
    copy = database.read_bytes()
    with closing(_opened(folder)) as index:
        assert index.delete(SearchFilter("tenant", media_ids=frozenset({"m1"}))) == 20
        assert _by_word(index, "word7") == []
    database.write_bytes(copy)
    loads.clear()
    with closing(_opened(folder)) as index:
        assert loads == [0]
        assert _by_word(index, "word7") == ["d7"]
        hits = index.search_text(TextQuery(direction(7), "", frozenset({"description"}), limit=1), TENANT)
        assert [hit.result_id for hit in hits] == ["d7"]


def test_document_that_arrays_lack_leads_to_rebuild(folder: Path, loads: list[int]) -> None:
    """The arrays lost a document of the store, from before the checkpoint."""
    rows = next(folder.rglob("rows"))
    stored = np.fromfile(rows, np.int64)
    stored[7:59] = stored[8:60]
    stored.tofile(rows)
    loads.clear()
    with closing(_opened(folder)) as index:
        assert loads == [0]
        assert _by_word(index, "word7") == ["d7"]


NAMES = ("words-words", "words-offsets", "words-slots", "words-frequencies", "texts-places", "texts-codes")
DAMAGES = {
    **{f"{name} of {size} bytes": (f"{name}.npy", size) for name in NAMES for size in (0, 40, 150)},
    **{f"{name} of {size} bytes": (name, size) for name in ("text-vectors", "rows") for size in (0, 100)},
    "empty firsts": ("firsts.json", 0),
    "short checkpoint": ("checkpoint.json", 20),
}


@pytest.mark.parametrize(("name", "size"), DAMAGES.values(), ids=DAMAGES)
def test_short_files_are_rebuilt(folder: Path, name: str, size: int) -> None:
    path = max(folder.rglob(name), key=lambda path: path.stat().st_size)
    assert path.stat().st_size > size
    os.truncate(path, size)
    _assert_all_found(folder)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("firsts.json", b"{}"),
        ("firsts.json", b"[]"),
        ("firsts.json", b'{"texts": null, "pictures": 0}'),
        ("firsts.json", b'{"texts": 5, "pictures": 0}'),
        ("checkpoint.json", b'{"layout": 2}'),
        ("words-slots.npy", b"no array" * 100),
        ("texts-places.npy", None),
        ("text-vectors", None),
    ],
)
def test_damaged_files_are_rebuilt(folder: Path, name: str, content: bytes | None) -> None:
    """A file has other content, or is missing."""
    path = next(folder.rglob(name))
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    _assert_all_found(folder)


@pytest.mark.parametrize(("old", "new"), [(b"}", b" "), (b"{", b" "), (b"(", b"\xff"), (b"descr", b"order")])
def test_arrays_with_a_damaged_header_are_rebuilt(folder: Path, old: bytes, new: bytes) -> None:
    path = next(folder.rglob("words-offsets.npy"))
    path.write_bytes(path.read_bytes().replace(old, new, 1))
    _assert_all_found(folder)


def _assert_all_found(folder: Path) -> None:
    with closing(_opened(folder)) as index:
        assert len(_by_word(index, "common")) == 60
        for number in range(60):
            hits = index.search_text(TextQuery(direction(number), "", limit=1), TENANT)
            assert [hit.result_id for hit in hits] == [f"d{number}"]


def _without_descriptors(*_: Any) -> NoReturn:
    raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))


def test_arrays_stay_if_checkpoint_cannot_be_read_now(
    folder: Path, loads: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", _without_descriptors)
        with pytest.raises(Unavailable, match=os.strerror(errno.EMFILE)):
            _opened(folder)
    with closing(_opened(folder)) as index:
        assert loads[0] > 30
        assert len(_by_word(index, "common")) == 60


def test_stamp_stays_if_checkpoint_cannot_be_read_now(
    tmp_path: Path, loads: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The descriptors suffice for the segment, but neither for the old checkpoint nor for the new one."""
    with closing(_opened(tmp_path)) as index:
        _fill(index, 0, 30)
        with monkeypatch.context() as patch:
            read_bytes = Path.read_bytes

            def read(path: Path) -> bytes:
                return _without_descriptors() if path.name == "checkpoint.json" else read_bytes(path)

            patch.setattr(Path, "read_bytes", read)
            patch.setattr(f"{read_checkpoint.__module__}.write_durably", _without_descriptors)
            _fill(index, 30, 45)
    loads.clear()
    with closing(_opened(tmp_path)) as index:
        assert 10 < loads[0] < 31
        assert len(_by_word(index, "common")) == 45


def test_renamed_checkpoint_keeps_its_segments(
    tmp_path: Path, loads: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder cannot be synced after the rename."""
    with closing(_opened(tmp_path)) as index:
        _fill(index, 0, 20)
        with monkeypatch.context() as patch:
            patch.setattr(f"{read_checkpoint.__module__}.sync", _without_descriptors)
            _fill(index, 20, 45)
        index.delete(SearchFilter("tenant", media_ids=frozenset({"m1"})))
        trace = np.rint(direction(1) * 32767).astype(np.int16).tobytes()
        assert not any(trace in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    loads.clear()
    with closing(_opened(tmp_path)) as index:
        assert loads[0] > 30
        assert len(_by_word(index, "common")) == 30


def test_store_is_closed_if_arrays_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "arrays").write_text("no folder")
    open_files = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        with pytest.raises(Unavailable):
            _opened(tmp_path)
    assert len(list(Path("/proc/self/fd").iterdir())) == open_files


def test_rows_after_checkpoint_are_removed_at_opening(tmp_path: Path) -> None:
    """Recent documents move by one place if one of them was deleted. Nothing stays at their old places."""
    with closing(_opened(tmp_path)) as index:
        _fill(index, 0, 20)
        assert index._memory.snapshot.texts.first_recent < 17
        media = frozenset({"m17"})
        index.put([document("d17", media="m17", passages=[passage("word17", direction(17))])])
        index.delete(SearchFilter("tenant", media_ids=media))
    with closing(_opened(tmp_path)) as index:
        assert index.delete(TENANT) == 19
        for number in range(20):
            trace = np.rint(direction(number) * 32767).astype(np.int16).tobytes()
            assert not any(trace in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_erased_documents_are_not_erased_again_after_opening(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(_opened(folder)) as index:
        index.delete(SearchFilter("tenant", media_ids=frozenset({"m1"})))
    marked: list[int] = []
    mark = DocumentColumns.mark

    def watched(columns: DocumentColumns, documents: NDArray[np.intp], state: int) -> None:
        marked.append(len(documents))
        mark(columns, documents, state)

    monkeypatch.setattr(DocumentColumns, "mark", watched)
    with closing(_opened(folder)) as index:
        _fill(index, 60, 61)
        assert marked == []
        assert index.delete(SearchFilter("tenant", media_ids=frozenset({"m2"}))) == 20
    assert marked == [20, 20]


@pytest.mark.parametrize("kind", ["pictures", "passages without words", "documents without passages"])
def test_restart_reads_few_documents_of_every_kind(tmp_path: Path, loads: list[int], kind: str) -> None:
    with closing(_opened(tmp_path)) as index:
        for first in range(0, 200, 20):
            documents = []
            for number in range(first, first + 20):
                pictures = [PicturePassage(0.0, "key", direction(number))] if kind == "pictures" else []
                passages = [passage("", direction(number))] if kind == "passages without words" else []
                documents.append(document(f"d{number}", passages=passages, pictures=pictures))
            index.put(documents)
        assert len(index._memory.snapshot.pictures.parts) <= 4
    loads.clear()
    with closing(_opened(tmp_path)) as index:
        assert loads[0] > 120
        assert len(index.match([], TENANT, after=None, limit=500).result_ids) == 200
        if kind == "pictures":
            assert index.search_picture(direction(77), TENANT, 1)[0].result_id == "d77"


@pytest.mark.parametrize("kept", [3, 0])
def test_arrays_of_few_documents_after_rebuild_are_used(
    folder: Path, loads: list[int], monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    """The deletion of most documents rebuilds the arrays. The others are no segment's worth."""
    monkeypatch.setattr(maintenance, "_MAX_DEAD_ROWS", 10)
    with closing(_opened(folder)) as index:
        index.put([document(f"k{number}", media="kept") for number in range(kept)])
        index.delete(SearchFilter("tenant", media_ids=frozenset({"m0", "m1", "m2"})))
        assert len(index._memory.snapshot.rows) == kept
    (arrays,) = [path for path in (folder / "arrays").iterdir() if path.is_dir()]
    loads.clear()
    with closing(_opened(folder)) as index:
        assert arrays.exists()
        assert loads == ([63] if kept else [0])
        assert index.counts().documents == kept
        _fill(index, 0, 20)
        assert len(_by_word(index, "common")) == 20


def test_stamp_of_stored_checkpoint_survives_failures(tmp_path: Path, loads: list[int]) -> None:
    """Several checkpoints fail after their stamps are stored."""
    with closing(_opened(tmp_path)) as index:
        _fill(index, 0, 30)
        blocked = tmp_path / "arrays" / "checkpoint.json.building"
        blocked.symlink_to(tmp_path / "missing" / "file")
        for number in range(30, 36):
            index._memory._next_attempt = 0.0
            _fill(index, number, number + 1)
    blocked.unlink()
    loads.clear()
    with closing(_opened(tmp_path)) as index:
        assert 10 < loads[0] < 31
        assert len(_by_word(index, "common")) == 36


def test_put_succeeds_if_store_is_locked_for_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process takes the lock of the store between the commit and the checkpoint."""
    monkeypatch.setattr("shared.adapters.local.sqlite_connections._BUSY_SECONDS", 0.1)
    with closing(_opened(tmp_path)) as index, closing(sqlite3.connect(tmp_path / "search.sqlite")) as other:
        _fill(index, 0, 15)
        write_segment = memory.SearchMemory.write_segment

        def locked(*given: Any) -> Any:
            other.execute("BEGIN IMMEDIATE")
            return write_segment(*given)

        monkeypatch.setattr(memory.SearchMemory, "write_segment", locked)
        _fill(index, 15, 16)
        assert other.in_transaction
        other.rollback()
        assert len(_by_word(index, "common")) == 16


@pytest.mark.parametrize("is_repaired_by_search", [True, False])
def test_change_that_was_not_published_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_repaired_by_search: bool
) -> None:
    """A write fails between the commit and the publication of the arrays."""
    with closing(_opened(tmp_path)) as index:
        _fill(index, 0, 20)
        with monkeypatch.context() as patch:
            patch.setattr(memory.SearchMemory, "publish", _out_of_memory)
            with pytest.raises(Unavailable, match="too little memory"):
                index.put([document("d1", passages=[passage("new1 common", direction(101))])])
            if not is_repaired_by_search:
                with pytest.raises(Unavailable, match="too little memory"):
                    _by_word(index, "common")
        if not is_repaired_by_search:
            _fill(index, 20, 21)
        assert _by_word(index, "new1") == ["d1"]
        assert _by_word(index, "word1") == []
        with monkeypatch.context() as patch:
            patch.setattr(memory.SearchMemory, "publish", _out_of_memory)
            with pytest.raises(Unavailable, match="too little memory"):
                index.delete(SearchFilter("tenant", media_ids=frozenset({"m2"})))
        assert _by_word(index, "word2") == []
        _fill(index, 30, 31)
        trace = word_hash("word2").to_bytes(8, "little", signed=True)
        assert not any(trace in path.read_bytes() for path in tmp_path.rglob("*.npy"))
    with closing(_opened(tmp_path)) as index:
        assert _by_word(index, "new1") == ["d1"]
        assert _by_word(index, "word2") == []


def _out_of_memory(*_: Any, **__: Any) -> None:
    raise MemoryError


def test_numbers_can_be_read_while_one_is_added() -> None:
    """A reader runs between any two steps of the writer."""
    numbers = Numbers()
    texts = [str(number) for number in range(3)]

    def read(*_: Any) -> Any:
        assert len(numbers.table(texts)) >= len(numbers.known(texts))
        return read

    previous = sys.gettrace()
    sys.settrace(read)
    try:
        for text in texts:
            numbers.add(text)
    finally:
        sys.settrace(previous)
    assert numbers.known(texts) == [0, 1, 2]


def test_documents_removed_after_checkpoint_are_erased_at_opening(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(_opened(folder)) as index:
        # As if the process had been killed after the commit of the deletion.
        monkeypatch.setattr(memory.SearchMemory, "erase_removed", lambda *_, **__: None)
        index.delete(SearchFilter("tenant", media_ids=frozenset({"m1"})))
    monkeypatch.undo()
    traces = [word_hash("word1").to_bytes(8, "little", signed=True), bytes(direction(1).data)]
    assert any(traces[0] in path.read_bytes() for path in folder.rglob("*.npy"))
    with closing(_opened(folder)) as index:
        assert len(_by_word(index, "common")) == 40
        for path in folder.rglob("*"):
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
