"""Sessions of the console: the holder of a key, and the sign-in by a ticket."""

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError

from functions.api.console.schemas import ConsoleSession, SignedInSession, SignInRequest
from shared.domain.access import Scope
from shared.http.admission.admission import Admission
from shared.http.api_route import ApiRouter
from shared.http.bodies.json_body import receive_json
from shared.http.bodies.limits import BodyLimit
from shared.http.call import Call, authorised
from shared.http.offload import Offload
from shared.http.openapi import OPEN

if TYPE_CHECKING:
    from shared.runtime import Runtime

router = ApiRouter(prefix="/console", tags=["console"])

AnyKey = Annotated[Call, Depends(authorised(Scope.SEARCH))]

_BODY: Final = BodyLimit("sign_in", 1024)
_ADDRESSES: Final = "sign-in"
"""The bodies of all sign-ins share the memory of one tenant: this name is no tenant's."""

_REQUEST: Final[dict[str, Any]] = {
    **OPEN,
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": SignInRequest.model_json_schema()}},
    },
}


@router.get("/session")
async def get_console_session(call: AnyKey) -> ConsoleSession:
    """Get the holder of the request's key: tenant, user, scopes and the end of the key's life."""
    caller = call.caller
    key = None
    if caller.key_id is not None:
        key = await call.run(call.runtime.access.api_keys.find, caller.tenant_id, caller.key_id)
    return ConsoleSession.of(caller, key)


@router.delete("/session", status_code=204)
async def end_console_session(call: AnyKey) -> None:
    """Sign out: revoke the request's key if a sign-in link made it. Any other credential stays valid."""
    caller = call.caller
    if caller.key_id is not None:
        await call.run(call.runtime.access.api_keys.sign_out, caller.tenant_id, caller.key_id)


@router.post("/sign-in", openapi_extra=_REQUEST)
async def sign_in(request: Request) -> SignedInSession:
    """Sign in by the ticket of a link, which is valid once. The answer alone has the new key, of 12 hours."""
    state = request.app.state
    runtime: Runtime = state.runtime
    admission: Admission = state.admission
    offload: Offload = state.offload
    address = request.client.host if request.client else ""
    runtime.access.sign_in_limits.admit(address)
    ticket = (await _body(request, admission, offload)).ticket
    async with admission.tokens.slot(address):
        key, secret = await offload(partial(runtime.access.sign_in_tickets.redeem, ticket))
    return SignedInSession.with_key(key, secret)


async def _body(request: Request, admission: Admission, offload: Offload) -> SignInRequest:
    """Read the body. Raises: as ``receive_json``, and RequestValidationError: there is none."""
    with admission.memory.lease(_ADDRESSES) as lease:
        received = await receive_json(
            request,
            SignInRequest,
            tenant_id=_ADDRESSES,
            limit=_BODY,
            lease=lease,
            admission=admission,
            offload=offload,
        )
    content = await received.json()
    if not isinstance(content, SignInRequest):
        raise RequestValidationError([{"type": "missing", "loc": ("body",), "msg": "Field required"}])
    return content
