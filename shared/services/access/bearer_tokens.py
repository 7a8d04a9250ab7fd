"""OpenID Connect bearer tokens: who presents one, if the configured issuer signed it for this server."""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeGuard

from shared.domain.access import Caller, Scope
from shared.domain.errors import NotAuthenticated
from shared.services.access.signing_keys import ALGORITHMS, SigningKeys

_LONGEST: Final = 16_384
_SHAPE: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_SAFE_TENANT: Final = re.compile(r"(?!sub-)[A-Za-z0-9_-]{1,64}")
"""As for API keys: a tenant's id becomes part of keys and paths."""

_LONGEST_NAME: Final = 255

_CLOCK_SKEW_SECONDS: Final = 60
_MEMORY_SECONDS: Final = 300.0
"""How long a verified token is believed, and so how late the withdrawal of a signing key may act."""

_MEMORY_TOKENS: Final = 10_000


class BearerTokens:
    """RFC 7519 tokens signed with RS256 or ES256. A bearer has every scope within its tenant."""

    def __init__(
        self,
        issuer: str,
        audience: str,
        tenant_claim: str,
        keys: SigningKeys,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        """``tenant_claim`` names the claim that tells the tenant; ``sub`` gives each user a tenant."""
        self._issuer = issuer
        self._audience = audience
        self._tenant_claim = tenant_claim
        self._keys = keys
        self._monotonic = monotonic
        self._now = now
        self._lock = threading.Lock()
        self._seen: dict[bytes, tuple[Caller, float, float]] = {}

    def remembered(self, token: str) -> Caller | None:
        """Who presents ``token``, if it was verified a moment ago; never blocks."""
        with self._lock:
            seen = self._seen.get(_digest(token))
        if seen is None:
            return None
        caller, verified, expires = seen
        fresh = self._monotonic() - verified <= _MEMORY_SECONDS and self._now() < expires
        return caller if fresh else None

    def authenticate(self, token: str) -> Caller:
        """Who presents ``token``.

        Raises:
            NotAuthenticated: no token, or not one of this issuer for this server at this time.
            Unavailable: the issuer's keys cannot be had.
        """
        claims = self._verified(token)
        tenant, user = claims.get(self._tenant_claim), claims["sub"]
        if not _is_name(tenant) or not _is_name(user):
            raise _refused(f"The token's claims {self._tenant_claim!r} and 'sub' must name tenant and user.")
        caller = Caller(tenant_id=_tenant_id(tenant), user_id=user, scopes=frozenset(Scope))
        with self._lock:
            if len(self._seen) >= _MEMORY_TOKENS:
                self._seen.clear()
            self._seen[_digest(token)] = (caller, self._monotonic(), claims["exp"] + _CLOCK_SKEW_SECONDS)
        return caller

    def _verified(self, token: str) -> dict[str, Any]:
        import jwt  # noqa: PLC0415 - brings cryptography along, which only tokens need

        if len(token) > _LONGEST or _SHAPE.fullmatch(token) is None:
            raise _refused("The bearer token is no JSON Web Token.")
        try:
            key = self._keys.find(str(jwt.get_unverified_header(token).get("kid", "")))
            if key is None:
                raise _refused("The bearer token is signed with a key that its issuer does not publish.")
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                # The key's own algorithm, whatever the token names.
                algorithms=[name for name in ALGORITHMS if name == key.algorithm_name],
                issuer=self._issuer,
                leeway=_CLOCK_SKEW_SECONDS,
                options={"require": ["exp", "iss", "sub"], "verify_aud": False},
            )
        except jwt.ExpiredSignatureError as error:
            raise _refused("The bearer token has expired.") from error
        except jwt.PyJWTError as error:
            raise _refused("The bearer token is not valid.") from error
        if self._audience not in _audiences(claims):
            raise _refused("The bearer token is meant for somebody else.")
        return claims


def _audiences(claims: Mapping[str, Any]) -> list[Any]:
    """Access tokens of Amazon Cognito have no ``aud``, and name the application in ``client_id``."""
    named = claims.get("aud", claims.get("client_id"))
    return named if isinstance(named, list) else [named]


def _is_name(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and 1 <= len(value) <= _LONGEST_NAME and value.isprintable()


def _tenant_id(claimed: str) -> str:
    """The claim itself where it can be part of a key, else a digest that no other claim can be."""
    if _SAFE_TENANT.fullmatch(claimed):
        return claimed
    return f"sub-{hashlib.sha256(claimed.encode()).hexdigest()[:40]}"


def _refused(message: str) -> NotAuthenticated:
    return NotAuthenticated(message, code="authentication_invalid_token")


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
