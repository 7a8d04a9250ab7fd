"""JSON documents from addresses in the configuration. Both runtimes use this adapter."""

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
    """Refuses redirects, which would let another host answer for the address."""

    def redirect_request(
        self,
        req: urllib.request.Request,  # noqa: ARG002 - the signature of urllib
        fp: IO[bytes],  # noqa: ARG002
        code: int,  # noqa: ARG002
        msg: str,  # noqa: ARG002
        headers: HTTPMessage,  # noqa: ARG002
        newurl: str,  # noqa: ARG002
    ) -> None:
        return None


class HttpsDocuments:
    """Implements ``shared.ports.issuer_documents.IssuerDocuments``. ``http`` is only used on loopback.

    It uses the standard library's client, because it is called once an hour and every function would have
    to import another client.
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
    """Log the reason for operators, and return an error without it for callers."""
    _log.warning("The issuer of bearer tokens: %s", reason)
    return Unavailable("The issuer of bearer tokens does not answer.", code="issuer_unavailable")
