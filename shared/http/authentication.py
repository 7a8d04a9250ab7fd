"""Who presents which key. ``X-API-Key`` wins over ``Authorization: Bearer``."""

from fastapi import Request

from shared.domain.access import Caller, Scope
from shared.domain.errors import NotAuthenticated, NotPermitted
from shared.http.offload import Offload
from shared.services.api_keys import SECRET_PREFIX, ApiKeys


async def authenticate(request: Request, api_keys: ApiKeys, offload: Offload) -> Caller:
    """Raises: NotAuthenticated."""
    secret = presented_secret(request)
    caller = api_keys.remembered(secret)
    return caller if caller is not None else await offload(lambda: api_keys.authenticate(secret))


def presented_secret(request: Request) -> str:
    """Raises: NotAuthenticated when there is no credential, or one of a kind that is not taken."""
    api_key = request.headers.get("x-api-key")
    if api_key:
        return api_key.strip()
    scheme, _, credential = request.headers.get("authorization", "").partition(" ")
    if not scheme:
        raise NotAuthenticated(
            "Send an API key in the X-API-Key header.", code="authentication_missing_credentials"
        )
    if scheme.lower() != "bearer" or not credential.strip().startswith(SECRET_PREFIX):
        raise NotAuthenticated(
            "Only API keys are taken as bearer tokens.", code="authentication_unsupported_credentials"
        )
    return credential.strip()


def check_scope(caller: Caller, scope: Scope) -> None:
    """Raises: NotPermitted."""
    if not caller.may(scope):
        raise NotPermitted(
            f"This needs a key with the scope {scope.value!r}.",
            details={
                "required_scope": scope.value,
                "scopes": sorted(owned.value for owned in caller.scopes),
            },
        )
