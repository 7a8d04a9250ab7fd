"""Isolation of the processes of stores: from the environment of the server, and from other hosts."""

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from shared.adapters.http.stores.stores import ObjectStores
from shared.domain.connectors.connector import ConnectorProvider, StoreAddress
from shared.domain.connectors.credentials import Credentials, S3Keys
from shared.ports.stores import Store, StoreFailed, StoreProblem
from shared.settings import Settings
from tests.stores.listener import UNSHARED_HOST, Listener, listening
from tests.stores.providers import NAMES, Provider, provider
from tests.stores.variables import NAMES as VARIABLES
from tests.stores.variables import planted
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

NEEDS_PROC = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes of Linux")
KEYS = S3Keys(access_key_id="AKIAIOSFODNN7EXAMPLE", secret_access_key=SecretStr("wJalr/K7MDENG+bPxRfiCY"))


@pytest.fixture(scope="module", params=NAMES)
def filled(request: pytest.FixtureRequest) -> Iterator[Provider]:
    made = provider(request.param)
    made.put("a.mp4", b"film")
    yield made
    made.close()


@pytest.fixture
def trap() -> Iterator[Listener]:
    with listening(host=UNSHARED_HOST) as running:
        yield running


def use(made: Provider, folder: Path, environment: Mapping[str, str]) -> None:
    """Use every operation of a new store, in a process that has ``environment`` from its start.

    This process keeps its own: it may have threads of other tests that send requests.
    """
    arguments = made.settings, made.address, made.credentials, folder / "film"
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        process.submit(_use_with, dict(environment), *arguments).result()


def _use_with(environment: dict[str, str], *arguments: Any) -> None:
    os.environ.update(environment)
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        process.submit(_use, *arguments).result()


def _use(settings: Settings, address: StoreAddress, credentials: Credentials, file: Path) -> None:
    store = ObjectStores(settings).open(address, credentials)
    assert [each.path for page in store.list() for each in page] == ["a.mp4"]
    assert store.fetch("a.mp4", file, limit=4, progress=lambda _: None).size == 4
    store.write("b.mp4", file, "video/mp4")
    store.delete("b.mp4")
    store.close()


