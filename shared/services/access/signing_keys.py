"""Signing keys of an issuer: JSON Web Keys (RFC 7517) found by OpenID Connect Discovery 1.0, and cached."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from shared.domain.errors import Unavailable
from shared.ports.issuer_documents import IssuerDocuments

if TYPE_CHECKING:
    from jwt import PyJWK

ALGORITHMS: Final = ("RS256", "ES256")
"""Asymmetric algorithms only: with an HMAC algorithm an attacker could sign with the public key."""

_MAX_AGE_SECONDS: Final = 3600.0
_REFETCH_SECONDS: Final = 60.0
"""An unknown key id causes a fetch, because issuers rotate keys, but at most once in this time."""

log = logging.getLogger(__name__)


class SigningKeys:
    """The public keys of one issuer. They are fetched again once an hour, and for an unknown key id."""

    def __init__(
        self, issuer: str, documents: IssuerDocuments, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._issuer = issuer
        self._documents = documents
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._keys: dict[str, PyJWK] = {}
        self._fetched: float | None = None
        self._last_attempt: float | None = None

    def find(self, key_id: str) -> PyJWK | None:
        """Return the key, or None if the issuer does not publish it.

        Raises:
            Unavailable: the issuer does not answer, and no earlier answer is cached.
        """
        known = self._keys.get(key_id)
        if known is not None and not self._is_due(known=True):
            return known  # without the lock, which a fetch for an unknown key may hold for seconds
        with self._lock:
            if self._is_due(known=key_id in self._keys):
                self._refresh()
            return self._keys.get(key_id)

    def _is_due(self, *, known: bool) -> bool:
        now = self._monotonic()
        if self._last_attempt is not None and now - self._last_attempt < _REFETCH_SECONDS:
            return False
        return not known or self._fetched is None or now - self._fetched >= _MAX_AGE_SECONDS

    def _refresh(self) -> None:
        self._last_attempt = self._monotonic()
        try:
            address = self._documents.fetch(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
            published = self._documents.fetch(str(address.get("jwks_uri", "")))
        except Unavailable:
            if not self._keys:
                self._last_attempt = None  # no keys are cached, so the next request tries again
                raise
            log.warning("The issuer of bearer tokens does not answer; its cached keys stay in use.")
            return
        self._keys = _supported_keys(published.get("keys"))
        self._fetched = self._last_attempt


def _supported_keys(published: Any) -> dict[str, PyJWK]:
    """Return the supported keys by key id. Malformed keys and keys of other kinds are skipped."""
    from jwt import PyJWK  # noqa: PLC0415 - imports cryptography, which API keys do not need
    from jwt.exceptions import PyJWTError  # noqa: PLC0415

    keys: dict[str, PyJWK] = {}
    for entry in published if isinstance(published, list) else []:
        if not isinstance(entry, dict) or not isinstance(entry.get("kid"), str):
            continue
        if entry.get("use", "sig") != "sig":
            continue
        try:
            key = PyJWK.from_dict(entry)
        except PyJWTError:
            continue
        if key.algorithm_name in ALGORITHMS:
            keys[entry["kid"]] = key
    return keys
