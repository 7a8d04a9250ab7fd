"""Contract of ``shared.ports.blobs.Blobs``."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from shared.ports.blobs import MAX_CHUNK_BYTES, BlobNotFound, Blobs, BlobStat
from tests.contract.conftest import ClosableBlobs
from tests.waiting import HANG_TIMEOUT

NOT_KEYS = [
    "",
    "/",
    "/etc/passwd",
    "a/../b",
    "..",
    ".",
    "a/./b",
    "a//b",
    "a/",
    "../a",
    "a\\..\\b",
    "a\x00b",
    "a b",
    "a\n",
    "ü",
    "a#b",
    "a?b",
    "a%2e%2e/b",
    "a!type",
    "x" * 201,
    "/".join(["abcdefghi"] * 110),
]


class TestBytes:
    def test_written_blob_is_read(self, blobs: Blobs) -> None:
        blobs.write("t/m/source.mp4", b"bytes", "video/mp4")
        assert blobs.read("t/m/source.mp4") == b"bytes"
        assert blobs.stat("t/m/source.mp4") == BlobStat(5, "video/mp4")

    def test_blob_is_replaced_completely(self, blobs: Blobs) -> None:
        blobs.write("a", b"a long first version", "text/plain")
        blobs.write("a", b"short", "text/plain")
        assert blobs.read("a") == b"short"

    def test_blob_may_be_empty(self, blobs: Blobs) -> None:
        blobs.write("empty", b"", "text/plain")
        assert blobs.read("empty") == b""
        assert list(blobs.stream("empty")) == []
        assert blobs.stat("empty") == BlobStat(0, "text/plain")

    def test_missing_blob_is_not_found(self, blobs: Blobs) -> None:
        blobs.write("folder/blob", b"x", "text/plain")
        for key in ("missing", "folder", "folder/blob/below"):
            assert blobs.stat(key) is None
            with pytest.raises(BlobNotFound):
                blobs.read(key)
            with pytest.raises(BlobNotFound):
                blobs.stream(key)
            with pytest.raises(BlobNotFound), blobs.as_file(key):
                pass
            blobs.delete(key)
        assert blobs.read("folder/blob") == b"x"

    @pytest.mark.parametrize("key", NOT_KEYS)
    def test_invalid_keys_are_refused(self, blobs: Blobs, key: str, tmp_path: Path) -> None:
        for use in (
            lambda: blobs.write(key, b"x", "text/plain"),
            lambda: blobs.adopt(key, blobs.scratch_file(), "text/plain"),
            lambda: blobs.read(key),
            lambda: blobs.stream(key),
            lambda: blobs.stat(key),
            lambda: blobs.delete(key),
            lambda: blobs.uri(key),
            lambda: blobs.signed_link(key, expires_in=60),
            lambda: blobs.as_file(key).__enter__(),
        ):
            with pytest.raises(ValueError, match="no blob key"):
                use()


class TestContentTypes:
    @pytest.mark.parametrize("key", ["a.mp4", "a", "a.bin"])
    def test_content_type_is_preserved(self, open_blobs: Callable[[], ClosableBlobs], key: str) -> None:
        for content_type in (
            "video/mp4",
            "text/plain; charset=utf-8",
            "application/octet-stream",
            "video/mp4",
        ):
            blobs = open_blobs()
            blobs.write(key, content_type.encode(), content_type)
            blobs.close()
            again = open_blobs()
            assert again.stat(key) == BlobStat(len(content_type), content_type)
            again.close()

    def test_deleted_blob_leaves_no_content_type(self, blobs: Blobs) -> None:
        blobs.write("a", b"1", "image/png")
        blobs.delete("a")
        blobs.write("a", b"2", "application/octet-stream")
        assert blobs.stat("a") == BlobStat(1, "application/octet-stream")


class TestStreams:
    @pytest.mark.parametrize(
        ("start", "end", "expected"),
        [
            (0, None, b"0123456789"),
            (3, None, b"3456789"),
            (3, 5, b"34"),
            (0, 1, b"0"),
            (9, 10, b"9"),
            (5, 1000, b"56789"),
            (10, None, b""),
            (11, 20, b""),
            (5, 5, b""),
            (6, 5, b""),
        ],
    )
    def test_range_is_half_open(self, blobs: Blobs, start: int, end: int | None, expected: bytes) -> None:
        blobs.write("digits", b"0123456789", "text/plain")
        assert b"".join(blobs.stream("digits", start, end)) == expected

    def test_negative_start_is_refused(self, blobs: Blobs) -> None:
        blobs.write("a", b"x", "text/plain")
        with pytest.raises(ValueError, match="start"):
            blobs.stream("a", -1)

    def test_chunks_are_bounded_and_complete(self, blobs: Blobs) -> None:
        content = bytes(range(256)) * (3 * 4096 + 7)
        blobs.write("large", content, "application/octet-stream")
        chunks = list(blobs.stream("large"))
        assert b"".join(chunks) == content
        assert max(map(len, chunks)) <= MAX_CHUNK_BYTES
        assert b"".join(blobs.stream("large", 1_000_000, 2_500_000)) == content[1_000_000:2_500_000]

    def test_stream_continues_with_replaced_blob(self, blobs: Blobs) -> None:
        blobs.write("a", b"a" * (2 * MAX_CHUNK_BYTES), "text/plain")
        stream = blobs.stream("a")
        first = next(stream)
        blobs.write("a", b"b" * 10, "text/plain")
        assert first + b"".join(stream) == b"a" * (2 * MAX_CHUNK_BYTES)


class TestFiles:
    def test_scratch_file_is_adopted(self, blobs: Blobs) -> None:
        scratch = blobs.scratch_file(".mp4")
        assert scratch.suffix == ".mp4"
        assert scratch.read_bytes() == b""
        scratch.write_bytes(b"decoded")
        blobs.adopt("a/b.mp4", scratch, "video/mp4")
        assert blobs.read("a/b.mp4") == b"decoded"
        assert not scratch.exists()

    def test_other_file_is_adopted(self, blobs: Blobs, tmp_path: Path) -> None:
        file = tmp_path / "elsewhere.bin"
        file.write_bytes(b"from outside")
        blobs.adopt("a", file, "text/plain")
        assert blobs.read("a") == b"from outside"
        assert not file.exists()

    def test_symbolic_link_is_adopted_by_content(self, blobs: Blobs, tmp_path: Path) -> None:
        (tmp_path / "target").write_bytes(b"behind the link")
        (tmp_path / "link").symlink_to(tmp_path / "target")
        blobs.adopt("a", tmp_path / "link", "text/plain")
        assert blobs.read("a") == b"behind the link"
        assert not (tmp_path / "link").is_symlink()

    def test_scratch_files_are_unique_and_not_listed(self, blobs: Blobs) -> None:
        assert len({blobs.scratch_file() for _ in range(20)}) == 20
        assert list(blobs.keys("")) == []

    def test_blob_is_provided_as_file(self, blobs: Blobs) -> None:
        blobs.write("a/b.jpg", b"picture", "image/jpeg")
        with blobs.as_file("a/b.jpg") as path:
            assert path.read_bytes() == b"picture"
        assert blobs.read("a/b.jpg") == b"picture"


class TestKeys:
    KEYS = ("a-b/c", "a.mp4", "a/b", "a/b-c/d", "a/c/x.jpg", "ab/d", "b")

    @pytest.mark.parametrize(
        "prefix", ["", "a", "a/", "a/b", "a/b-", "a/c/x", "a/c/x.jpg", "b", "nothing", "a/c/y"]
    )
    def test_keys_with_prefix_are_sorted(self, blobs: Blobs, prefix: str) -> None:
        for key in reversed(self.KEYS):
            blobs.write(key, b"x", "application/x-odd")
        assert list(blobs.keys(prefix)) == [key for key in self.KEYS if key.startswith(prefix)]

    @pytest.mark.parametrize("prefix", ["a", "a/", "a/b", "a/c/x", "b", "nothing"])
    def test_only_keys_with_prefix_are_deleted(self, blobs: Blobs, prefix: str) -> None:
        for key in self.KEYS:
            blobs.write(key, b"x", "application/x-odd")
        blobs.delete_prefix(prefix)
        assert list(blobs.keys("")) == [key for key in self.KEYS if not key.startswith(prefix)]

    @pytest.mark.parametrize("prefix", ["../", "/", "a/../../", "..", "/etc/"])
    def test_prefix_cannot_leave_store(self, blobs: Blobs, prefix: str, tmp_path: Path) -> None:
        outside = tmp_path / "outside"
        outside.write_bytes(b"untouched")
        blobs.write("a/b", b"x", "text/plain")
        assert list(blobs.keys(prefix)) == []
        blobs.delete_prefix(prefix)
        assert outside.read_bytes() == b"untouched"
        assert list(blobs.keys("")) == ["a/b"]

    def test_empty_prefix_is_refused(self, blobs: Blobs) -> None:
        blobs.write("a", b"x", "text/plain")
        with pytest.raises(ValueError, match="every blob"):
            blobs.delete_prefix("")
        assert list(blobs.keys("")) == ["a"]


class TestNames:
    def test_uri_converts_back_to_key(self, blobs: Blobs) -> None:
        uri = blobs.uri("tenant/media/source.mp4")
        assert blobs.key_of(uri) == "tenant/media/source.mp4"
        assert blobs.key_of(f"{uri}#t=3.5,10") == "tenant/media/source.mp4"

    def test_foreign_uris_have_no_key(self, blobs: Blobs) -> None:
        foreign = [
            "",
            "x",
            "https://example.org/a",
            "gs://bucket/a",
            "media://elsewhere/a",
            "file:///etc/passwd",
        ]
        foreign += [blobs.uri("a").removesuffix("a") + tail for tail in ("", "../a", "/a", "a/../../b", "#a")]
        assert [blobs.key_of(uri) for uri in foreign] == [None] * len(foreign)

    def test_link_is_absolute_url(self, blobs: Blobs) -> None:
        blobs.write("a/b.mp4", b"x", "video/mp4")
        link = urlsplit(blobs.signed_link("a/b.mp4", expires_in=60, file_name="My holiday/é #1?.mp4"))
        assert link.scheme in ("http", "https")
        assert link.netloc
        assert link.fragment == ""
        assert link.query.isascii()


class TestConcurrency:
    def test_concurrent_writes_and_deletions_do_not_interfere(self, blobs: Blobs) -> None:
        def work(number: int) -> None:
            for turn in range(25):
                key = f"shared/folder/{number}"
                blobs.write(key, f"{number}-{turn}".encode(), "application/x-odd")
                assert blobs.read(key) == f"{number}-{turn}".encode()
                if turn % 2:
                    blobs.delete(key)
                else:
                    blobs.delete_prefix(key)

        with ThreadPoolExecutor(6) as pool:
            for future in [pool.submit(work, number) for number in range(6)]:
                future.result(timeout=HANG_TIMEOUT)
        assert list(blobs.keys("")) == []

    def test_reader_sees_one_complete_version(self, blobs: Blobs) -> None:
        versions = [bytes([65 + n]) * 300_000 for n in range(3)]
        blobs.write("a", versions[0], "text/plain")
        finished = threading.Event()

        def read() -> None:
            while not finished.is_set():
                assert b"".join(blobs.stream("a")) in versions

        with ThreadPoolExecutor(3) as pool:
            readers = [pool.submit(read) for _ in range(2)]
            try:
                for turn in range(40):
                    blobs.write("a", versions[turn % 3], "text/plain")
            finally:
                finished.set()
            for reader in readers:
                reader.result(timeout=HANG_TIMEOUT)
