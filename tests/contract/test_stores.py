"""Stores of users: the same tests for every provider, over real servers."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from shared.domain.connectors.credentials import Credentials
from shared.ports.stores import Store, StoreFailed, StoreProblem
from tests.stores.providers import NAMES, Provider, provider
from tests.stores.s3 import running_s3

pytestmark = pytest.mark.slow

KEYS = ("a/b.mp4", "a/bc.mp4", "a/x/1.mp4", "a/x/2.mp4", "b.mov", "x y/ü+%25&=#?.mov")
LARGE = 20 * 1024 * 1024 + 17
"""More than a part of an upload and than a range of a download."""


@pytest.fixture(scope="module", params=NAMES)
def filled(request: pytest.FixtureRequest) -> Iterator[Provider]:
    """Yield a provider whose bucket holds ``KEYS``."""
    made = provider(request.param)
    for key in KEYS:
        made.put(key, key.encode())
    yield made
    made.close()


@pytest.fixture(scope="module", params=["s3", "gcs"])
def guarded(request: pytest.FixtureRequest) -> Iterator[Provider]:
    """Yield a provider that checks permissions, which Azurite does not."""
    made = provider(request.param)
    made.put("a/b.mp4", b"film")
    yield made
    made.close()


@pytest.fixture(params=NAMES)
def empty(request: pytest.FixtureRequest) -> Iterator[Provider]:
    made = provider(request.param)
    yield made
    made.close()


def listed(made: Provider, prefix: str = "", *, recursive: bool = True, start_after: str = "") -> list[str]:
    pages = made.open().list(prefix, recursive=recursive, start_after=start_after)
    return [each.path for page in pages for each in page]


def failure(made: Provider, credentials: Credentials, operation: str, path: Path) -> StoreFailed:
    """Return how an operation fails."""
    with pytest.raises(StoreFailed) as caught:
        attempt(made.open(credentials), operation, path)
    return caught.value


def attempt(store: Store, operation: str, path: Path) -> None:
    match operation:
        case "list":
            list(store.list())
        case "read":
            store.fetch("a/b.mp4", path, limit=1000, progress=lambda _: None)
        case "write":
            path.write_bytes(b"x")
            store.write("new.mp4", path, "video/mp4")


class TestListing:
    def test_every_object_is_listed_in_order(self, filled: Provider) -> None:
        assert listed(filled) == sorted(KEYS)

    def test_prefix_need_not_be_a_folder(self, filled: Provider) -> None:
        assert listed(filled, "a/b") == ["a/b.mp4", "a/bc.mp4"]
        assert listed(filled, "x y/") == ["x y/ü+%25&=#?.mov"]
        assert listed(filled, "nothing") == []

    def test_one_level_leaves_out_folders(self, filled: Provider) -> None:
        assert listed(filled, recursive=False) == ["b.mov"]
        assert listed(filled, "a/", recursive=False) == ["a/b.mp4", "a/bc.mp4"]

    @pytest.mark.parametrize("recursive", [True, False])
    @pytest.mark.parametrize("prefix", ["", "a", "a/", "a/b", "x y/ü", "z"])
    def test_listing_goes_on_behind_every_key(self, filled: Provider, prefix: str, recursive: bool) -> None:
        whole = listed(filled, prefix, recursive=recursive)
        for key in (*KEYS, "a/b", "Z", "zz", "a/bb.mp4"):
            rest = listed(filled, prefix, recursive=recursive, start_after=key)
            assert rest == [each for each in whole if each > key], key

    def test_keys_that_no_path_expresses_are_listed(self, empty: Provider) -> None:
        keys = ["/a.mp4", "a/./b.mp4", "a//c.mp4", "a/d.mp4", "line\nbreak.mp4", "tab\t.mp4", "x\x7f.mp4"]
        for key in [*keys, "folder/", "folder//"]:
            empty.put(key, b"x")
        assert listed(empty) == keys
        assert listed(empty, "a/") == ["a/./b.mp4", "a//c.mp4", "a/d.mp4"]
        assert listed(empty, "a/", recursive=False) == ["a/d.mp4"]
        for at, key in enumerate(keys):
            assert listed(empty, start_after=key) == keys[at + 1 :]

    def test_listing_goes_on_behind_such_a_key_at_the_end_of_a_page(self) -> None:
        s3 = provider("s3")
        keys = [f"a/{number:04}.mp4" for number in range(999)] + ["b//\x01.mp4", "c/../d.mp4", "e.mp4"]
        client = running_s3().client()
        for key in keys:
            client.put_object(Bucket=s3.address.bucket, Key=key, Body=b"")
        store = s3.open()
        assert [[each.path for each in page] for page in store.list()] == [keys[:1000], keys[1000:]]
        assert [each.path for page in store.list(start_after=keys[999]) for each in page] == keys[1000:]
        s3.close()

    def test_objects_have_size_and_time(self, filled: Provider) -> None:
        [page] = filled.open().list("b.mov")
        assert page[0].size == len("b.mov")
        assert page[0].last_modified.tzinfo is not None

    def test_listing_left_early_ends_alone(self, filled: Provider) -> None:
        store = filled.open()
        left, other = iter(store.list()), iter(store.list("a/x/"))
        next(left)
        left.close()  # type: ignore[attr-defined]  # a generator
        assert len(next(other)) == 2
        assert store.stat("b.mov").size == len("b.mov")

    def test_empty_bucket_has_no_pages(self, empty: Provider) -> None:
        assert list(empty.open().list()) == []


class TestObjects:
    def test_large_file_is_written_and_fetched(self, empty: Provider, tmp_path: Path) -> None:
        source, fetched = tmp_path / "source", tmp_path / "fetched"
        source.write_bytes(bytes(range(256)) * (LARGE // 256) + b"x" * (LARGE % 256))
        store, seen = empty.open(), list[int]()
        assert store.write("out/large.mp4", source, "video/mp4") == LARGE
        found = store.fetch("out/large.mp4", fetched, limit=LARGE, progress=seen.append)
        assert fetched.read_bytes() == source.read_bytes()
        assert (found.path, found.size, found.content_type) == ("out/large.mp4", LARGE, "video/mp4")
        assert seen == sorted(seen)
        assert seen[-1] == LARGE

    def test_written_file_replaces_object(self, empty: Provider, tmp_path: Path) -> None:
        store, file = empty.open(), tmp_path / "file"
        for content in (b"first", b"second one", b""):
            file.write_bytes(content)
            store.write("ü b.json", file, "application/json")
        assert store.fetch("ü b.json", file, limit=0, progress=lambda _: None).size == 0
        assert file.read_bytes() == b""

    def test_deleted_object_is_missing(self, empty: Provider, tmp_path: Path) -> None:
        empty.put("a.mp4", b"x")
        store = empty.open()
        store.delete("a.mp4")
        store.delete("a.mp4")
        with pytest.raises(StoreFailed) as caught:
            store.fetch("a.mp4", tmp_path / "file", limit=10, progress=lambda _: None)
        assert caught.value.problem is StoreProblem.NO_SUCH_OBJECT
        assert "a.mp4" in caught.value.message

    def test_object_over_limit_is_not_fetched(self, filled: Provider, tmp_path: Path) -> None:
        with pytest.raises(StoreFailed) as caught:
            filled.open().fetch("b.mov", tmp_path / "file", limit=4, progress=lambda _: None)
        assert caught.value.problem is StoreProblem.TOO_LARGE
        assert not (tmp_path / "file").exists()

    def test_fetch_ends_when_its_caller_raises(self, filled: Provider, tmp_path: Path) -> None:
        def stop(_: int) -> None:
            raise InterruptedError

        store = filled.open()
        with pytest.raises(InterruptedError):
            store.fetch("b.mov", tmp_path / "file", limit=100, progress=stop)
        assert store.stat("b.mov").size == len("b.mov")

    def test_unwritable_destination_is_reported(self, filled: Provider, tmp_path: Path) -> None:
        with pytest.raises(IsADirectoryError):
            filled.open().fetch("b.mov", tmp_path, limit=100, progress=lambda _: None)


class TestFailures:
    def test_missing_bucket_is_named(self, filled: Provider) -> None:
        field = "container" if filled.address.container else "bucket"
        other = filled.address.model_copy(update={field: "no-such-place"})
        credentials = filled.credentials
        if filled.address.region:
            credentials = _key_for_every_bucket()
        with pytest.raises(StoreFailed) as caught:
            list(filled.open(credentials, other).list())
        assert caught.value.problem is StoreProblem.NO_SUCH_BUCKET
        assert caught.value.message == f"There is no {field} 'no-such-place'."

    def test_wrong_secret_is_refused(self, filled: Provider, tmp_path: Path) -> None:
        for operation in ("list", "read", "write"):
            failed = failure(filled, filled.wrong, operation, tmp_path / "file")
            assert failed.problem is StoreProblem.WRONG_CREDENTIALS or operation != "list"
            assert not failed.retryable
            assert failed.message.endswith(".")
            assert "\n" not in failed.message

    @pytest.mark.parametrize(
        ("operation", "permission"), [("list", "read"), ("read", "list"), ("write", "read")]
    )
    def test_missing_permission_is_named(
        self, guarded: Provider, operation: str, permission: str, tmp_path: Path
    ) -> None:
        assert guarded.limited is not None
        failed = failure(guarded, guarded.limited(permission), operation, tmp_path / "file")
        assert failed.problem is StoreProblem.NOT_PERMITTED
        assert f"not permitted to {operation} objects" in failed.message

    @pytest.mark.parametrize(
        "path", ["a//b.mp4", "a/../b.mp4", "./b.mp4", "line\nbreak.mp4", "/b.mov", "b.mov/", "x\x7f", ".."]
    )
    def test_key_that_obstore_cannot_express_is_refused(self, filled: Provider, path: str) -> None:
        with pytest.raises(StoreFailed) as caught:
            filled.open().stat(path)
        assert caught.value.problem is StoreProblem.INVALID_NAME

    def test_store_without_answer_is_retryable(self, filled: Provider) -> None:
        closed = "http://127.0.0.1:9"
        settings = filled.settings.model_copy(
            update={"s3_endpoints": closed, "gcs_base_url": closed, "azure_endpoint": closed}
        )
        address = filled.address
        if address.endpoint_url:
            address = address.model_copy(update={"endpoint_url": closed})
        unreachable = replace(filled, settings=settings)
        with pytest.raises(StoreFailed) as caught:
            list(unreachable.open(address=address).list())
        assert (caught.value.problem, caught.value.retryable) == (StoreProblem.NO_ANSWER, True)


class TestSecrets:
    def test_no_failure_holds_a_credential(self, filled: Provider, tmp_path: Path) -> None:
        fields = filled.wrong.model_dump().values()
        secrets = [value.get_secret_value() for value in fields if isinstance(value, SecretStr)]
        assert secrets
        for operation in ("list", "read", "write"):
            text = repr(failure(filled, filled.wrong, operation, tmp_path / "file"))
            assert not any(secret in text for secret in secrets)


def _key_for_every_bucket() -> Credentials:
    return running_s3().new_user("*")
