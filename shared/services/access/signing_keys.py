"""The public keys of an issuer (RFC 7517), found as OpenID Connect Discovery 1.0 says, and remembered."""

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
"""Asymmetric ones only: with a shared secret a public key could pass for one."""

_KEPT_SECONDS: Final = 3600.0
_REFETCH_SECONDS: Final = 60.0
"""Keys change, so an unknown one is asked for; but no oftener than this, whatever is presented."""

log = logging.getLogger(__name__)


class SigningKeys:
    def __init__(
        self, issuer: str, documents: IssuerDocuments, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._issuer = issuer
        self._documents = documents
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._keys: dict[str, PyJWK] = {}
        self._fetched: float | None = None
        self._tried: float | None = None

    def find(self, key_id: str) -> PyJWK | None:
        """None for a key that the issuer does not publish.

        Raises:
            Unavailable: the issuer does not answer, and never did.
        """
        with self._lock:
            if self._is_due(known=key_id in self._keys):
                self._refresh()
            return self._keys.get(key_id)

    def _is_due(self, *, known: bool) -> bool:
        now = self._monotonic()
        if self._tried is not None and now - self._tried < _REFETCH_SECONDS:
            return False
        return not known or self._fetched is None or now - self._fetched >= _KEPT_SECONDS

    def _refresh(self) -> None:
        self._tried = self._monotonic()
        try:
            address = self._documents.fetch(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
            published = self._documents.fetch(str(address.get("jwks_uri", "")))
        except Unavailable:
            if not self._keys:
                self._tried = None  # there is nothing to go on with, so the next request tries again
                raise
            log.warning("The issuer of bearer tokens does not answer; its keys are used as they were.")
            return
        self._keys = _usable(published.get("keys"))
        self._fetched = self._tried


def _usable(published: Any) -> dict[str, PyJWK]:
    """By key id. A key of a kind that is not taken here must not keep the others from being read."""
    from jwt import PyJWK  # noqa: PLC0415 - brings cryptography along, which only tokens need
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
