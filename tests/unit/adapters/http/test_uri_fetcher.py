"""The addresses that the fetcher refuses, and its handling of answers from a real server."""

import itertools
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.http import uri_fetcher, uri_rules
from shared.adapters.http.public_address import is_public
from shared.adapters.http.uri_fetcher import HttpsFetcher
from shared.adapters.http.uri_rules import UriRules
from shared.ports.uri_fetcher import Fetched, FetchFailed, UriRefused
from shared.settings import Settings
from tests.connection_watch import watched_connections
from tests.hostile_addresses import METADATA_ADDRESSES, hostile_urls, invalid_hosts
from tests.waiting import HANG_TIMEOUT

pytestmark = pytest.mark.usefixtures("no_name_server")

CONTENT = b"moving pictures" * 20_000


@pytest.fixture
def strict() -> HttpsFetcher:
    return HttpsFetcher(Settings())


@pytest.fixture
def permissive() -> HttpsFetcher:
    return HttpsFetcher(Settings(allow_private_uris=True, uri_timeout_seconds=HANG_TIMEOUT))


class _Handler(BaseHTTPRequestHandler):
    redirect_to = ""
    redirect_status = 302
    seen_hosts: list[str]

    def do_GET(self) -> None:
        type(self).seen_hosts.append(self.headers["Host"])
        path = self.path.partition("?")[0]
        if path.startswith("/redirect"):
            self.send_response(type(self).redirect_status)
            self.send_header("Location", type(self).redirect_to)
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif path == "/gone.mp4":
            self.send_error(410, "secret internal reason")
        elif path == "/cut.mp4":
            self._answer(len(CONTENT))
            self.wfile.write(CONTENT[:1000])
        elif path == "/slow-head.mp4":
            self._send_slowly(b"HTTP/1.1 200 OK\r\nX-Padding: ")
        elif path == "/slow-body.mp4":
            self._answer(len(CONTENT))
            self._send_slowly(b"")
        elif path == "/packed.mp4":
            self._answer(len(CONTENT), encoding="gzip")
            self.wfile.write(CONTENT)
        else:
            self._answer(len(CONTENT))
            self.wfile.write(CONTENT)

    def _answer(self, length: int, encoding: str | None = None) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "video/mp4; charset=x")
        self.send_header("Content-Length", str(length))
        if encoding:
            self.send_header("Content-Encoding", encoding)
        self.end_headers()

    def _send_slowly(self, start: bytes) -> None:
        """Send one byte every 50 ms until the client disconnects."""
        deadline = time.monotonic() + HANG_TIMEOUT
        with suppress(OSError):
            self.wfile.write(start)
            while time.monotonic() < deadline:
                self.wfile.write(b"x")
                time.sleep(0.05)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the base class
        pass


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    _Handler.seen_hosts = []
    _Handler.redirect_to = "/clip.mp4"
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield running
        running.shutdown()


def _fetch(
    fetcher: HttpsFetcher,
    uri: str,
    path: Path,
    limit: int = 10**7,
    progress: Callable[[int], None] | None = None,
) -> Fetched:
    return fetcher.fetch(uri, path, limit=limit, progress=progress or (lambda _: None))


def test_hostile_uris_are_refused_before_connecting(strict: HttpsFetcher, tmp_path: Path) -> None:
    for uri in hostile_urls():
        with pytest.raises(UriRefused):
            strict.check(uri)
        with pytest.raises(UriRefused):
            _fetch(strict, uri, tmp_path / "a")


@pytest.mark.parametrize(
    "uri",
    [
        "https://93.184.216.34/a.mp4",
        "https://93.184.216.34:8443/a.mp4?x=1",
        "https://[2606:2800:220:1::1]/a.mp4",
        "https://[::ffff:93.184.216.34]/a.mp4",
        "https://[64:ff9b::5db8:d822]/a.mp4",
        "https://no-such-host.invalid/a.mp4",
    ],
)
def test_public_addresses_and_unresolved_names_pass(strict: HttpsFetcher, uri: str) -> None:
    strict.check(uri)


