"""Tokens for one blob that expire at a given time: ``v1.<payload>.<signature>``.

The payload is JSON in URL-safe base64 (key, expiry in seconds since 1970, file name); the
signature is HMAC-SHA256 over version and payload, RFC 2104.
"""

import hashlib
import hmac
import json
import time
from typing import Final

from shared.domain import base64url
from shared.domain.errors import NotPermitted

_VERSION: Final = "v1"
_CONTEXT: Final = b"media-link:"
"""Separates these signatures from others that are made with the same secret."""

MIN_KEY_BYTES: Final = 32


class LinkTokens:
    """Signs and verifies tokens."""

    def __init__(self, signing_key: bytes) -> None:
        if len(signing_key) < MIN_KEY_BYTES:
            raise ValueError(f"the signing key needs at least {MIN_KEY_BYTES} bytes")
        self._signing_key = signing_key

    def make(self, key: str, file_name: str, expires_in: int) -> str:
        content = {"k": key, "e": int(time.time()) + expires_in, "f": file_name}
        payload = base64url.encode(json.dumps(content, separators=(",", ":")).encode())
        return f"{_VERSION}.{payload}.{base64url.encode(self._sign(payload))}"

    def open(self, token: str) -> tuple[str, str]:
        """Return blob key and file name. Raises: NotPermitted (media_link_invalid, media_link_expired)."""
        if not token.isascii():
            raise _invalid()
        version, payload, signature = self._split(token)
        genuine = hmac.compare_digest(signature, self._sign(payload))
        if version != _VERSION or not genuine:
            raise _invalid()
        content = json.loads(base64url.decode(payload))
        if time.time() >= content["e"]:
            raise NotPermitted("This media link has expired.", code="media_link_expired")
        return content["k"], content["f"]

    def _sign(self, payload: str) -> bytes:
        message = _CONTEXT + f"{_VERSION}.{payload}".encode()
        return hmac.new(self._signing_key, message, hashlib.sha256).digest()

    def _split(self, token: str) -> tuple[str, str, bytes]:
        try:
            version, payload, signature = token.split(".")
            return version, payload, base64url.decode(signature)
        except ValueError as error:
            raise _invalid() from error


def _invalid() -> NotPermitted:
    return NotPermitted("This media link is not valid.", code="media_link_invalid")
