"""The proxy of a store, over real connections: what it connects to, and for whom."""

import base64
import itertools
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters.http.stores.store_process.messages import PermittedHost
from shared.adapters.http.stores.store_process.pinning_proxy import PinningProxy
from tests.hostile_addresses import METADATA_ADDRESSES, hostile_hosts, without_brackets
from tests.stores.listener import Listener, listening
from tests.waiting import HANG_TIMEOUT

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening(lambda _: OK) as running:
        yield running


@contextmanager
def proxy(*permitted: PermittedHost) -> Iterator[PinningProxy]:
    running = PinningProxy(permitted)
    try:
        yield running
    finally:
        running.close()


def operated(listener: Listener, host: str = "127.0.0.1") -> PermittedHost:
    return PermittedHost(host, listener.port, must_be_public=False)


def exchange(running: PinningProxy, request: str, *, token: str | None = None) -> bytes:
    """Send a request with the proxy's token or another, and return everything that comes back."""
    address, _, port = running.url.rpartition("@")[2].partition(":")
    given_token = base64.b64encode((token or running.url[7:].partition("@")[0]).encode()).decode()
    first, _, rest = request.partition("\r\n")
    text = f"{first}\r\nProxy-Authorization: Basic {given_token}\r\n{rest}\r\n"
    with socket.create_connection((address, int(port)), HANG_TIMEOUT) as connection:
        connection.sendall(text.encode())
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
            if received == b"HTTP/1.1 200 Connection established\r\n\r\n":
                connection.sendall(b"GET / HTTP/1.1\r\nHost: store\r\n\r\n")
    return received


def tunnel(host: str, port: int) -> str:
    return f"CONNECT {f'[{host}]' if ':' in host else host}:{port} HTTP/1.1\r\nHost: store\r\n"


class TestTunnels:
    def test_permitted_host_is_reached(self, listener: Listener) -> None:
        with proxy(operated(listener)) as running:
            assert exchange(running, tunnel("127.0.0.1", listener.port)).endswith(OK)
        assert listener.heads == [b"GET / HTTP/1.1\r\nHost: store\r\n\r\n"]

    def test_client_without_token_is_refused(self, listener: Listener) -> None:
        with proxy(operated(listener)) as running:
            answer = exchange(running, tunnel("127.0.0.1", listener.port), token="store:guess")
        assert answer.startswith(b"HTTP/1.1 407")
        assert listener.connections == 0

    @pytest.mark.parametrize("host", ["127.0.0.2", "localhost", "127.1", "[::1]", "127.0.0.1@127.0.0.1", ""])
    def test_other_host_is_refused(self, listener: Listener, host: str) -> None:
        with proxy(PermittedHost("127.0.0.1", 1, must_be_public=False)) as running:
            answer = exchange(running, f"CONNECT {host}:{listener.port} HTTP/1.1\r\n")
            assert answer.startswith(b"HTTP/1.1 403")
            assert running.refusal is not None
        assert listener.connections == 0

    def test_other_port_of_permitted_host_is_refused(self, listener: Listener) -> None:
        with proxy(PermittedHost("127.0.0.1", 1, must_be_public=False)) as running:
            assert exchange(running, tunnel("127.0.0.1", listener.port)).startswith(b"HTTP/1.1 403")
        assert listener.connections == 0


class TestAddresses:
    @pytest.mark.usefixtures("no_name_server")
    def test_private_host_is_refused_in_every_form(self, listener: Listener) -> None:
        for host in map(without_brackets, hostile_hosts()):
            with proxy(PermittedHost(host.lower(), listener.port)) as running:
                answer = exchange(running, tunnel(host, listener.port))
                assert answer.startswith((b"HTTP/1.1 403", b"HTTP/1.1 502")), host
        assert listener.connections == 0

    def test_metadata_is_refused_though_operator_permits_it(self, listener: Listener) -> None:
        for host in map(without_brackets, METADATA_ADDRESSES):
            with proxy(operated(listener, host)) as running:
                assert exchange(running, tunnel(host, listener.port)).startswith(b"HTTP/1.1 403"), host
        assert listener.connections == 0

    def test_name_is_resolved_once_and_its_address_is_used(
        self, listener: Listener, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        looked_up = answering(
            monkeypatch, itertools.chain(["127.0.0.1"], itertools.repeat("169.254.169.254"))
        )
        with proxy(operated(listener, "rebinding.example")) as running:
            first = exchange(running, tunnel("rebinding.example", listener.port))
            second = exchange(running, tunnel("rebinding.example", listener.port))
        assert first.endswith(OK)
        assert second.startswith(b"HTTP/1.1 403")
        assert looked_up.count("rebinding.example") == 2

    def test_name_that_becomes_private_is_refused(
        self, listener: Listener, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        answering(monkeypatch, itertools.repeat("127.0.0.1"))
        with proxy(PermittedHost("rebinding.example", listener.port)) as running:
            assert exchange(running, tunnel("rebinding.example", listener.port)).startswith(b"HTTP/1.1 403")
            assert running.refusal is not None
            assert "private network" in running.refusal
        assert listener.connections == 0

    def test_host_without_address_is_a_fault(self) -> None:
        with proxy(PermittedHost("store.invalid", 443)) as running:
            assert exchange(running, tunnel("store.invalid", 443)).startswith(b"HTTP/1.1 502")
            assert (running.refusal, bool(running.fault)) == (None, True)


class TestPlainRequests:
    def test_store_gets_origin_form_without_token(self, listener: Listener) -> None:
        with proxy(operated(listener)) as running:
            request = (
                f"GET http://127.0.0.1:{listener.port}/bucket?list-type=2 HTTP/1.1\r\nHost: store\r\n"
                "Proxy-Connection: keep-alive\r\nConnection: keep-alive\r\n"
            )
            assert exchange(running, request) == OK
        [head] = listener.heads
        assert head == b"GET /bucket?list-type=2 HTTP/1.1\r\nHost: store\r\nConnection: close\r\n\r\n"

    @pytest.mark.parametrize(
        "target", ["https://127.0.0.1:{port}/", "ftp://127.0.0.1:{port}/", "/", "http://:{port}/"]
    )
    def test_other_targets_are_refused(self, listener: Listener, target: str) -> None:
        with proxy(operated(listener)) as running:
            answer = exchange(running, f"GET {target.format(port=listener.port)} HTTP/1.1\r\n")
        assert answer.startswith(b"HTTP/1.1 403")
        assert listener.connections == 0

    @settings(max_examples=30)
    @given(st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=60))
    def test_any_first_line_is_refused(self, line: str) -> None:
        with proxy() as running:
            assert exchange(running, f"{line}\r\n")[9:12] in (b"400", b"403", b"407")


def answering(monkeypatch: pytest.MonkeyPatch, answers: Iterator[str]) -> list[str]:
    """Let names resolve to the answers in turn; return the list of the names that are looked up."""
    real, looked_up = socket.getaddrinfo, list[str]()

    def resolver(host: str, *args: object, **kwargs: object) -> object:
        looked_up.append(host)
        answer = next(answers) if host.endswith(".example") else host
        return real(answer, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    return looked_up
