"""API keys: create, authenticate, list, revoke. A secret is shown once and stored only as its SHA-256."""

import hashlib
import hmac
import logging
import re
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from shared.domain import clock, ids, keys
from shared.domain.access import ApiKey, Caller, Scope
from shared.domain.errors import DomainError, InvalidRequest, NotAuthenticated, NotFound
from shared.ports.records import ABSENT, Put, Write
from shared.services.records.documents import Documents, put

SECRET_PREFIX: Final = "sk_live_"  # noqa: S105 - the prefix is public
_SECRET = re.compile(r"sk_live_[0-9a-f]{48}")
_TENANT = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PREFIX_CHARACTERS: Final = len(SECRET_PREFIX) + 8
_CACHE_SECONDS: Final = 2.0
"""Lifetime of a cached key, and so the longest time until a revocation takes effect."""

_CACHE_SIZE: Final = 10_000
_USE_RECORDED_EVERY: Final = timedelta(minutes=10)
_LONGEST_LIFE: Final = timedelta(days=36_500)
_REMOVED_WITHIN: Final = timedelta(days=1)
"""A key with a shorter life is removed once it has expired. Others stay listed as expired."""

log = logging.getLogger(__name__)


class ApiKeys:
    """The API keys of all tenants. To authenticate a caller costs one record read, or none if the key is
    in this process's cache."""

    def __init__(self, documents: Documents, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._documents = documents
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._cache: dict[str, tuple[ApiKey, float]] = {}

    def create(
        self,
        tenant_id: str,
        user_id: str,
        name: str,
        scopes: Sequence[Scope],
        life: timedelta | None = None,
    ) -> tuple[ApiKey, str]:
        """Create a key. Return it with its secret, which cannot be read again.

        ``life`` None: the key never expires.

        Raises:
            InvalidRequest: the tenant's id cannot be part of a record key or a path; the name is empty or
                longer than 100 characters; no scope is given; ``life`` is not positive, or exceeds 36,500
                days.
        """
        key, secret, writes = new_key(tenant_id, user_id, name, scopes, life)
        self._documents.write(*writes)
        return key, secret

    def cached_caller(self, secret: str) -> Caller | None:
        """Return the caller if the key is in the cache. It does no I/O."""
        with self._lock:
            cached = self._cache.get(_hash(secret))
        if cached is None or self._monotonic() - cached[1] > _CACHE_SECONDS or not _is_valid(cached[0]):
            return None
        return _caller(cached[0])

    def authenticate(self, secret: str) -> Caller:
        """Return the caller that ``secret`` belongs to.

        Raises:
            NotAuthenticated: the key is unknown, revoked or expired; the message is the same for each.
        """
        secret_hash = _hash(secret)
        key = self._documents.get(ApiKey, keys.api_key(secret_hash)) if _SECRET.fullmatch(secret) else None
        if key is None or not hmac.compare_digest(key.secret_hash, secret_hash) or not _is_valid(key):
            raise NotAuthenticated("The API key is unknown, revoked or expired.")
        self._cache_key(key)
        self._record_use(key)
        return _caller(key)

    def check(self, tenant_id: str, key_id: str) -> None:
        """Require that a key is valid still. It costs two record reads, and no secret.

        Raises:
            NotAuthenticated: the key is revoked, expired or deleted.
        """
        key = self.find(tenant_id, key_id)
        if key is None or not _is_valid(key):
            raise NotAuthenticated("The API key is unknown, revoked or expired.")

    def find(self, tenant_id: str, key_id: str) -> ApiKey | None:
        """Return a key of the tenant by its id, revoked and expired keys included."""
        pointer = self._documents.records.get(keys.api_key_listing(tenant_id, key_id))
        if pointer is None:
            return None
        return self._documents.get(ApiKey, keys.api_key(pointer.body["secret_hash"]))

    def list(self, tenant_id: str) -> list[ApiKey]:
        """List every key of a tenant, oldest first, revoked keys included."""
        found: list[ApiKey] = []
        for pointers in self._documents.record_pages(keys.api_key_listing(tenant_id), limit=100):
            by_hash = [keys.api_key(pointer.body["secret_hash"]) for pointer in pointers]
            found += self._documents.get_many(ApiKey, by_hash)
        return found

    def revoke(self, tenant_id: str, key_id: str) -> ApiKey:
        """Revoke a key. It is idempotent. Raises: NotFound."""
        found = self.find(tenant_id, key_id) if key_id else None
        if found is None:
            raise NotFound("api_key", key_id)

        def revoked(key: ApiKey) -> ApiKey:
            return key.model_copy(update={"revoked_at": key.revoked_at or clock.timestamp()})

        hashed = keys.api_key(found.secret_hash)
        key = self._documents.update(ApiKey, hashed, revoked, expires_at=_removal(found))
        if key is None:
            raise NotFound("api_key", key_id)
        with self._lock:
            self._cache.pop(found.secret_hash, None)
        return key

    def sign_out(self, tenant_id: str, key_id: str) -> None:
        """Revoke a key that a sign-in link made. Any other key stays valid. It is idempotent."""
        found = self.find(tenant_id, key_id)
        if found is not None and found.from_sign_in:
            self.revoke(tenant_id, key_id)

    def _cache_key(self, key: ApiKey) -> None:
        with self._lock:
            if len(self._cache) >= _CACHE_SIZE:
                self._cache.clear()
            self._cache[key.secret_hash] = (key, self._monotonic())

    def _record_use(self, key: ApiKey) -> None:
        """Store the time of a key's last use, at most every ten minutes: one write for each request would
        cost more than the request. A failed write is logged and does not fail the authentication."""
        recorded = key.last_used_at
        if recorded is not None and clock.now() - datetime.fromisoformat(recorded) < _USE_RECORDED_EVERY:
            return
        used = {"last_used_at": clock.timestamp()}
        try:
            self._documents.update(
                ApiKey,
                keys.api_key(key.secret_hash),
                lambda current: current.model_copy(update=used),
                expires_at=_removal(key),
            )
        except DomainError:  # for example on a full disk, which can still be read
            log.warning("The last use of API key %s could not be recorded.", key.key_id, exc_info=True)


def new_key(
    tenant_id: str,
    user_id: str,
    name: str,
    scopes: Sequence[Scope],
    life: timedelta | None = None,
    *,
    from_sign_in: bool = False,
) -> tuple[ApiKey, str, Sequence[Write]]:
    """Build a key. Return it with its secret and the writes that create it.

    Raises: InvalidRequest: as ``ApiKeys.create``.
    """
    _check_new_key(tenant_id, name, scopes, life)
    secret = SECRET_PREFIX + secrets.token_hex(24)
    created = clock.now()
    key = ApiKey(
        key_id=ids.new_id(ids.API_KEY),
        tenant_id=tenant_id,
        user_id=user_id,
        name=name.strip(),
        key_prefix=secret[:_PREFIX_CHARACTERS],
        secret_hash=_hash(secret),
        scopes=sorted(set(scopes), key=lambda scope: scope.rank),
        created_at=clock.isoformat(created),
        expires_at=None if life is None else clock.isoformat(created + life),
        removed_at_expiry=life is not None and life < _REMOVED_WITHIN,
        from_sign_in=from_sign_in,
    )
    removal = _removal(key)
    listing = keys.api_key_listing(tenant_id, key.key_id)
    writes = (
        put(keys.api_key(key.secret_hash), key, expected_version=ABSENT, expires_at=removal),
        Put(listing, {"secret_hash": key.secret_hash}, ABSENT, removal),
    )
    return key, secret, writes


def _check_new_key(tenant_id: str, name: str, scopes: Sequence[Scope], life: timedelta | None) -> None:
    if not _TENANT.fullmatch(tenant_id):
        raise InvalidRequest("tenant", "must be 1 to 64 letters, digits, hyphens and underscores")
    if not 1 <= len(name.strip()) <= 100:
        raise InvalidRequest("name", "must have 1 to 100 characters")
    if not scopes:
        raise InvalidRequest("scopes", "must name at least one scope")
    if life is not None and not timedelta(0) < life <= _LONGEST_LIFE:
        raise InvalidRequest("life", f"must be positive, and at most {_LONGEST_LIFE.days} days")


def _hash(secret: str) -> str:
    """Hash a secret. SHA-256 without a salt suffices: 192 random bits resist a dictionary attack."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def _removal(key: ApiKey) -> datetime | None:
    """Return the time at which the records of a key are removed."""
    if not key.removed_at_expiry or key.expires_at is None:
        return None
    return datetime.fromisoformat(key.expires_at)


def _is_valid(key: ApiKey) -> bool:
    expired = key.expires_at is not None and key.expires_at <= clock.timestamp()
    return key.revoked_at is None and not expired


def _caller(key: ApiKey) -> Caller:
    return Caller(
        tenant_id=key.tenant_id, user_id=key.user_id, key_id=key.key_id, scopes=frozenset(key.scopes)
    )
