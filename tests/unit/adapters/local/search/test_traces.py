"""Traces of deleted documents in unused parts of the store's file, and their removal."""

import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from shared.adapters.local.search.index import FILE, EmbeddedSearchIndex
from shared.adapters.local.search.traces import TraceRemoval
from shared.domain.errors import Unavailable
from shared.ports.search_index import SearchDocument, SearchFilter, TextQuery
from tests.contract.search_documents import PICTURE_SPACE, TEXT_SPACE, direction, document, passage
from tests.unit.adapters.local.search.stored_traces import holders

TENANT: Final = SearchFilter("tenant")
_AT_ONCE: Final = partial(TraceRemoval, quiet_seconds=0, interval_seconds=0)


def opened(folder: Path, trace_removal: partial[TraceRemoval] = _AT_ONCE) -> EmbeddedSearchIndex:
    return EmbeddedSearchIndex(folder, TEXT_SPACE, PICTURE_SPACE, trace_removal=trace_removal)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[EmbeddedSearchIndex]:
    with closing(opened(tmp_path)) as index:
        yield index


def _mark(number: int) -> str:
    """A word of document ``number`` alone."""
    return f"mark{number}x"


def made(number: int, words: int = 10) -> SearchDocument:
    """A document with the word ``w0``, a mark, and as many ``words``."""
    chosen = np.random.default_rng(number).integers(0, 500, words)
    text = f"{_mark(number)} w0 " + " ".join(f"w{word}" for word in chosen)
    data = {"speech": text, "kind": f"kind {number % 5}"}
    vector = direction(number % 50)
    return document(f"d{number}", media=f"m{number}", data=data, passages=[passage(text, vector)])


def delete_media(index: EmbeddedSearchIndex, *numbers: int) -> None:
    index.delete(SearchFilter("tenant", media_ids=frozenset(f"m{number}" for number in numbers)))


def _write_and_delete(index: EmbeddedSearchIndex, seed: int) -> tuple[set[int], set[int]]:
    """Write and delete documents of many sizes at random. Return the living and the deleted ones."""
    source = np.random.default_rng(seed)
    living: set[int] = set()
    total = 0
    for _ in range(40):
        count = int(source.integers(1, 60))
        new = range(total, total + count)
        index.put([made(number, int(source.integers(1, 200))) for number in new])
        living |= set(new)
        total += count
        share = int(len(living) * source.random() * 0.7)
        removed = source.choice(sorted(living), size=share, replace=False).tolist()
        delete_media(index, *removed)
        living -= set(removed)
    return living, set(range(total)) - living


def _traces(folder: Path, numbers: set[int]) -> set[int]:
    stored = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    return {number for number in numbers if _mark(number).encode() in stored}


@pytest.mark.slow
def test_rewritten_file_has_no_trace_of_deleted_documents(tmp_path: Path) -> None:
    found: set[int] = set()
    for seed in range(3):
        folder = tmp_path / str(seed)
        with closing(opened(folder)) as index:
            living, deleted = _write_and_delete(index, seed)
            found |= _traces(folder, deleted)
            assert index.remove_traces()
            assert _traces(folder, deleted) == set()
            assert _traces(folder, living) == living
            hits = index.search_text(TextQuery(direction(1), "w0", limit=1_000), TENANT)
            assert {hit.result_id for hit in hits} == {f"d{number}" for number in living}
    assert found, "SQLite left nothing, so these sequences prove nothing"


def test_file_is_rewritten_after_deletions_and_replacements_only(index: EmbeddedSearchIndex) -> None:
    assert index.remove_traces(), "a file of an earlier release may have traces"
    index.put([made(1), made(2)])
    assert not index.remove_traces()
    delete_media(index, 1)
    assert index.remove_traces()
    assert not index.remove_traces()
    delete_media(index, 1)
    assert not index.remove_traces(), "nothing was deleted"
    index.put([made(2)])
    assert index.remove_traces()


