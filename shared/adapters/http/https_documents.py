"""JSON from an address that the configuration names. The same on a laptop and on AWS."""

import json
import logging
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException, HTTPMessage
from typing import IO, Any, Final
from urllib.parse import urlsplit

from shared.domain.errors import Unavailable

_TIMEOUT_SECONDS: Final = 3.0
_MAX_BYTES: Final = 256 * 1024
_log = logging.getLogger(__name__)

_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect would let somebody else answer for the address."""

    def redirect_request(
        self,
        req: urllib.request.Request,  # noqa: ARG002 - the signature is the library's
        fp: IO[bytes],  # noqa: ARG002
        code: int,  # noqa: ARG002
        msg: str,  # noqa: ARG002
        headers: HTTPMessage,  # noqa: ARG002
        newurl: str,  # noqa: ARG002
    ) -> None:
        return None


class HttpsDocuments:
    """Implements ``shared.ports.issuer_documents.IssuerDocuments``. ``http`` only to this machine itself.

    The standard library's client, since this is called once an hour: another one would have to be
    imported by every function.
    """

    def fetch(self, address: str) -> dict[str, Any]:
        parts = urlsplit(address)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise _unavailable(f"{address!r} is not an https address")
        opener = urllib.request.build_opener(
            _NoRedirects(), urllib.request.HTTPSHandler(context=ssl.create_default_context())
        )
        request = urllib.request.Request(address, headers={"Accept": "application/json"})  # noqa: S310 - checked above
        try:
            with opener.open(request, timeout=_TIMEOUT_SECONDS) as answer:
                content = answer.read(_MAX_BYTES + 1)
            document = json.loads(content) if len(content) <= _MAX_BYTES else None
        except (urllib.error.URLError, HTTPException, OSError, ValueError) as error:
            raise _unavailable(f"{address} does not answer: {error}") from error
        if not isinstance(document, Mapping):
            raise _unavailable(f"{address} holds no JSON object")
        return dict(document)


def _unavailable(reason: str) -> Unavailable:
    """The reason is for whoever runs the server, not for callers."""
    _log.warning("The issuer of bearer tokens: %s", reason)
    return Unavailable("The issuer of bearer tokens does not answer.", code="issuer_unavailable")