class TestEnvironment:
    def test_planted_variables_change_nothing(self, filled: Provider, trap: Listener, tmp_path: Path) -> None:
        use(filled, tmp_path, {name: planted(name, trap.url) for name in VARIABLES})
        assert (trap.connections, trap.heads) == (0, [])

    @pytest.mark.long
    @pytest.mark.parametrize("name", VARIABLES)
    def test_single_planted_variable_changes_nothing(
        self, filled: Provider, trap: Listener, name: str, tmp_path: Path
    ) -> None:
        use(filled, tmp_path, {name: planted(name, trap.url)})
        assert (trap.connections, trap.heads) == (0, [])

    def test_home_folder_is_not_read(self, filled: Provider, trap: Listener, tmp_path: Path) -> None:
        for name, text in {
            ".aws/config": f"[default]\nendpoint_url = {trap.url}\nregion = planted\n",
            ".aws/credentials": "[default]\naws_access_key_id = planted\naws_secret_access_key = planted\n",
            ".config/gcloud/application_default_credentials.json": '{"type": "authorized_user"}',
        }.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        use(filled, tmp_path, {"HOME": str(tmp_path)})
        assert (trap.connections, trap.heads) == (0, [])

    @NEEDS_PROC
    def test_process_has_no_secret_in_environment_or_arguments(
        self, filled: Provider, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VIDEOVECTOR_SERVER_LLM_API_KEY", "planted-secret")
        before, store = _children(), filled.open()
        next(iter(store.list()))
        [process] = set(_children()) - set(before)
        environment = Path(f"/proc/{process}/environ").read_bytes()
        names = {entry.partition(b"=")[0].decode() for entry in environment.split(b"\0") if entry}
        assert names <= {"PYTHONPATH", "LD_LIBRARY_PATH"}
        arguments = _arguments(process)
        secrets = [
            value.get_secret_value().encode()
            for value in filled.credentials.model_dump().values()
            if isinstance(value, SecretStr)
        ]
        assert not any(secret in environment + arguments for secret in (*secrets, b"planted-secret"))
        store.close()
        assert process not in _children()


def _children() -> list[str]:
    """Return the processes of stores that this process has started and that have not ended."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # the process has ended meanwhile
            parent = stat.read_text().rpartition(") ")[2].split()[1]
            if int(parent) == os.getpid() and b"store_process" in _arguments(stat.parent.name):
                found.append(stat.parent.name)
    return found


def _has_ended(process: str) -> bool:
    """Return whether a child has ended with all its threads. It is not reaped."""
    return os.waitid(os.P_PID, int(process), os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _arguments(process: str) -> bytes:
    return Path(f"/proc/{process}/cmdline").read_bytes()


def redirect(status: str, location: str) -> bytes:
    lines = (f"HTTP/1.1 {status}", f"Location: {location}", "Content-Length: 0", "Connection: close", "", "")
    return "\r\n".join(lines).encode()


def opened(server: Listener) -> Store:
    address = StoreAddress(
        provider=ConnectorProvider.S3, bucket="archive", region="eu-central-1", endpoint_url=server.url
    )
    return ObjectStores(Settings(s3_endpoints=server.url)).open(address, KEYS)


class TestHostileStores:
    @pytest.mark.parametrize(
        "status", ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Moved"]
    )
    def test_redirect_to_other_host_is_refused(self, trap: Listener, status: str, tmp_path: Path) -> None:
        for location in (
            trap.url,
            f"http://localhost:{trap.port}/",
            "http://169.254.169.254/latest/meta-data",
        ):
            with listening(lambda _, to=location: redirect(status, to)) as server:  # type: ignore[misc]
                store = opened(server)
                with pytest.raises(StoreFailed) as caught:
                    list(store.list())
                assert caught.value.problem is StoreProblem.ADDRESS_REFUSED
                with pytest.raises(StoreFailed):
                    store.fetch("a.mp4", tmp_path / "film", limit=10, progress=lambda _: None)
                store.close()
        assert (trap.connections, trap.heads) == (0, [])

    def test_truncated_body_is_an_error(self, tmp_path: Path) -> None:
        def answer(head: bytes) -> bytes:
            about = b'ETag: "1"\r\nLast-Modified: Sat, 28 Nov 2026 12:00:00 GMT\r\nConnection: close\r\n'
            if head.startswith(b"HEAD"):
                return b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n" + about + b"\r\n"
            about += b"Content-Range: bytes 0-999/1000\r\nContent-Length: 1000\r\n"
            return b"HTTP/1.1 206 Partial Content\r\n" + about + b"\r\n" + b"x" * 10

        with listening(answer) as server:
            store = opened(server)
            with pytest.raises(StoreFailed) as caught:
                store.fetch("a.mp4", tmp_path / "film", limit=1000, progress=lambda _: None)
            assert caught.value.problem is StoreProblem.NO_ANSWER
            store.close()

    def test_object_that_changes_while_it_is_read_is_an_error(self, tmp_path: Path) -> None:
        def answer(head: bytes) -> bytes:
            kind = b"first" if head.startswith(b"HEAD") else b"second"
            about = (
                b'ETag: "'
                + kind
                + b'"\r\nLast-Modified: Sat, 28 Nov 2026 12:00:00 GMT\r\nContent-Length: 3\r\n'
            )
            if head.startswith(b"HEAD"):
                return b"HTTP/1.1 200 OK\r\n" + about + b"\r\n"
            return b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-2/3\r\n" + about + b"\r\nabc"

        with listening(answer) as server:
            store = opened(server)
            with pytest.raises(StoreFailed) as caught:
                store.fetch("a.mp4", tmp_path / "film", limit=1000, progress=lambda _: None)
            assert "replaced" in caught.value.message
            store.close()

    @NEEDS_PROC
    def test_killed_process_fails_its_operation_and_is_started_again(self, filled: Provider) -> None:
        before, store = _children(), filled.open()
        pages = iter(store.list())
        next(pages)
        [process] = set(_children()) - set(before)
        os.kill(int(process), 9)
        wait_until(lambda: _has_ended(process), "the end of the process")
        assert store.stat("a.mp4").size == 4
        with pytest.raises(StoreFailed) as caught:
            list(pages)
        assert caught.value.retryable
        store.close()
