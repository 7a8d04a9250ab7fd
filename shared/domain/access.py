"""Who calls, and what they may do."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Scope(StrEnum):
    """Each scope includes the ones before it: search < read < write < admin."""

    SEARCH = "search"
    READ = "read"
    WRITE = "write"
    ADMIN = "admin"

    @property
    def rank(self) -> int:
        return list(Scope).index(self)


class ApiKey(BaseModel):
    """Stored without its secret: only the SHA-256 of it is kept."""

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
    """The authenticated side of a request."""

    model_config = ConfigDict(frozen=True)

    tenant_id: str
    user_id: str
    key_id: str | None = None
    scopes: frozenset[Scope]

    def may(self, scope: Scope) -> bool:
        return any(owned.rank >= scope.rank for owned in self.scopes)
