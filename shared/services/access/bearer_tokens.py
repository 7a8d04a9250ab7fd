"""Bearer tokens of an OpenID Connect issuer: verify a token and identify its caller."""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeGuard

from shared.domain import clock
from shared.domain.access import Caller, Scope
from shared.domain.errors import NotAuthenticated
from shared.services.access.signing_keys import ALGORITHMS, SigningKeys

_MAX_TOKEN_CHARACTERS: Final = 16_384
_JWT_PATTERN: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_SAFE_TENANT: Final = re.compile(r"(?!sub-)[A-Za-z0-9_-]{1,64}")
"""The rule of API keys: a tenant's id becomes part of record keys and paths."""

_MAX_NAME_CHARACTERS: Final = 255

_CLOCK_SKEW_SECONDS: Final = 60
_CACHE_SECONDS: Final = 300.0
"""Lifetime of a cached token, and so the longest time until a withdrawn signing key takes effect."""

_CACHE_SIZE: Final = 10_000
_LATEST_SECONDS: Final = 253_402_300_799
"""The end of the year 9999."""


class BearerTokens:
    """JSON Web Tokens (RFC 7519) signed with RS256 or ES256. A caller has every scope in its tenant."""

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
        """``tenant_claim`` names the claim that holds the tenant; ``sub`` gives each user a tenant."""
        self._issuer = issuer
        self._audience = audience
        self._tenant_claim = tenant_claim
        self._keys = keys
        self._monotonic = monotonic
        self._now = now
        self._lock = threading.Lock()
        self._cache: dict[bytes, tuple[Caller, float, float]] = {}

    def cached_caller(self, token: str) -> Caller | None:
        """Return the caller if the verified token is in the cache. It does no I/O."""
        with self._lock:
            cached = self._cache.get(_digest(token))
        if cached is None:
            return None
        caller, verified, expires = cached
        fresh = self._monotonic() - verified <= _CACHE_SECONDS and self._now() < expires
        return caller if fresh else None

    def authenticate(self, token: str) -> Caller:
        """Verify ``token`` and return its caller.

        Raises:
            NotAuthenticated: the token is malformed, expired, or of another issuer or audience.
            Unavailable: the issuer's signing keys cannot be fetched.
        """
        claims = self._verified_claims(token)
        tenant, user = claims.get(self._tenant_claim), claims["sub"]
        if not _is_name(tenant) or not _is_name(user):
            raise _refused(f"The token's claims {self._tenant_claim!r} and 'sub' must name tenant and user.")
        expires = claims["exp"] + _CLOCK_SKEW_SECONDS
        caller = Caller(
            tenant_id=_tenant_id(tenant),
            user_id=user,
            scopes=frozenset(Scope),
            expires_at=_moment(expires),
        )
        with self._lock:
            if len(self._cache) >= _CACHE_SIZE:
                self._cache.clear()
            self._cache[_digest(token)] = (caller, self._monotonic(), expires)
        return caller

    def _verified_claims(self, token: str) -> dict[str, Any]:
        import jwt  # noqa: PLC0415 - imports cryptography, which API keys do not need

        if len(token) > _MAX_TOKEN_CHARACTERS or _JWT_PATTERN.fullmatch(token) is None:
            raise _refused("The bearer token is not a JSON Web Token.")
        try:
            key = self._keys.find(str(jwt.get_unverified_header(token).get("kid", "")))
            if key is None:
                raise _refused("The bearer token is signed with a key that its issuer does not publish.")
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                # The key determines the algorithm; the token's header does not.
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
            raise _refused("The bearer token is for another audience.")
        return claims


def _moment(seconds: float) -> str:
    """Format a time of a token. A token may name a year that no calendar has."""
    return clock.isoformat(datetime.fromtimestamp(min(seconds, _LATEST_SECONDS), UTC))


def _audiences(claims: Mapping[str, Any]) -> list[Any]:
    """Return the audiences of a token. Access tokens of Amazon Cognito have no ``aud`` and name the
    application in ``client_id``."""
    audiences = claims.get("aud", claims.get("client_id"))
    return audiences if isinstance(audiences, list) else [audiences]


def _is_name(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and 1 <= len(value) <= _MAX_NAME_CHARACTERS and value.isprintable()


def _tenant_id(claimed: str) -> str:
    """Return the claim if it can be part of a record key, else a digest that no valid claim equals."""
    if _SAFE_TENANT.fullmatch(claimed):
        return claimed
    return f"sub-{hashlib.sha256(claimed.encode()).hexdigest()[:40]}"


def _refused(message: str) -> NotAuthenticated:
    return NotAuthenticated(message, code="authentication_invalid_token")


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
