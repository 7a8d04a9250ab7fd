"""The embedded index, beyond the contract: crashes, threads, spaces, and erasure of deleted content."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import numpy as np
import pytest

from shared.adapters.local.search import maintenance
from shared.adapters.local.search.index import EmbeddedSearchIndex
from shared.adapters.local.search.vocabulary import word_hash
from shared.domain.errors import Unavailable
from shared.domain.evidence import EmbeddingSpace
from shared.domain.query.conditions import Condition
from shared.ports.search_index import PicturePassage, SearchFilter, TextQuery
from tests.contract.search_documents import (
    DIMENSION,
    PICTURE_SPACE,
    TEXT_SPACE,
    direction,
    document,
    passage,
)

pytestmark = pytest.mark.slow

TENANT = SearchFilter("tenant")
BOAT = direction(1)

WRITER = """
import sys
from pathlib import Path
from shared.adapters.local.search.index import EmbeddedSearchIndex
from tests.contract.search_documents import *
index = EmbeddedSearchIndex(Path(sys.argv[1]), TEXT_SPACE, PICTURE_SPACE)
number = 0
while True:
    name = f"d{number % 40}"
    passages = [passage(f"version {number}", direction(number))] * (1 + number % 5)
    index.put([document(name, data={"number": number}, passages=passages)])
    print(name, number, len(passages), flush=True)
    number += 1
"""


Opened = Callable[..., EmbeddedSearchIndex]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """A function that opens the index, optionally with other spaces. The fixture closes it."""
    with ExitStack() as stack:

        def open_index(
            text_space: EmbeddingSpace = TEXT_SPACE, picture_space: EmbeddingSpace = PICTURE_SPACE
        ) -> EmbeddedSearchIndex:
            return stack.enter_context(closing(EmbeddedSearchIndex(tmp_path, text_space, picture_space)))

        yield open_index


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.slow
@pytest.mark.parametrize("writes", [5, 90])
def test_acknowledged_documents_survive_kill_9(opened: Opened, tmp_path: Path, writes: int) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        lines = [writer.stdout.readline() for _ in range(writes)]
        os.kill(writer.pid, signal.SIGKILL)
        lines += writer.stdout.readlines()

    reported = [line.split() for line in lines if line.endswith("\n")]
    latest = {name: (int(number), int(count)) for name, number, count in reported}
    index = opened()

    # The writer may have committed one more write than it reported before the kill.
    reported_passages = sum(count for _, count in latest.values())
    assert index.counts().documents - len(latest) in (0, 1)
    assert abs(index.counts().text_vectors - reported_passages) <= 5
    name, (number, _) = list(latest.items())[-2]
    hits = index.search_text(TextQuery(direction(number), f"version {number}", limit=1), TENANT)
    assert hits[0].result_id == name
    condition = Condition("number", "equals", "integer", number)
    assert index.match([condition], TENANT, after=None, limit=5).result_ids == [name]


@pytest.mark.parametrize("recent_entries", [1, 1_000])
def test_deletion_erases_all_content(
    opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recent_entries: int
) -> None:
    """The document is in a segment of the arrays, or is a recent one."""
    monkeypatch.setattr("shared.adapters.local.search.arrays.memory.RECENT_ENTRIES", recent_entries)
    index = opened()
    secret, vector = "the combination is 4711", direction(77)
    content = {"note": "opens with 0815"}
    index.put(
        [
            document(
                "gone",
                media="leaving",
                data=content,
                passages=[passage(secret, vector)],
                pictures=[PicturePassage(0.0, "secret.jpg", vector)],
            ),
            document("kept", passages=[passage("public", BOAT)]),
        ]
    )
    fixed_point = np.rint(vector * 32767).astype(np.int16).tobytes()
    word = word_hash("combination").to_bytes(8, "little", signed=True)
    assert any(fixed_point in file.read_bytes() for file in _files(tmp_path))

    assert index.delete(SearchFilter("tenant", media_ids=frozenset({"leaving"}))) == 1

    for file in _files(tmp_path):
        stored = file.read_bytes()
        for trace in (secret.encode(), b"opens with 0815", b"secret.jpg", b"leaving", fixed_point, word):
            assert trace not in stored, (file.name, trace)
    assert not any(index._memory.snapshot.texts.fixed_point[0])
    assert [hit.result_id for hit in index.search_text(TextQuery(vector, secret), TENANT)] == ["kept"]


def test_readers_see_consistent_states_during_writes(opened: Opened) -> None:
    index = opened()
    index.put([document(f"d{i}", passages=[passage("boat", BOAT)]) for i in range(30)])
    failures: list[str] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            hits = index.search_text(TextQuery(BOAT, "boat", limit=100), TENANT)
            if {hit.result_id for hit in hits} != {f"d{i}" for i in range(30)}:
                failures.append(f"{len(hits)} hits")
            if any(not hit.matches or (hit.dense_score or 0) < 0.99 for hit in hits):
                failures.append("a hit lost its passages")

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for version in range(60):
        again = [passage(f"boat {version}", BOAT)] * (1 + version % 4)
        index.put([document(f"d{i}", passages=again) for i in range(version % 30, 30)])
    done.set()
    for reader in readers:
        reader.join()

    assert failures == []


def test_documents_of_other_space_are_stored_but_not_searched(opened: Opened) -> None:
    before = opened()
    before.put([document("old", data={"mood": "calm"}, passages=[passage("an old boat", BOAT)])])
    before.close()

    index = opened(TEXT_SPACE.model_copy(update={"version": "2"}))
    index.put([document("new", data={"mood": "calm"}, passages=[passage("train", direction(2))])])

    assert index.counts().spaces == {"text@1/64": 1, "text@2/64": 1}
    assert [hit.result_id for hit in index.search_text(TextQuery(BOAT, ""), TENANT)] == ["new"]
    by_words = {hit.result_id: hit for hit in index.search_text(TextQuery(BOAT, "old boat"), TENANT)}
    assert by_words["old"].dense_score is None
    assert by_words["old"].lexical_score
    assert (
        index.match([Condition("mood", "equals", "string", "calm")], TENANT, after=None, limit=5).total == 2
    )

    index.put([document("old", passages=[passage("an old boat", BOAT)])])

    assert index.counts().spaces == {"text@2/64": 2}
    assert index.search_text(TextQuery(BOAT, ""), TENANT)[0].result_id == "old"


def test_space_of_other_dimension_opens_same_files(opened: Opened) -> None:
    before = opened()
    before.put([document("old", passages=[passage("boat", BOAT)], pictures=[PicturePassage(0, "p", BOAT)])])
    before.close()
    wider = {"dimension": DIMENSION + 6, "version": "2"}

    index = opened(TEXT_SPACE.model_copy(update=wider), PICTURE_SPACE.model_copy(update=wider))
    index.put(
        [
            document("new", passages=[passage("ship", direction(1, DIMENSION + 6))]),
        ]
    )

    assert [
        hit.result_id for hit in index.search_text(TextQuery(direction(1, DIMENSION + 6), ""), TENANT)
    ] == ["new"]
    assert index.search_picture(direction(1, DIMENSION + 6), TENANT, 5) == []


def test_pages_of_two_tenants_are_in_common_order(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many matching rows are walked in the order of the SQL index, which has the tenant first."""
    monkeypatch.setattr("shared.adapters.local.search.conditions._MAX_SORTED_IN_MEMORY", 0)
    index = opened()
    names = [f"d{number}" for number in range(6)]
    for number, name in enumerate(names):
        tenant = ("tenant", "defaults", "other")[number % 3]
        index.put([document(name, tenant=tenant, executed_at=f"2026-01-0{6 - number}T00:00:00.000Z")])
    scope = SearchFilter("tenant", shared_tenant_ids=frozenset({"defaults"}))
    found: list[str] = []
    after: str | None = None
    while len(found) < 4:
        page = index.match([], scope, after=after, limit=1)
        found += page.result_ids
        after = page.next_after
    assert (found, after) == (["d4", "d3", "d1", "d0"], None)


