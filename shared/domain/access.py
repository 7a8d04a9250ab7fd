"""API keys, their scopes, and the authenticated caller of a request."""

from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict

from shared.domain import default_index
from shared.domain.errors import NotPermitted

LOCAL_TENANT: Final = "local"
"""The tenant of the keys that the first start and the ``keys`` command make, if no other is named. On one
machine it is the operator's."""


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
    removed_at_expiry: bool = False
    """The records of the key are removed once it has expired, so that short-lived keys do not pile up."""
    from_sign_in: bool = False
    """A sign-in link made the key. It ends with the session of the console."""


class Caller(BaseModel):
    """The tenant, user and scopes that a request is authenticated for.

    ``expires_at``: the end of a bearer token; an API key is looked up again instead.
    ``reads_default_index``: the server has a default index, which the caller may read. Reads use
    ``tenant_of``. Writes use ``tenant_id``, so that no write reaches the default index.
    """

    model_config = ConfigDict(frozen=True)

    tenant_id: str
    user_id: str
    key_id: str | None = None
    scopes: frozenset[Scope]
    expires_at: str | None = None
    reads_default_index: bool = False

    def may(self, scope: Scope) -> bool:
        """Return whether one of the caller's scopes includes ``scope``."""
        return any(granted.rank >= scope.rank for granted in self.scopes)

    def tenant_of(self, identifier: str) -> str:
        """Return the tenant among whose records a read looks for an id: the caller's own tenant, or that of
        the default index."""
        shared = self.reads_default_index and default_index.contains(identifier)
        return default_index.TENANT if shared else self.tenant_id

    def may_read(self, tenant_id: str) -> bool:
        """Return whether the caller may read the records and files of a tenant."""
        return tenant_id == self.tenant_id or (self.reads_default_index and tenant_id == default_index.TENANT)

    def require_own(self, *identifiers: str | None) -> None:
        """Refuse a change of the default index, before the change looks for the ids that it names.

        Raises: NotPermitted: an id belongs to the default index (``default_index_read_only``).
        """
        for identifier in identifiers:
            if identifier and self.tenant_of(identifier) != self.tenant_id:
                raise NotPermitted(
                    f"{identifier!r} belongs to the default index, which nobody can change.",
                    code="default_index_read_only",
                    details={"id": identifier},
                )
