"""HTTP requests of listings, over connections that the process's proxy has checked."""

import contextlib
import http.client
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlsplit

import certifi

from shared.adapters.http.stores.store_process.failures import RequestFailed
from shared.adapters.http.stores.store_process.pinning_proxy import Refused

Connect = Callable[[str, int], socket.socket]
"""Connects to a permitted host and port, as ``PinningProxy.connection``."""

_ANSWER_SECONDS: Final = 45.0
_MAX_ANSWER_BYTES: Final = 32 * 1024 * 1024
"""Ten times the longest page of 1,000 keys."""

_PAUSES: Final = (0.1, 0.4, 1.6)
"""Seconds before each retry, as obstore waits."""

_FIELDS: Final = {"User-Agent": "videovector-server"}
_BUSY: Final = 429
_REDIRECT: Final = "The store answers with a redirect, which is not followed."
_ERROR_CHARACTERS: Final = 4096


class _Passing(RequestFailed):
    """A failure that a retry may mend."""


class StoreRequests:
    """Sends requests to one store. Redirects are not followed."""

    def __init__(self, connect: Connect, authorities: str | None) -> None:
        """``authorities`` are certificates in PEM to trust beside those of the system and of certifi."""
        self._connect = connect
        self._tls = ssl.create_default_context()
        self._tls.load_verify_locations(certifi.where())
        if authorities is not None:
            self._tls.load_verify_locations(cadata=authorities)

    def send(self, method: str, url: str, headers: Mapping[str, str], content: bytes = b"") -> str:
        """Return the body of the answer. Retry what may pass.

        Raises: RequestFailed. Refused, Unreachable: as ``PinningProxy.connection``. A redirect is Refused.
        """
        for pause in _PAUSES:
            with contextlib.suppress(_Passing):
                return self._attempt(method, url, headers, content)
            time.sleep(pause)
        return self._attempt(method, url, headers, content)

    def _attempt(self, method: str, url: str, headers: Mapping[str, str], content: bytes) -> str:
        parts = urlsplit(url)
        host, is_secure = parts.hostname or "", parts.scheme == "https"
        port = parts.port or (443 if is_secure else 80)
        connection = http.client.HTTPConnection(host, port, timeout=_ANSWER_SECONDS)
        connected = self._connect(host, port)
        connected.settimeout(_ANSWER_SECONDS)
        try:
            with connected:
                secured = self._tls.wrap_socket(connected, server_hostname=host) if is_secure else connected
                with secured:
                    connection.sock = secured
                    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path
                    connection.request(
                        method, target, content or None, {**_FIELDS, "Host": host_field(url), **headers}
                    )
                    return _body(connection.getresponse())
        except (OSError, http.client.HTTPException) as error:
            raise _Passing(f"HTTP error: {type(error).__name__}") from error


def host_field(url: str) -> str:
    """Return the field Host of a request: without the port where it is that of the scheme."""
    parts = urlsplit(url)
    is_default = parts.port == {"https": 443, "http": 80}[parts.scheme]
    return parts.netloc.rpartition(":")[0] if is_default else parts.netloc


def _body(answer: http.client.HTTPResponse) -> str:
    """Return the text of an answer. Raises: RequestFailed, Refused: the answer is no success."""
    content = answer.read(_MAX_ANSWER_BYTES + 1)
    if len(content) > _MAX_ANSWER_BYTES:
        raise RequestFailed("The answer is too long.")
    if 200 <= answer.status < 300:
        return content.decode("utf-8-sig")
    if 300 <= answer.status < 400 and answer.headers["Location"]:
        raise Refused(_REDIRECT)
    text = f"non-2xx status code: {answer.status}, {content[:_ERROR_CHARACTERS].decode(errors='replace')}"
    if answer.status >= 500 or answer.status == _BUSY:
        raise _Passing(text)
    raise RequestFailed(text)
