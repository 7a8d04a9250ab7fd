"""Tokens that permit the download of one export: ``v1.<payload>.<signature>``.

The payload is JSON in URL-safe base64: export, tenant, expiry in seconds since 1970. The signature is
HMAC-SHA256 (RFC 2104) over version and payload.
"""

import hashlib
import hmac
import json
from datetime import datetime
from typing import Final, NamedTuple

from shared.domain import base64url
from shared.domain.errors import NotPermitted

MAX_TOKEN_CHARACTERS: Final = 2048
"""The limit of the official client."""

_VERSION: Final = "v1"
_CONTEXT: Final = b"export-download:"
"""Separates these signatures from others that are made with the same secret."""


class DownloadPermit(NamedTuple):
    """What a token permits: the download of one export of a tenant."""

    tenant_id: str
    export_id: str


def make_token(signing_key: bytes, permit: DownloadPermit, expires_at: datetime) -> str:
    """Return a token that ``open_token`` accepts until ``expires_at``."""
    content = {"t": permit.tenant_id, "x": permit.export_id, "e": int(expires_at.timestamp())}
    payload = base64url.encode(json.dumps(content, separators=(",", ":")).encode())
    return f"{_VERSION}.{payload}.{base64url.encode(_signature(signing_key, payload))}"


def open_token(signing_key: bytes, token: str, now: datetime) -> DownloadPermit:
    """Return what a token permits.

    Raises: NotPermitted: the token is invalid (``export_link_invalid``) or has expired
        (``export_link_expired``).
    """
    if len(token) > MAX_TOKEN_CHARACTERS or not token.isascii():
        raise _invalid()
    try:
        version, payload, signature = token.split(".")
        is_genuine = hmac.compare_digest(base64url.decode(signature), _signature(signing_key, payload))
    except ValueError:
        raise _invalid() from None
    if version != _VERSION or not is_genuine:
        raise _invalid()
    content = json.loads(base64url.decode(payload))
    if now.timestamp() >= content["e"]:
        raise NotPermitted("This link has expired. Ask for another one.", code="export_link_expired")
    return DownloadPermit(content["t"], content["x"])


def _signature(signing_key: bytes, payload: str) -> bytes:
    return hmac.new(signing_key, _CONTEXT + f"{_VERSION}.{payload}".encode(), hashlib.sha256).digest()


def _invalid() -> NotPermitted:
    return NotPermitted("This link is not valid for this export.", code="export_link_invalid")
