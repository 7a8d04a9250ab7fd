"""Wire models of the console's sessions."""

from typing import Annotated, Self

from pydantic import BaseModel, StringConstraints

from shared.domain.access import ApiKey, Caller, Scope
from shared.domain.system.release import VERSION


class SignInRequest(BaseModel):
    ticket: Annotated[str, StringConstraints(min_length=1, max_length=100)]


class ConsoleSession(BaseModel):
    """The holder of the credential of a request. A bearer token has neither ``key_id`` nor ``key_name``."""

    tenant_id: str
    user_id: str
    key_id: str | None
    key_name: str | None
    scopes: list[Scope]
    expires_at: str | None
    server_version: str

    @classmethod
    def of(cls, caller: Caller, key: ApiKey | None) -> Self:
        """Describe the session of a caller. ``key`` None: the caller has a bearer token."""
        return cls(
            tenant_id=caller.tenant_id,
            user_id=caller.user_id,
            key_id=caller.key_id,
            key_name=key.name if key else None,
            scopes=sorted(caller.scopes, key=lambda scope: scope.rank),
            expires_at=key.expires_at if key else caller.expires_at,
            server_version=VERSION,
        )


class SignedInSession(ConsoleSession):
    """A new session with its API key, which is not shown again."""

    api_key: str

    @classmethod
    def with_key(cls, key: ApiKey, secret: str) -> Self:
        return cls(
            tenant_id=key.tenant_id,
            user_id=key.user_id,
            key_id=key.key_id,
            key_name=key.name,
            scopes=key.scopes,
            expires_at=key.expires_at,
            server_version=VERSION,
            api_key=secret,
        )