def test_rewrite_that_is_due_survives_a_restart(tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as index:
        index.remove_traces()
        index.put([made(1)])
        delete_media(index, 1)
    with closing(opened(tmp_path)) as index:
        assert index.remove_traces()
    with closing(opened(tmp_path)) as index:
        assert not index.remove_traces()


def set_age_of_last_rewrite(folder: Path, seconds: int) -> None:
    with closing(sqlite3.connect(folder / FILE)) as connection, connection:
        connection.execute("UPDATE rewrite SET is_due = TRUE, seconds = unixepoch() - ?", (seconds,))


@pytest.mark.parametrize(
    ("quiet_seconds", "days", "expected"),
    [(0, 2, True), (3_600, 2, False), (3_600, 6, False), (3_600, 7, True)],
)
def test_rewrite_waits_for_a_quiet_time_but_at_most_a_week(
    tmp_path: Path, quiet_seconds: int, days: int, expected: bool
) -> None:
    with closing(opened(tmp_path, partial(TraceRemoval, quiet_seconds=quiet_seconds))) as index:
        index.put([made(1)])
        set_age_of_last_rewrite(tmp_path, days * 86_400)
        assert index.remove_traces() == expected


def test_rewrite_waits_for_a_day_after_the_last(tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as index:
        index.remove_traces()
        index.put([made(1)])
        delete_media(index, 1)
    with closing(opened(tmp_path, partial(TraceRemoval, quiet_seconds=0))) as index:
        assert not index.remove_traces()


WITHOUT_ROOM: Final = """
import resource, sys
from tests.unit.adapters.local.search.test_traces import *

folder = Path(sys.argv[1])
index = EmbeddedSearchIndex(
    folder, TEXT_SPACE, PICTURE_SPACE, trace_removal=partial(TraceRemoval, quiet_seconds=0)
)
index.put([made(number, 100) for number in range(300)])
delete_media(index, *range(150))
set_age_of_last_rewrite(folder, 86_400)
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
with pytest.raises(Unavailable):
    index.remove_traces()
assert not index.remove_traces(), "the next attempt waits"
log = folder / "search.sqlite-wal"
assert not log.exists() or log.stat().st_size == 0, "what the attempt wrote is still there"
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
hits = index.search_text(TextQuery(direction(1), "w0", limit=300), TENANT)
assert {hit.result_id for hit in hits} == {f"d{number}" for number in range(150, 300)}
index.put([made(300)])
"""


@pytest.mark.slow
def test_rewrite_without_room_leaves_the_documents(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WITHOUT_ROOM, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2_000:]
    with closing(opened(tmp_path)) as index:
        assert index.counts().documents == 151
        assert index.remove_traces()
        assert holders(tmp_path, _mark(0).encode()) == []


REWRITING: Final = """
import sys
from tests.unit.adapters.local.search.test_traces import *

index = opened(Path(sys.argv[1]))
print("rewriting", flush=True)
while True:
    index.remove_traces()
    delete_media(index, 0)
    index.put([made(0)])
"""


@pytest.mark.slow
@pytest.mark.parametrize("milliseconds", range(0, 60, 6))
def test_killed_rewrite_loses_nothing(tmp_path: Path, milliseconds: int) -> None:
    with closing(opened(tmp_path)) as index:
        index.put([made(number, 100) for number in range(500)])
    command = [sys.executable, "-c", REWRITING, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"rewriting\n"
        time.sleep(milliseconds / 1_000)
        process.kill()
    with closing(opened(tmp_path)) as index:
        delete_media(index, 0)
        assert index.remove_traces()
        assert holders(tmp_path, _mark(0).encode()) == []
        hits = index.search_text(TextQuery(direction(1), "w0", limit=500), TENANT)
        assert {hit.result_id for hit in hits} == {f"d{number}" for number in range(1, 500)}


def test_slow_search_delays_the_end_only(index: EmbeddedSearchIndex, tmp_path: Path) -> None:
    index.put([made(1), made(2)])
    delete_media(index, 1)
    with index._reading():
        assert not index.remove_traces()
    assert index.remove_traces()
    assert holders(tmp_path, _mark(1).encode()) == []
    assert not index.remove_traces()


def test_deletion_after_the_rewrite_of_a_slow_search_counts(index: EmbeddedSearchIndex) -> None:
    index.put([made(1), made(2)])
    with index._reading():
        assert not index.remove_traces()
    delete_media(index, 2)
    assert index.remove_traces()
    assert not index.remove_traces()


@pytest.mark.parametrize(("age", "expected"), [(-1_000_000, True), (1_000, False), (86_400, True)])
def test_rewrite_is_due_after_a_day_or_if_the_clock_was_wrong(
    tmp_path: Path, age: int, expected: bool
) -> None:
    with closing(opened(tmp_path, partial(TraceRemoval, quiet_seconds=0))) as index:
        set_age_of_last_rewrite(tmp_path, age)
        assert index.remove_traces() == expected


def test_ended_rewrites_fail_at_once(index: EmbeddedSearchIndex) -> None:
    index.end_rewrites()
    with pytest.raises(Unavailable, match="not rewritten now"):
        index.remove_traces()


@pytest.mark.slow
@pytest.mark.parametrize("milliseconds", [0, 10, 30])
def test_index_closes_during_a_rewrite(tmp_path: Path, milliseconds: int) -> None:
    index = opened(tmp_path)
    index.put([made(number, 300) for number in range(1_000)])
    with ThreadPoolExecutor(1) as pool:
        rewrite = pool.submit(index.remove_traces)
        time.sleep(milliseconds / 1_000)
        index.close()
        assert isinstance(rewrite.exception(), Unavailable | None)
    with closing(opened(tmp_path)) as index:
        assert index.counts().documents == 1_000
