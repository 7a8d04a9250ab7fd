"""The FastAPI application for a set of routers: those of one Lambda function, or all on a laptop."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from pydantic import BaseModel

from shared.http import errors
from shared.http.admission.admission import Admission
from shared.http.bodies.deadline import BodyDeadline
from shared.http.cors import add_cors
from shared.http.errors import ErrorEnvelope
from shared.http.event_stream.open_streams import OpenStreams
from shared.http.offload import Offload, Threads
from shared.http.openapi import describe
from shared.http.request_log import Observe, RequestLog
from shared.http.url_guard import UrlGuard

if TYPE_CHECKING:
    from shared.runtime import Runtime

API_PREFIX: Final = "/api/v2"

_ERRORS: Final[dict[int | str, dict[str, Any]]] = {
    "4XX": {"model": ErrorEnvelope, "description": "The request was refused."},
    "5XX": {"model": ErrorEnvelope, "description": "The server failed."},
}


class Health(BaseModel):
    status: str


async def _health() -> Health:
    return Health(status="ok")


def _operation_id(route: APIRoute) -> str:
    """Use the function's name, which is unique and readable in generated clients."""
    return route.name


def create_app(
    routers: Sequence[APIRouter],
    runtime: "Runtime",
    *,
    root_routers: Sequence[APIRouter] = (),
    offload: Offload | None = None,
    observe: Observe | None = None,
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]] | None = None,
    max_file_bytes: int | None = None,
) -> FastAPI:
    """Create the application, with ``routers`` under ``/api/v2`` and ``root_routers`` at the root.

    ``observe`` is called after each request. ``max_file_bytes`` is the size of the largest file that the
    process can send; None: any.
    """
    app = FastAPI(
        title="VideoVector Server",
        version="2",
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{API_PREFIX}/openapi.json",
        generate_unique_id_function=_operation_id,
        lifespan=lifespan,
    )
    app.state.runtime = runtime
    app.state.offload = offload or Threads()
    app.state.admission = Admission(runtime.settings)
    app.state.max_file_bytes = max_file_bytes
    app.state.open_streams = OpenStreams(runtime.settings.event_streams_per_tenant)
    app.add_api_route("/health", _health, methods=["GET"], tags=["health"], name="health")
    for router in root_routers:
        app.include_router(router, responses=_ERRORS)
    for router in routers:
        app.include_router(router, prefix=API_PREFIX, responses=_ERRORS)
    errors.install(app)
    app.add_middleware(UrlGuard)
    app.add_middleware(
        BodyDeadline,
        grace_seconds=runtime.settings.body_grace_seconds,
        bytes_per_second=runtime.settings.body_bytes_per_second,
    )
    if origins := runtime.settings.origins_of_browsers:
        add_cors(app, origins)
    app.add_middleware(RequestLog, prefix=API_PREFIX, observe=observe)
    describe(app)
    return app
