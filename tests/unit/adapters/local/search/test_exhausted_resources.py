"""An index without free descriptors, file sizes or disk space: a write happens as a whole or not at all."""

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from shared.adapters.local.search.arrays.segments import require_room

pytestmark = pytest.mark.slow

PREAMBLE: Final = """
import errno, os, resource, shutil, sys
import numpy as np
from contextlib import closing
from pathlib import Path
from shared.adapters.local.search.arrays import memory
from shared.adapters.local.search.index import EmbeddedSearchIndex
from shared.adapters.local.search.store import SearchStore
from shared.adapters.local.sqlite_connections import StorageFull
from shared.domain.errors import Unavailable
from shared.ports.search_index import SearchFilter, TextQuery
from tests.contract.search_documents import *

folder = Path(sys.argv[1])
memory.RECENT_ENTRIES = 10**9
TENANT = SearchFilter("tenant")

def opened():
    return EmbeddedSearchIndex(folder, TEXT_SPACE, PICTURE_SPACE)

def made(first, end, words=1, tenant="tenant"):
    def one(number):
        text = " ".join(f"w{number}x{word}" for word in range(words))
        return document(f"d{number}", tenant=tenant, passages=[passage(text, direction(number))])
    return [one(number) for number in range(first, end)]

def assert_found(index, numbers):
    for number in numbers:
        hits = index.search_text(TextQuery(direction(number), f"w{number}x0", limit=1), TENANT)
        assert hits[0].result_id == f"d{number}", (number, hits)
        assert hits[0].dense_score > 0.99 and hits[0].lexical_score, hits

def fill_disk(left):
    with (folder.parent / "other").open("ab", buffering=0) as file:
        while (missing := shutil.disk_usage(folder).free - left) > 0:
            file.write(bytes(min(missing, 65536)))

def segments():
    return [path for path in folder.glob("arrays/*/*") if path.is_dir()]
"""


