"""API keys: made, presented, listed, revoked. A secret is shown once and kept only as its SHA-256."""

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
from shared.ports.records import ABSENT, Put
from shared.services.records.documents import Documents, put

SECRET_PREFIX: Final = "sk_live_"  # noqa: S105 - the public part
_SECRET = re.compile(r"sk_live_[0-9a-f]{48}")
_TENANT = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SHOWN_CHARACTERS: Final = len(SECRET_PREFIX) + 8
_MEMORY_SECONDS: Final = 2.0
"""How long a key is believed without a look at its record, and so how late a revocation may act."""

_MEMORY_KEYS: Final = 10_000
_USE_NOTED_EVERY: Final = timedelta(minutes=10)

log = logging.getLogger(__name__)


class ApiKeys:
    """Authentication costs at most one record read, and none for a key seen a moment ago."""

    def __init__(self, documents: Documents, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._documents = documents
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._seen: dict[str, tuple[ApiKey, float]] = {}

    def create(
        self,
        tenant_id: str,
        user_id: str,
        name: str,
        scopes: Sequence[Scope],
        expires_in_days: int | None = None,
    ) -> tuple[ApiKey, str]:
        """Return the key and its secret, which nobody can read again.

        Raises:
            InvalidRequest: a tenant that cannot be part of a key or a path, no name, no scope, or days
                that are no whole number from 1.
        """
        if not _TENANT.fullmatch(tenant_id):
            raise InvalidRequest("tenant", "must be 1 to 64 letters, digits, hyphens and underscores")
        if not 1 <= len(name.strip()) <= 100:
            raise InvalidRequest("name", "must have 1 to 100 characters")
        if not scopes:
            raise InvalidRequest("scopes", "must name at least one scope")
        if expires_in_days is not None and not 1 <= expires_in_days <= 36_500:
            raise InvalidRequest("expires_in_days", "must be from 1 to 36500")
        secret = SECRET_PREFIX + secrets.token_hex(24)
        created = clock.now()
        key = ApiKey(
            key_id=ids.new_id(ids.API_KEY),
            tenant_id=tenant_id,
            user_id=user_id,
            name=name.strip(),
            key_prefix=secret[:_SHOWN_CHARACTERS],
            secret_hash=_hash(secret),
            scopes=sorted(set(scopes), key=lambda scope: scope.rank),
            created_at=clock.isoformat(created),
            expires_at=_expiry(created, expires_in_days),
        )
        self._documents.write(
            put(keys.api_key(key.secret_hash), key, expected_version=ABSENT),
            Put(keys.api_key_listing(tenant_id, key.key_id), {"secret_hash": key.secret_hash}, ABSENT),
        )
        return key, secret

    def remembered(self, secret: str) -> Caller | None:
        """Who presents ``secret``, if it was looked up a moment ago; never blocks."""
        with self._lock:
            seen = self._seen.get(_hash(secret))
        if seen is None or self._monotonic() - seen[1] > _MEMORY_SECONDS or not _usable(seen[0]):
            return None
        return _caller(seen[0])

    def authenticate(self, secret: str) -> Caller:
        """Raises NotAuthenticated, in the same words for an unknown, a revoked and an expired key."""
        secret_hash = _hash(secret)
        key = self._documents.get(ApiKey, keys.api_key(secret_hash)) if _SECRET.fullmatch(secret) else None
        if key is None or not hmac.compare_digest(key.secret_hash, secret_hash) or not _usable(key):
            raise NotAuthenticated("The API key is unknown, revoked or expired.")
        self._remember(key)
        self._note_use(key)
        return _caller(key)

    def list(self, tenant_id: str) -> list[ApiKey]:
        """List every key of a tenant, oldest first, revoked keys included."""
        found: list[ApiKey] = []
        for pointers in self._documents.record_pages(keys.api_key_listing(tenant_id), limit=100):
            by_hash = [keys.api_key(pointer.body["secret_hash"]) for pointer in pointers]
            found += self._documents.get_many(ApiKey, by_hash)
        return found

    def revoke(self, tenant_id: str, key_id: str) -> ApiKey:
        """Revoking twice is revoking once. Raises: NotFound."""
        pointer = self._documents.records.get(keys.api_key_listing(tenant_id, key_id)) if key_id else None
        if pointer is None:
            raise NotFound("api_key", key_id)
        secret_hash: str = pointer.body["secret_hash"]

        def revoked(key: ApiKey) -> ApiKey:
            return key.model_copy(update={"revoked_at": key.revoked_at or clock.timestamp()})

        key = self._documents.update(ApiKey, keys.api_key(secret_hash), revoked)
        if key is None:
            raise NotFound("api_key", key_id)
        with self._lock:
            self._seen.pop(secret_hash, None)
        return key

    def _remember(self, key: ApiKey) -> None:
        with self._lock:
            if len(self._seen) >= _MEMORY_KEYS:
                self._seen.clear()
            self._seen[key.secret_hash] = (key, self._monotonic())

    def _note_use(self, key: ApiKey) -> None:
        """Store the time of a key's use, at most every ten minutes: one write a request would cost more
        than the request. A store that does not take the write does not refuse the key."""
        noted = key.last_used_at
        if noted is not None and clock.now() - datetime.fromisoformat(noted) < _USE_NOTED_EVERY:
            return
        used = {"last_used_at": clock.timestamp()}
        try:
            self._documents.update(
                ApiKey, keys.api_key(key.secret_hash), lambda current: current.model_copy(update=used)
            )
        except DomainError:  # for example a full disk, on which much can still be read
            log.warning("The use of the key %s could not be noted.", key.key_id, exc_info=True)


def _hash(secret: str) -> str:
    """A plain hash will do: a secret has 192 random bits, nothing a dictionary could find."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def _expiry(created: datetime, days: int | None) -> str | None:
    return None if days is None else clock.isoformat(created + timedelta(days=days))


def _usable(key: ApiKey) -> bool:
    expired = key.expires_at is not None and key.expires_at <= clock.timestamp()
    return key.revoked_at is None and not expired


def _caller(key: ApiKey) -> Caller:
    return Caller(
        tenant_id=key.tenant_id, user_id=key.user_id, key_id=key.key_id, scopes=frozenset(key.scopes)
    )
