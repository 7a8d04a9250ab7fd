"""A proxy on the loopback interface that connects to permitted hosts only, at addresses that it has checked.

It answers CONNECT (RFC 9110, 9.3.6) for https, and requests in absolute form (RFC 9112, 3.2.2) for http.
A name is resolved once a connection, and the connection goes to the address that was checked, so a name that
changes its answer gains nothing. Each client must present the proxy's token (RFC 7617), so that no other
process of this machine can use the proxy.
"""

import base64
import re
import secrets
import socket
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from shared.adapters.http.public_address import Address, is_metadata_service, is_public, resolve
from shared.adapters.http.stores.store_process.messages import PermittedHost

_CONNECT_SECONDS: Final = 4.0
"""Shorter than obstore's own timeout for a connection, so that the proxy's answer arrives."""

_HEAD_SECONDS: Final = 30.0
"""Time for the whole head of a request."""

_MAX_HEAD_BYTES: Final = 64 * 1024
_REQUEST_LINE: Final = re.compile(r"([A-Z]+) ([!-~]+) (HTTP/1\.[01])")
_FIELD: Final = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):([^\0\r\n]*)")
"""Request line and fields (RFC 9112, 3 and 5), strictly: a store must not read a head differently."""

_CHUNK_BYTES: Final = 256 * 1024
_USER: Final = "store"

_NOT_PERMITTED: Final = "The store leads to the host {host}, which is not a host of the store."
_NOT_PUBLIC: Final = "The host {host} of the store is in a private network, which is not permitted."
_UNKNOWN_HOST: Final = "The host {host} of the store cannot be found."
_UNREACHABLE: Final = "The host {host} of the store cannot be reached."


class Refused(Exception):
    """A connection is refused. The text is a sentence for the owner of the connector."""


class Unreachable(Exception):
    """A permitted host cannot be found, or does not accept a connection. The text is a sentence."""


@dataclass(frozen=True, slots=True)
class _Head:
    """The head of a request. ``headers`` keep their order and spelling."""

    method: str
    target: str
    version: str
    headers: list[tuple[str, str]]
    rest: bytes


class PinningProxy:
    """Listens until it is closed. ``refusal`` and ``fault`` say why connections failed since ``forget``."""

    def __init__(self, permitted: Sequence[PermittedHost]) -> None:
        self._permitted = {(each.host, each.port): each for each in permitted}
        self._token = secrets.token_urlsafe(32)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.refusal: str | None = None
        self.fault: str | None = None
        threading.Thread(target=self._accept, name="pinning-proxy", daemon=True).start()

    @property
    def url(self) -> str:
        """The proxy's address with its token."""
        return f"http://{_USER}:{self._token}@127.0.0.1:{self._listener.getsockname()[1]}"

    def forget(self) -> None:
        """Forget why connections failed."""
        self.refusal = self.fault = None

    def connection(self, host: str, port: int) -> socket.socket:
        """Connect to the first address of a permitted host that accepts.

        Raises: Refused: the host, or one of its addresses, is not permitted. Unreachable.
        """
        permitted = self._permitted.get((host, port))
        if permitted is None:
            raise Refused(_NOT_PERMITTED.format(host=_shown(host)))
        for address in _checked_addresses(permitted):
            with suppress(OSError):
                return socket.create_connection((str(address), port), _CONNECT_SECONDS)
        raise Unreachable(_UNREACHABLE.format(host=host))

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):  # the listener is closed
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError):  # either side may leave at any time
            head = _read_head(client)
            if head is None:
                client.sendall(_status("400 Bad Request"))
            elif not self._has_token(head):
                client.sendall(_status("407 Proxy Authentication Required"))
            else:
                self._connect(client, head)

    def _connect(self, client: socket.socket, head: _Head) -> None:
        try:
            host, port = _destination(head)
            server = self.connection(host, port)
        except Refused as error:
            self.refusal = str(error)
            client.sendall(_status("403 Forbidden"))
            return
        except Unreachable as error:
            self.fault = str(error)
            client.sendall(_status("502 Bad Gateway"))
            return
        with server:
            if head.method == "CONNECT":
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                server.sendall(head.rest)
            else:
                server.sendall(_in_origin_form(head) + head.rest)
            _relay(client, server)

    def _has_token(self, head: _Head) -> bool:
        expected = "Basic " + base64.b64encode(f"{_USER}:{self._token}".encode()).decode()
        given = [value for name, value in head.headers if name.lower() == "proxy-authorization"]
        return any(secrets.compare_digest(each.encode(), expected.encode()) for each in given)


