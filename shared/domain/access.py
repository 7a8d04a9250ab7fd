"""API keys, their scopes, and the authenticated caller of a request."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Scope(StrEnum):
    """Permission of a key. Each scope includes the lower ones: search < read < write < admin."""

    SEARCH = "search"
    READ = "read"
    WRITE = "write"
    ADMIN = "admin"

    @property
    def rank(self) -> int:
        return list(Scope).index(self)


class ApiKey(BaseModel):
    """An API key. The record holds ``secret_hash``, the SHA-256 of the secret, not the secret itself."""

    key_id: str
    tenant_id: str
    user_id: str
    name: str
    key_prefix: str
    secret_hash: str
    scopes: list[Scope]
    created_at: str
    last_used_at: str | None = None
    revoked_at: str | None = None
    expires_at: str | None = None


class Caller(BaseModel):
    """The tenant, user and scopes that a request is authenticated for."""

    model_config = ConfigDict(frozen=True)

    tenant_id: str
    user_id: str
    key_id: str | None = None
    scopes: frozenset[Scope]

    def may(self, scope: Scope) -> bool:
        """Return whether one of the caller's scopes includes ``scope``."""
        return any(granted.rank >= scope.rank for granted in self.scopes)