def test_dead_rows_are_dropped(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maintenance, "_MAX_DEAD_ROWS", 10)
    index = opened()
    for version in range(12):
        index.put([document(f"d{i}", passages=[passage(f"v{version}", direction(i))]) for i in range(5)])

    assert len(index._memory.snapshot.rows) < 20
    assert index.search_text(TextQuery(direction(3), "v11", limit=1), TENANT)[0].result_id == "d3"
    assert index.counts().documents == 5


def test_small_writes_are_merged_into_word_lists(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.adapters.local.search.arrays.memory.RECENT_ENTRIES", 20)
    index = opened()
    for number in range(40):
        text = f"common word{number} {'even' if number % 2 == 0 else 'odd'}"
        index.put([document(f"d{number}", passages=[passage(text, direction(number))])])

    def by_words(words: str) -> set[str]:
        hits = index.search_text(TextQuery(BOAT, words, limit=50), TENANT)
        return {hit.result_id for hit in hits if hit.lexical_score}

    assert by_words("word3") == {"d3"}
    assert by_words("word39") == {"d39"}
    assert by_words("even") == {f"d{number}" for number in range(0, 40, 2)}
    assert len(by_words("common")) == 40


def test_closed_index_is_unavailable(opened: Opened) -> None:
    index = opened()
    index.close()

    with pytest.raises(Unavailable):
        index.put([document("a")])
