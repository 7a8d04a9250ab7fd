"""Contract of ``shared.ports.incoming_files.IncomingFiles``, on disk and in S3."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from shared.adapters.aws.incoming_files import S3IncomingFiles
from shared.adapters.scratch_files import ScratchFiles
from shared.ports.blobs import Blobs
from shared.ports.incoming_files import IncomingFiles
from tests.aws import stores
from tests.contract.conftest import AWS, folder_blobs

MIB = 1024**2
KEY = "imports/t/j/f/source"
TYPE = "video/mp4"


@dataclass(frozen=True)
class Store:
    """``blobs`` is the store of kept files."""

    files: IncomingFiles
    blobs: Blobs


def _on_disk(folder: Path) -> Iterator[Store]:
    blobs = folder_blobs(folder)
    yield Store(ScratchFiles(blobs), blobs)
    blobs.close()


def _in_bucket(folder: Path) -> Iterator[Store]:
    bucket = stores.create_bucket()
    blobs = stores.open_blobs(bucket, folder / "scratch")
    yield Store(S3IncomingFiles(bucket, stores.client_of("s3"), max_bytes=100 * MIB), blobs)
    blobs.close()


STORES = {"local": _on_disk, "aws": _in_bucket}


@pytest.fixture(params=["local", AWS])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    yield from STORES[request.param](tmp_path)


def written(store: Store, *pieces: bytes) -> str:
    """Write and keep a file of these pieces; returns its blob's key."""
    file = store.files.begin("t", TYPE)
    for piece in pieces:
        file.write(memoryview(piece))
    file.close()
    return file.keep(KEY)


@pytest.mark.parametrize(
    "pieces",
    [(), (b"a",), (b"ab", b"", b"c"), (b"x" * (9 * MIB), b"y" * (9 * MIB)), (b"z" * (8 * MIB),) * 2],
    ids=["empty", "one byte", "pieces", "more than a part", "whole parts"],
)
def test_kept_file_is_complete_blob(store: Store, pieces: tuple[bytes, ...]) -> None:
    key = written(store, *pieces)

    assert key.startswith("imports/t/")
    assert store.blobs.read(key) == b"".join(pieces)
    kept = store.blobs.stat(key)
    assert kept is not None
    assert (kept.size, kept.content_type) == (sum(map(len, pieces)), TYPE)


def test_kept_file_is_not_discarded(store: Store) -> None:
    file = store.files.begin("t", TYPE)
    file.write(b"content")
    file.close()
    key = file.keep(KEY)

    file.discard()

    assert store.blobs.read(key) == b"content"


@pytest.mark.parametrize("size", [3, 17 * MIB])
@pytest.mark.parametrize("whole", [True, False])
def test_discarded_file_leaves_nothing(store: Store, size: int, *, whole: bool) -> None:
    file = store.files.begin("t", TYPE)
    file.write(b"x" * size)
    if whole:
        file.close()

    file.discard()
    file.discard()

    assert store.blobs.stat(KEY) is None
    assert list(store.blobs.keys("imports/")) == []


def test_files_do_not_interfere(store: Store) -> None:
    first, second = store.files.begin("t", TYPE), store.files.begin("t", TYPE)
    for file, content in ((first, b"1"), (second, b"2"), (first, b"11")):
        file.write(content)
    first.close()
    second.close()
    second.discard()

    assert store.blobs.read(first.keep(KEY)) == b"111"
