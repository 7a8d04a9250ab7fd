"""Redirects between real TLS servers, with certificates of a local authority."""

import datetime as dt
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from shared.adapters.http.uri_fetcher import HttpsFetcher
from shared.ports.uri_fetcher import FetchFailed, UriRefused
from shared.settings import Settings
from tests.waiting import HANG_TIMEOUT

CONTENT = b"moving pictures" * 1000
DAY = dt.timedelta(days=1)


class Authority:
    """A certificate authority in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
        self.certificate = folder / "authority.pem"
        basic = x509.BasicConstraints(ca=True, path_length=0)
        usage = x509.KeyUsage(
            digital_signature=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=True,
            crl_sign=True,
            encipher_only=False,
            decipher_only=False,
        )
        identifier = x509.SubjectKeyIdentifier.from_public_key(self._key.public_key())
        signed = (
            self._builder(self._name, self._key)
            .add_extension(basic, critical=True)
            .add_extension(usage, critical=True)
            .add_extension(identifier, critical=False)
            .sign(self._key, hashes.SHA256())
        )
        self.certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))

    def server_context(self, address: str) -> ssl.SSLContext:
        """Return the TLS settings of a server with a certificate for an IP address."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))])
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        signed = (
            self._builder(x509.Name([]), key)
            .add_extension(names, critical=True)
            .add_extension(issuer, critical=False)
            .sign(self._key, hashes.SHA256())
        )
        path = self._folder / f"{address}.pem"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + signed.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context

    def _builder(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        now = dt.datetime.now(dt.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - DAY)
            .not_valid_after(now + DAY)
        )


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
