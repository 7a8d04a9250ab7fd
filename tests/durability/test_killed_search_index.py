"""An embedded search index whose process is killed while it writes, merges, erases or opens its arrays."""

import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from shared.adapters.local.search.arrays import memory
from shared.adapters.local.search.index import EmbeddedSearchIndex
from shared.adapters.local.search.vocabulary import word_hash
from shared.ports.search_index import SearchFilter, TextQuery
from tests.contract.search_documents import PICTURE_SPACE, TEXT_SPACE, direction, document, passage

pytestmark = pytest.mark.slow

TENANT = SearchFilter("tenant")
LEAVING = SearchFilter("tenant", media_ids=frozenset({"leaving"}))

KILL_POINTS = (
    ("shared.adapters.local.search.arrays.segments", "_write", 3),
    ("shared.adapters.local.search.arrays.segments", "_write", 40),
    ("shared.adapters.local.search.arrays.segments", "read_segment", 1),
    ("shared.adapters.local.search.arrays.memory", "merge", 1),
    ("shared.adapters.local.search.arrays.segments", "merged", 2),
    ("shared.adapters.local.search.opening", "write_checkpoint", 1),
    ("shared.adapters.local.search.opening", "write_checkpoint", 4),
    ("shared.adapters.local.search.arrays.checkpoint", "sync", 3),
    ("shared.adapters.local.search.maintenance", "remove_unused", 1),
    ("shared.adapters.local.search.maintenance", "remove_unused", 5),
    ("shared.adapters.local.search.arrays.erasure", "ranges", 1),
    ("shared.adapters.local.search.arrays.erasure", "ranges", 4),
    ("shared.adapters.local.search.arrays.erasure", "_erase_vectors", 1),
    ("shared.adapters.local.search.arrays.erasure", "_erase_vectors", 3),
)
"""The module and the name of a function, and the number of the call that the kill comes before."""

WRITER = """
import importlib, os, signal, sys
from pathlib import Path
from shared.adapters.local.search.arrays import memory
from shared.adapters.local.search.index import EmbeddedSearchIndex
from tests.contract.search_documents import *
from shared.ports.search_index import SearchFilter

folder, module, name = Path(sys.argv[1]), importlib.import_module(sys.argv[2]), sys.argv[3]
call, first = int(sys.argv[4]), int(sys.argv[5])
memory.RECENT_ENTRIES = 40
killed, calls = getattr(module, name), 0

def kill(*arguments, **options):
    global calls
    calls += 1
    if calls == call:
        os.kill(os.getpid(), signal.SIGKILL)
    return killed(*arguments, **options)

setattr(module, name, kill)
index = EmbeddedSearchIndex(folder, TEXT_SPACE, PICTURE_SPACE)
for number in range(first, 400):
    media = "leaving" if number % 10 == 0 else "staying"
    text = f"secret{number} leaves" if media == "leaving" else f"word{number} stays"
    index.put([document(f"d{number % 150}", media=media, passages=[passage(text, direction(number))])])
    print("put", number, flush=True)
    if number % 25 == 24:
        index.delete(SearchFilter("tenant", media_ids=frozenset({"leaving"})))
        print("delete", number, flush=True)
"""


@pytest.fixture(autouse=True)
def small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "RECENT_ENTRIES", 40)


@pytest.mark.parametrize(("module", "name", "call"), KILL_POINTS)
def test_kill_loses_nothing(tmp_path: Path, module: str, name: str, call: int) -> None:
    stored: dict[str, int] = {}
    first = 0
    for _ in range(3):
        first = _write_until_killed(tmp_path, module, name, call, first, stored)
        _assert_stored(tmp_path, stored)


@pytest.mark.parametrize(
    ("module", "name", "call"),
    [
        ("shared.adapters.local.search.arrays.erasure", "_erase_vectors", 1),
        ("shared.adapters.local.search.arrays.erasure", "_erase_vectors", 2),
    ],
)
def test_copy_from_before_killed_deletion_is_complete(
    tmp_path: Path, module: str, name: str, call: int
) -> None:
    """A deletion is killed when some content is overwritten. Then a copy of SQLite's file is put back."""
    with closing(EmbeddedSearchIndex(tmp_path, TEXT_SPACE, PICTURE_SPACE)) as index:
        for number in range(24):
            media = "leaving" if number % 10 == 0 else "staying"
            passages = [passage(f"word{number} stays", direction(number))]
            index.put([document(f"d{number}", media=media, passages=passages)])
    database = tmp_path / "search.sqlite"
    copy = database.read_bytes()
    _write_until_killed(tmp_path, module, name, call, 24, {})
    for path in tmp_path.glob("search.sqlite*"):
        path.unlink()
    database.write_bytes(copy)
    with closing(EmbeddedSearchIndex(tmp_path, TEXT_SPACE, PICTURE_SPACE)) as index:
        for number in range(24):
            hits = index.search_text(TextQuery(direction(number), f"word{number}", limit=1), TENANT)
            assert [hit.result_id for hit in hits] == [f"d{number}"]
            assert (hits[0].dense_score or 0) > 0.99
            assert hits[0].lexical_score


def _write_until_killed(
    folder: Path, module: str, name: str, call: int, first: int, stored: dict[str, int]
) -> int:
    """Run the writer from number ``first`` until it is killed, and note the documents in ``stored``. Return
    the first number that it may not have written."""
    command = [sys.executable, "-c", WRITER, str(folder), module, name, str(call), str(first)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, "the writer was not killed"
    for line in done.stdout.splitlines():
        action, number = line.split()
        if action == "put":
            stored[f"d{int(number) % 150}"] = int(number)
            first = int(number) + 1
        else:
            for each in [each for each, value in stored.items() if value % 10 == 0]:
                del stored[each]
    return first


def _assert_stored(folder: Path, stored: dict[str, int]) -> None:
    """Delete the medium that is leaving, and compare all others. The killed write may have happened."""
    with closing(EmbeddedSearchIndex(folder, TEXT_SPACE, PICTURE_SPACE)) as index:
        index.delete(LEAVING)
        for each in [each for each, number in stored.items() if number % 10 == 0]:
            del stored[each]
        unreported = 0
        for name, number in stored.items():
            hits = index.search_text(TextQuery(direction(number), f"word{number}", limit=1), TENANT)
            found = {hit.result_id: hit for hit in hits}
            text = found[name].matches[0].text if name in found and found[name].matches else ""
            unreported += text != f"word{number} stays"
        assert unreported <= 1
        assert abs(index.counts().documents - len(stored)) <= 1
    leaving = range(0, 400, 10)
    words = [word_hash(f"secret{number}").to_bytes(8, "little", signed=True) for number in leaving]
    vectors = [np.rint(direction(number) * 32767).astype(np.int16).tobytes() for number in leaving]
    for file in [path for path in folder.rglob("*") if path.is_file()]:
        content = file.read_bytes()
        assert not any(trace in content for trace in (b"secret", *words, *vectors)), file
