"""Routes that authenticate the caller before they read the body."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from fastapi import APIRouter, Request, params
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.responses import Response

from shared.http.admission.admission import Admission
from shared.http.bodies.json_body import receive_json
from shared.http.bodies.limits import EXTENSION, BodyKind
from shared.http.call import Authorised, Call

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class ApiRoute(APIRoute):
    """A route that admits the caller, then reads the body, then lets FastAPI solve the other parameters.

    FastAPI reads and parses a body before it solves the dependencies, and so before a dependency can
    authenticate the caller.
    """

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()
        authorised = next(
            (each.call for each in self.dependant.dependencies if isinstance(each.call, Authorised)), None
        )
        model = _body_model(self)
        if authorised is None:
            if model is not None:
                raise TypeError(f"{self.path} reads a body without a credential")
            return handle
        kind = BodyKind((self.openapi_extra or {}).get(EXTENSION, BodyKind.PLAIN))

        async def admitted(request: Request) -> Response:
            call = await authorised.admit(request)
            request.state.call = call
            if model is None:  # there is no body, or the route streams it
                return await handle(request)
            return await _with_body(request, call, model, kind, handle)

        return admitted


class ApiRouter(APIRouter):
    """A router of ``ApiRoute``."""

    def __init__(
        self, *, prefix: str = "", tags: Sequence[str] = (), dependencies: Sequence[params.Depends] = ()
    ) -> None:
        super().__init__(prefix=prefix, tags=list(tags), dependencies=dependencies, route_class=ApiRoute)


async def _with_body(
    request: Request, call: Call, model: type[BaseModel], kind: BodyKind, handle: Handler
) -> Response:
    state = request.app.state
    admission: Admission = state.admission
    tenant_id = call.caller.tenant_id
    admission.check(tenant_id, kind)
    with admission.memory.lease(tenant_id) as lease:
        received = await receive_json(
            request,
            model,
            tenant_id=tenant_id,
            limit=admission.body_limit(kind),
            lease=lease,
            admission=admission,
            offload=state.offload,
        )
        return await handle(received)


def _body_model(route: APIRoute) -> type[BaseModel] | None:
    """Return the model of the JSON body, or None.

    Raises: TypeError: the body is not a single model; ``receive_json`` could not validate it.
    """
    if route.body_field is None:
        return None
    model = route.body_field.field_info.annotation
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        raise TypeError(f"the body of {route.path} must be one model")
    return model
