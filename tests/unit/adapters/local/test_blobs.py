"""Blobs in a folder, beyond the contract: files, abandoned scratch files, crashes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from shared.adapters.local.blobs import FolderBlobs
from shared.ports.blobs import BlobStat
from tests.waiting import HANG_TIMEOUT


def open_blobs(root: Path) -> FolderBlobs:
    return FolderBlobs(root, link_base_url=lambda: "http://test.local", signing_key=b"k" * 32)


def files_below(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_blob_is_file_with_the_same_name(tmp_path: Path) -> None:
    blobs = open_blobs(tmp_path)
    blobs.write("t/m/source.mp4", b"x", "video/mp4")
    assert files_below(tmp_path / "objects") == ["t", "t/m", "t/m/source.mp4"]


def test_deletion_removes_empty_folders_and_type_files(tmp_path: Path) -> None:
    blobs = open_blobs(tmp_path)
    for key in ("t/m/a", "t/m/b", "t/n/c"):
        blobs.write(key, b"x", "image/x-odd")
    blobs.delete("t/n/c")
    assert "t/n" not in files_below(tmp_path / "objects")
    blobs.delete_prefix("t/")
    assert files_below(tmp_path / "objects") == []


@pytest.mark.parametrize(("there", "refused"), [("a", "a/b"), ("a", "a/b/c"), ("a/b", "a"), ("a/b/c", "a")])
def test_conflicting_key_is_refused_and_leaves_nothing(tmp_path: Path, there: str, refused: str) -> None:
    blobs = open_blobs(tmp_path)
    blobs.write(there, b"first", "image/x-odd")
    before = files_below(tmp_path)
    with pytest.raises(ValueError, match="conflicts with another key"):
        blobs.write(refused, b"second", "video/mp4")
    assert files_below(tmp_path) == before
    assert blobs.read(there) == b"first"


def test_only_scratch_files_of_dead_processes_are_removed(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from shared.adapters.local.blobs import FolderBlobs\n"
        f"blobs = FolderBlobs(Path({str(tmp_path)!r}), link_base_url=str, signing_key=b'k' * 32)\n"
        "print(blobs.scratch_file('.part'), flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    left_over = Path(other.stdout.readline().strip())
    open_blobs(tmp_path).close()
    assert left_over.exists()
    other.kill()
    other.communicate(timeout=HANG_TIMEOUT)
    blobs = open_blobs(tmp_path)
    assert not left_over.parent.exists()
    blobs.close()
    assert files_below(tmp_path / ".scratch") == ["lock"]


@pytest.mark.parametrize("crash_after", ["type file", "blob"])
def test_crash_during_type_change_leaves_matching_type(
    tmp_path: Path, crash_after: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs = open_blobs(tmp_path)
    blobs.write("a.mp4", b"old", "image/x-old")

    class Crash(Exception):
        pass

    real = os.replace
    renames: list[str] = []

    def replace(source: Path, target: Path) -> None:
        if len(renames) == (1 if crash_after == "type file" else 2):
            raise Crash
        renames.append(str(target))
        real(source, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(Crash):
        blobs.write("a.mp4", b"newer", "image/x-new")
    monkeypatch.undo()

    expected = BlobStat(3, "image/x-old") if crash_after == "type file" else BlobStat(5, "image/x-new")
    again = open_blobs(tmp_path)
    assert again.stat("a.mp4") == expected
    again.write("a.mp4", b"newest", "image/x-newest")
    assert again.stat("a.mp4") == BlobStat(6, "image/x-newest")
    assert json.loads((tmp_path / "objects" / "a.mp4!type").read_text()) == {"*": "image/x-newest"}


def test_type_file_without_blob_is_ignored(tmp_path: Path) -> None:
    blobs = open_blobs(tmp_path)
    (tmp_path / "objects" / "t").mkdir()
    (tmp_path / "objects" / "t" / "a!type").write_text('{"*": "image/x-odd"}')
    assert list(blobs.keys("")) == []
    assert blobs.stat("t/a") is None
    blobs.delete_prefix("t/")
    assert files_below(tmp_path / "objects") == []


def test_file_on_other_file_system_is_copied(tmp_path: Path) -> None:
    memory = Path("/dev/shm")  # noqa: S108 - a separate file system on Linux
    if not memory.is_dir() or memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("no second file system available")
    source = memory / f"folder-blobs-{os.getpid()}"
    source.write_bytes(b"far away")
    blobs = open_blobs(tmp_path)
    blobs.adopt("a", source, "text/plain")
    assert blobs.read("a") == b"far away"
    assert not source.exists()