def _run(script: str, folder: Path, *arguments: str, prefix: tuple[str, ...] = ()) -> None:
    command = [*prefix, sys.executable, "-c", PREAMBLE + script, str(folder), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (done.returncode, done.stdout, done.stderr[-2_000:])


def _run_on_small_disk(script: str, folder: Path) -> None:
    """Run ``script`` where ``folder`` is on a disk of its own, in a mount namespace of its own."""
    folder.mkdir()
    unshare = ("unshare", "--user", "--map-root-user", "--mount")
    if not shutil.which("unshare") or subprocess.run([*unshare, "true"], check=False).returncode:
        pytest.skip("this system has no mount namespaces")
    mount = f'mount -t tmpfs -o size=24m tmpfs {folder} && exec "$@"'
    _run(script, folder / "index", prefix=(*unshare, "sh", "-c", mount, "sh"))


WITHOUT_DESCRIPTORS: Final = """
index = opened()
index.put(made(0, 1023))
index.put(made(1023, 1024))  # the arrays have no room for another document now
_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (200, hard))
held = []
try:
    while True:
        held.append(os.open("/dev/null", os.O_RDONLY))
except OSError:
    pass
for _ in range(int(sys.argv[2])):
    os.close(held.pop())
try:
    index.put(made(5000, 5001, tenant="other"))
    raise SystemExit("the put succeeded")
except Unavailable:
    pass
for descriptor in held:
    os.close(descriptor)

assert index.counts().documents == 1024
index.put(made(6000, 6002))
assert_found(index, [3, 1023, 6000, 6001])
assert index.search_text(TextQuery(direction(5000), "", limit=1), SearchFilter("other")) == []
memory.RECENT_ENTRIES = 30
index.put(made(7000, 7001))
index.close()
with closing(opened()) as index:
    assert_found(index, [3, 1023, 6000, 6001, 7000])
    assert index.counts("other").documents == 0
    index.put(made(5000, 5001))
    assert_found(index, [5000, 6001])
"""


@pytest.mark.parametrize("left", [1, 4, 8])
def test_put_without_descriptors_changes_nothing(tmp_path: Path, left: int) -> None:
    """The growth of some of the arrays succeeds, and that of the others does not."""
    _run(WITHOUT_DESCRIPTORS, tmp_path / "index", str(left))


WITH_SHORT_FILES: Final = """
with closing(opened()) as index:
    for first in range(0, 2000, 500):
        index.put(made(first, first + 500, words=200))
index = opened()
_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, hard))
memory.RECENT_ENTRIES = 30
for number in range(2000, 2004):
    index.put(made(number, number + 1))
    assert segments() == [], "a part of a segment is left"
assert_found(index, [7, 1999, 2003])
assert index.delete(SearchFilter("nobody")) == 0
index.close()
with closing(opened()) as index:
    assert segments() == []
    assert_found(index, [7, 2003])
    index.put(made(2004, 2005))
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
with closing(opened()) as index:
    assert len(segments()) == 1
    assert_found(index, [7, 2003, 2004])
"""


def test_segment_that_cannot_be_written_leaves_no_files(tmp_path: Path) -> None:
    """The word lists are longer than files may be. Puts and starts succeed."""
    _run(WITH_SHORT_FILES, tmp_path / "index")


WITH_LITTLE_MEMORY: Final = """
from shared.adapters.local.search import maintenance
index = opened()
for first in range(0, 10_000, 1_000):
    index.put(made(first, first + 1_000, words=100))
memory.RECENT_ENTRIES = 30
(size,) = [int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmSize")]
limits = resource.getrlimit(resource.RLIMIT_AS)
resource.setrlimit(resource.RLIMIT_AS, ((size << 10) + 2 * 2**20, limits[1]))
index.put(made(10_000, 10_001))
assert index._memory._next_attempt, "there was enough memory"
index.put(made(10_001, 10_002))
assert index.delete(SearchFilter("nobody")) == 0
resource.setrlimit(resource.RLIMIT_AS, limits)
assert segments() == []
assert_found(index, [3, 9_999, 10_000, 10_001])
maintenance._PAUSE_SECONDS = index._memory._next_attempt = 0
index.put(made(10_002, 10_003))
assert len(segments()) == 1
assert_found(index, [3, 9_999, 10_000, 10_001, 10_002])
"""


def test_too_little_memory_for_a_segment_fails_no_put(tmp_path: Path) -> None:
    _run(WITH_LITTLE_MEMORY, tmp_path / "index")


OPENED_ON_FULL_DISK: Final = """
with closing(opened()) as index:
    for first in range(0, 8000, 1000):
        index.put(made(first, first + 1000))
shutil.rmtree(folder / "arrays")
fill_disk(900 * 1024)
try:
    opened()
    raise SystemExit("there was room for the arrays")
except StorageFull:
    pass
assert list(folder.glob("arrays/*")) == [], "parts of the arrays are left"
(folder.parent / "other").unlink()
with closing(opened()) as index:
    assert_found(index, [0, 4000, 7999])
"""

REBUILT_ON_FULL_DISK: Final = """
from shared.adapters.local.search import maintenance
with closing(opened()) as index:
    index.put(made(0, 3000))
    index.put(made(0, 1500))
    maintenance._MAX_DEAD_ROWS = 10
    fill_disk(700 * 1024)
    folders = list(folder.glob("arrays/*"))
    index.put(made(0, 2))
    assert_found(index, [0, 1, 1499, 1500, 2999])
    assert list(folder.glob("arrays/*")) == folders
    assert len(index._memory.snapshot.rows) == 4502
    (folder.parent / "other").unlink()
    maintenance._PAUSE_SECONDS = index._memory._next_attempt = 0
    index.put(made(0, 2))
    assert len(index._memory.snapshot.rows) == 3000
    assert_found(index, [0, 1, 1499, 1500, 2999])
"""

OPENED_WITH_LEFTOVERS: Final = """
memory.RECENT_ENTRIES = 30
with closing(opened()) as index:
    index.put(made(0, 100))
memory.RECENT_ENTRIES = 10**9
with closing(SearchStore(folder / "search.sqlite")) as store:
    store.put(made(100, 4000), TEXT_SPACE, PICTURE_SPACE, lambda rows: None)
(left,) = segments()
(left.parent / "left").mkdir()
(left.parent / "left" / "words-slots.npy").write_bytes(bytes(2**21))
fill_disk(400 * 1024)
with closing(opened()) as index:
    assert segments() == [left]
    assert_found(index, [0, 99, 100, 3999])
"""


@pytest.mark.parametrize(
    "script",
    [OPENED_ON_FULL_DISK, REBUILT_ON_FULL_DISK, OPENED_WITH_LEFTOVERS],
    ids=["opened", "rebuilt", "with leftovers"],
)
def test_full_disk_ends_no_process(tmp_path: Path, script: str) -> None:
    """A write to a mapped page that has no place on the disk would end it."""
    _run_on_small_disk(script, tmp_path / "disk")


SHORT_FILE: Final = """
from shared.adapters.local.search.arrays.segments import _write
_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, hard))
try:
    _write(folder, np.arange(100_000))
    raise SystemExit("the array was written")
except OSError as error:
    assert error.errno == errno.EFBIG, error
"""

FULL_DISK: Final = """
from shared.adapters.local.search.arrays.segments import _write
folder = folder.parent / "array"
with (folder.parent / "other").open("ab", buffering=0) as file:
    file.write(bytes(shutil.disk_usage(folder.parent).free - 40_960))
try:
    _write(folder, np.arange(100_000))
    raise SystemExit("the array was written")
except OSError as error:
    assert error.errno == errno.ENOSPC, error
"""


def test_array_that_is_cut_short_tells_the_cause(tmp_path: Path) -> None:
    """The first part of the array can be written."""
    _run(SHORT_FILE, tmp_path / "array")
    _run_on_small_disk(FULL_DISK, tmp_path / "disk")


def test_room_is_checked_before_large_files(tmp_path: Path) -> None:
    require_room(tmp_path, 1)
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        require_room(tmp_path, 2**60)
