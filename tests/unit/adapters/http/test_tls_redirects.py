"""Redirects between real TLS servers, with certificates of a local authority."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from shared.adapters.http.uri_fetcher import HttpsFetcher
from shared.ports.uri_fetcher import FetchFailed, UriRefused
from shared.settings import Settings
from tests.certificates import Authority
from tests.waiting import HANG_TIMEOUT

CONTENT = b"moving pictures" * 1000


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        location = self.server.location  # type: ignore[attr-defined]
        self.send_response(302 if location else 200)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", "0" if location else str(len(CONTENT)))
        self.end_headers()
        if not location:
            self.wfile.write(CONTENT)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the base class
        pass


@contextmanager
def tls_server(context: ssl.SSLContext, location: str = "") -> Iterator[int]:
    """Serve the content over TLS, or a redirect to ``location``. Yields the port on 127.0.0.1."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as running:
        running.location = location  # type: ignore[attr-defined]
        running.socket = context.wrap_socket(running.socket, server_side=True, do_handshake_on_connect=False)
        running.handle_error = lambda *_: None  # type: ignore[method-assign]
        threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True).start()
        yield int(running.server_port)
        running.shutdown()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def fetcher(authority: Authority) -> HttpsFetcher:
    trusting = ssl.create_default_context(cafile=str(authority.certificate))
    return HttpsFetcher(Settings(allow_private_uris=True, uri_timeout_seconds=HANG_TIMEOUT), trusting)


@pytest.fixture
def servers() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def fetch(fetcher: HttpsFetcher, port: int, path: Path) -> int:
    return fetcher.fetch(f"https://127.0.0.1:{port}/a", path, limit=10**6, progress=lambda _: None).size


def test_redirect_to_other_tls_server_is_followed(
    fetcher: HttpsFetcher, authority: Authority, servers: ExitStack, tmp_path: Path
) -> None:
    context = authority.server_context("127.0.0.1")
    last = servers.enter_context(tls_server(context))
    first = servers.enter_context(tls_server(context, f"https://127.0.0.1:{last}/b"))
    assert fetch(fetcher, first, tmp_path / "a") == len(CONTENT)
    assert (tmp_path / "a").read_bytes() == CONTENT


def test_redirect_to_server_of_other_name_is_refused(
    fetcher: HttpsFetcher, authority: Authority, servers: ExitStack, tmp_path: Path
) -> None:
    last = servers.enter_context(tls_server(authority.server_context("127.0.0.2")))
    first = servers.enter_context(
        tls_server(authority.server_context("127.0.0.1"), f"https://127.0.0.1:{last}/b")
    )
    with pytest.raises(FetchFailed) as failed:
        fetch(fetcher, first, tmp_path / "a")
    assert (failed.value.code, failed.value.retryable) == ("fetch_certificate_invalid", False)


def test_server_of_unknown_authority_is_refused(
    authority: Authority, servers: ExitStack, tmp_path: Path
) -> None:
    port = servers.enter_context(tls_server(authority.server_context("127.0.0.1")))
    usual = HttpsFetcher(Settings(allow_private_uris=True, uri_timeout_seconds=HANG_TIMEOUT))
    with pytest.raises(FetchFailed) as failed:
        fetch(usual, port, tmp_path / "a")
    assert failed.value.code == "fetch_certificate_invalid"


@pytest.mark.parametrize("location", ["https://169.254.169.254/", "https://xn--a/", "ftp://127.0.0.1/a"])
def test_redirect_over_tls_is_checked_like_first_address(
    fetcher: HttpsFetcher, authority: Authority, servers: ExitStack, tmp_path: Path, location: str
) -> None:
    port = servers.enter_context(tls_server(authority.server_context("127.0.0.1"), location))
    with pytest.raises(UriRefused):
        fetch(fetcher, port, tmp_path / "a")
