"""Authentication of requests. ``X-API-Key`` has precedence over ``Authorization: Bearer``."""

from typing import Protocol

from fastapi import Request

from shared.domain.access import Caller, Scope
from shared.domain.errors import NotAuthenticated, NotPermitted
from shared.http.admission.fair_queue import FairQueue
from shared.http.offload import Offload
from shared.services.access.api_keys import SECRET_PREFIX, ApiKeys
from shared.services.access.bearer_tokens import BearerTokens


class Credentials(Protocol):
    """A verifier of credentials: API keys, or bearer tokens of an issuer."""

    def cached_caller(self, secret: str, /) -> Caller | None: ...

    def authenticate(self, secret: str, /) -> Caller: ...


async def authenticate(
    request: Request,
    api_keys: ApiKeys,
    bearer_tokens: BearerTokens | None,
    offload: Offload,
    token_queue: FairQueue,
) -> Caller:
    """Identify the caller.

    A bearer token that is not cached takes a slot of ``token_queue``, shared fairly between the addresses of
    clients, because its verification may wait for the issuer.

    Raises: NotAuthenticated, Unavailable (the token issuer does not answer), TooManyRequests.
    """
    secret, is_api_key = _read_credential(request)
    if not is_api_key and bearer_tokens is None:
        raise NotAuthenticated(
            "Only API keys are taken as bearer tokens.", code="authentication_unsupported_credentials"
        )
    credentials: Credentials = api_keys if is_api_key or bearer_tokens is None else bearer_tokens
    caller = credentials.cached_caller(secret)
    if caller is not None:
        return caller
    if credentials is api_keys:
        return await offload(lambda: credentials.authenticate(secret))
    async with token_queue.slot(request.client.host if request.client else ""):
        return await offload(lambda: credentials.authenticate(secret))


def _read_credential(request: Request) -> tuple[str, bool]:
    """Return the request's credential, and whether it is an API key.

    Raises: NotAuthenticated: it is missing, or of an unsupported kind.
    """
    api_key = request.headers.get("x-api-key")
    if api_key:
        return api_key.strip(), True
    scheme, _, credential = request.headers.get("authorization", "").partition(" ")
    if not scheme:
        raise NotAuthenticated(
            "Send an API key in the X-API-Key header.", code="authentication_missing_credentials"
        )
    credential = credential.strip()
    if scheme.lower() != "bearer" or not credential:
        raise NotAuthenticated(
            "Send an API key, or a bearer token.", code="authentication_unsupported_credentials"
        )
    return credential, credential.startswith(SECRET_PREFIX)


def check_scope(caller: Caller, scope: Scope) -> None:
    """Require a scope of the caller. Raises: NotPermitted."""
    if not caller.may(scope):
        raise NotPermitted(
            f"This needs a key with the scope {scope.value!r}.",
            details={
                "required_scope": scope.value,
                "scopes": sorted(owned.value for owned in caller.scopes),
            },
        )