def _checked_addresses(permitted: PermittedHost) -> list[Address]:
    """Resolve a host. Raises: Refused: one of its addresses may not be reached. Unreachable: it has none."""
    try:
        addresses = resolve(permitted.host, permitted.port)
    except OSError as error:
        raise Unreachable(_UNKNOWN_HOST.format(host=permitted.host)) from error
    refused = any(map(is_metadata_service, addresses)) or (
        permitted.must_be_public and not all(map(is_public, addresses))
    )
    if refused:
        raise Refused(_NOT_PUBLIC.format(host=permitted.host))
    return addresses


def _read_head(client: socket.socket) -> _Head | None:
    """Read the head of a request. Return None if it is none, too long, or does not arrive in time."""
    received, deadline = b"", time.monotonic() + _HEAD_SECONDS
    while b"\r\n\r\n" not in received:
        remaining = deadline - time.monotonic()
        if remaining <= 0 or len(received) > _MAX_HEAD_BYTES:
            return None
        client.settimeout(remaining)
        chunk = client.recv(_MAX_HEAD_BYTES)
        if not chunk:
            return None
        received += chunk
    text, _, rest = received.partition(b"\r\n\r\n")
    first, *lines = text.decode("latin-1").split("\r\n")
    request, fields = _REQUEST_LINE.fullmatch(first), [_FIELD.fullmatch(line) for line in lines]
    if request is None or len(text) > _MAX_HEAD_BYTES:
        return None
    headers = [(field[1], field[2].strip()) for field in fields if field is not None]
    if len(headers) < len(fields):
        return None
    return _Head(request[1], request[2], request[3], headers, rest)


def _destination(head: _Head) -> tuple[str, int]:
    """Return host and port of a request. Raises: Refused: it names none."""
    is_tunnel = head.method == "CONNECT"
    try:
        parts = urlsplit(f"//{head.target}" if is_tunnel else head.target)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if port is None and not is_tunnel:
        port = 80
    if not host or port is None or (not is_tunnel and parts.scheme != "http"):
        raise Refused(_NOT_PERMITTED.format(host="?"))
    return host, port


def _in_origin_form(head: _Head) -> bytes:
    """Return the head as the store gets it: without what is for the proxy, one request a connection."""
    parts = urlsplit(head.target)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    dropped = ("connection", "proxy-connection", "proxy-authorization", "keep-alive")
    kept = [f"{name}: {value}" for name, value in head.headers if name.lower() not in dropped]
    lines = [f"{head.method} {target} {head.version}", *kept, "Connection: close"]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"


def _relay(client: socket.socket, server: socket.socket) -> None:
    """Copy bytes in both directions until both ends are closed."""
    client.settimeout(None)
    server.settimeout(None)
    upload = threading.Thread(target=_copy, args=(client, server), daemon=True)
    upload.start()
    _copy(server, client)
    upload.join()


def _copy(source: socket.socket, destination: socket.socket) -> None:
    buffer = memoryview(bytearray(_CHUNK_BYTES))
    try:
        while count := source.recv_into(buffer):
            destination.sendall(buffer[:count])
        destination.shutdown(socket.SHUT_WR)
    except OSError:
        for end in (source, destination):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


def _status(line: str) -> bytes:
    return f"HTTP/1.1 {line}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()


def _shown(host: str) -> str:
    """Return a host for a message: short, and without characters that a host cannot have."""
    return "".join(each for each in host[:253] if each.isalnum() or each in "-.:_")