def test_host_with_one_private_address_is_refused(
    strict: HttpsFetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses = [ip_address("93.184.216.34"), ip_address("10.0.0.7")]
    monkeypatch.setattr(uri_rules, "resolve", lambda *_: addresses)
    with pytest.raises(UriRefused):
        strict.check("https://two-faced.example/a.mp4")


def test_connection_uses_checked_address_without_second_lookup(
    permissive: HttpsFetcher, server: ThreadingHTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up: list[str] = []
    real = socket.getaddrinfo

    def spy(host: str, *args: Any, **kwargs: Any) -> Any:
        looked_up.append(host)
        answer = "127.0.0.1" if host == "rebinding.example" else host
        return real(answer, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", spy)
    uri = f"http://rebinding.example:{server.server_port}/clip.mp4"
    assert _fetch(permissive, uri, tmp_path / "a").size == len(CONTENT)
    assert looked_up.count("rebinding.example") == 1
    assert _Handler.seen_hosts == [f"rebinding.example:{server.server_port}"]


def test_name_that_moves_to_metadata_service_is_refused_when_fetched(
    permissive: HttpsFetcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter(["127.0.0.1", "169.254.169.254"])
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda _, *args, **kwargs: real(next(answers), *args, **kwargs)
    )
    uri = "http://rebinding.example/clip.mp4"
    permissive.check(uri)
    with pytest.raises(UriRefused):
        _fetch(permissive, uri, tmp_path / "a")


def test_file_is_fetched_completely(
    permissive: HttpsFetcher, server: ThreadingHTTPServer, tmp_path: Path
) -> None:
    sizes: list[int] = []
    uri = f"http://127.0.0.1:{server.server_port}/films/my%20clip.mp4?token=x"
    fetched = _fetch(permissive, uri, tmp_path / "a", progress=sizes.append)
    assert fetched == Fetched("video/mp4", len(CONTENT))
    assert (tmp_path / "a").read_bytes() == CONTENT
    assert sizes[-1] == len(CONTENT)


def test_redirect_is_followed(permissive: HttpsFetcher, server: ThreadingHTTPServer, tmp_path: Path) -> None:
    uri = f"http://127.0.0.1:{server.server_port}/redirect.mp4"
    assert _fetch(permissive, uri, tmp_path / "a").size == len(CONTENT)
    assert (tmp_path / "a").read_bytes() == CONTENT


def test_redirect_to_private_network_is_refused(
    strict: HttpsFetcher, server: ThreadingHTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server counts as public, so that the connection is made; the check of the redirect is real."""
    monkeypatch.setattr(uri_rules, "is_public", lambda address: address == ip_address("127.0.0.1"))
    monkeypatch.setattr(uri_rules, "_check_scheme", lambda *_: None)
    _Handler.redirect_to = "https://10.0.0.1/a.mp4"
    with pytest.raises(UriRefused):
        _fetch(strict, f"http://127.0.0.1:{server.server_port}/redirect.mp4", tmp_path / "a")
    assert not (tmp_path / "a").exists()


@pytest.mark.slow
def test_redirect_to_metadata_service_causes_no_connection(
    permissive: HttpsFetcher,
    server: ThreadingHTTPServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    uri = f"http://127.0.0.1:{server.server_port}/redirect.mp4"
    with watched_connections() as watch:
        for host, status in zip(METADATA_ADDRESSES, itertools.cycle(range(300, 309)), strict=False):
            monkeypatch.setattr(_Handler, "redirect_status", status)
            _Handler.redirect_to = f"https://{host}/latest"
            with pytest.raises((UriRefused, FetchFailed)):
                _fetch(permissive, uri, tmp_path / "a")
    assert len(watch.attempts) == len(METADATA_ADDRESSES)
    assert all(f"('127.0.0.1', {server.server_port})" in attempt for attempt in watch.attempts)


@pytest.mark.parametrize("location", invalid_hosts())
def test_redirect_to_invalid_host_is_refused(
    permissive: HttpsFetcher, server: ThreadingHTTPServer, tmp_path: Path, location: str
) -> None:
    _Handler.redirect_to = location.encode().decode("latin-1")
    with pytest.raises(UriRefused):
        _fetch(permissive, f"http://127.0.0.1:{server.server_port}/redirect.mp4", tmp_path / "a")


@pytest.mark.parametrize("uri", invalid_hosts())
def test_invalid_host_is_refused(permissive: HttpsFetcher, uri: str) -> None:
    with pytest.raises(UriRefused):
        permissive.check(uri)


@given(st.text(max_size=80), st.sampled_from(["https://", "https://xn--", "http://[", "//", ""]))
def test_any_text_is_checked_or_refused(text: str, prefix: str) -> None:
    with suppress(UriRefused):
        UriRules(allow_private=True).checked(prefix + text)
    with suppress(UriRefused):
        UriRules(allow_private=False).checked(prefix + text, base=httpx.URL("https://93.184.216.34/a"))


def test_redirects_are_limited(permissive: HttpsFetcher, server: ThreadingHTTPServer, tmp_path: Path) -> None:
    _Handler.redirect_to = "/redirect-again.mp4"
    with pytest.raises(FetchFailed) as failed:
        _fetch(permissive, f"http://127.0.0.1:{server.server_port}/redirect.mp4", tmp_path / "a")
    assert failed.value.code == "too_many_redirects"
    assert len(_Handler.seen_hosts) == 6


@pytest.mark.parametrize(
    ("path", "code", "retryable"),
    [
        ("gone.mp4", "fetch_refused", False),
        ("cut.mp4", "fetch_failed", True),
        ("packed.mp4", "fetch_encoding", False),
    ],
)
def test_unusable_answers_fail_without_internal_details(
    permissive: HttpsFetcher,
    server: ThreadingHTTPServer,
    tmp_path: Path,
    path: str,
    code: str,
    retryable: bool,
) -> None:
    with pytest.raises(FetchFailed) as failed:
        _fetch(permissive, f"http://127.0.0.1:{server.server_port}/{path}", tmp_path / "a")
    assert (failed.value.code, failed.value.retryable) == (code, retryable)
    assert "secret" not in str(failed.value)


def test_file_over_byte_limit_is_refused(
    permissive: HttpsFetcher, server: ThreadingHTTPServer, tmp_path: Path
) -> None:
    with pytest.raises(FetchFailed) as failed:
        _fetch(permissive, f"http://127.0.0.1:{server.server_port}/a.mp4", tmp_path / "a", limit=1000)
    assert failed.value.code == "payload_too_large"


@pytest.mark.parametrize("part", ["head", "body"])
def test_slow_answer_times_out(
    permissive: HttpsFetcher,
    server: ThreadingHTTPServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    part: str,
) -> None:
    """Each read succeeds within a moment, so a timeout per read would never expire."""
    monkeypatch.setattr(uri_fetcher, "_GRACE_SECONDS", 0.3)
    with pytest.raises(FetchFailed) as raised:
        _fetch(permissive, f"http://127.0.0.1:{server.server_port}/slow-{part}.mp4", tmp_path / "a")
    assert (raised.value.code, raised.value.retryable) == ("fetch_timeout", True)


@pytest.mark.parametrize("host", METADATA_ADDRESSES)
def test_metadata_services_are_always_refused(permissive: HttpsFetcher, host: str) -> None:
    for scheme in ("http", "https"):
        with pytest.raises(UriRefused):
            permissive.check(f"{scheme}://{host}/latest/meta-data")


@pytest.mark.parametrize("host", ["10.0.0.1", "[fd00::1]", "[::ffff:10.0.0.1]", "[64:ff9b::10.0.0.1]"])
def test_private_addresses_pass_if_allowed(permissive: HttpsFetcher, host: str) -> None:
    permissive.check(f"http://{host}:8080/a.mp4")


def test_refused_connection_is_retryable(permissive: HttpsFetcher, tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        uri = f"http://127.0.0.1:{unused.getsockname()[1]}/a.mp4"
        with pytest.raises(FetchFailed) as failed:
            _fetch(permissive, uri, tmp_path / "a")
    assert failed.value.retryable


def test_http_to_public_host_is_refused_with_private_uris_allowed(
    permissive: HttpsFetcher,
) -> None:
    with pytest.raises(UriRefused):
        permissive.check("http://93.184.216.34/a.mp4")


def test_unresolved_name_fails_when_fetched(strict: HttpsFetcher, tmp_path: Path) -> None:
    with pytest.raises(FetchFailed) as failed:
        _fetch(strict, "https://no-such-host.invalid/a.mp4", tmp_path / "a")
    assert failed.value.code == "host_not_found"


def test_teredo_address_is_as_public_as_embedded_address() -> None:
    assert not is_public(ip_address("2001:0:a00:1::1"))
