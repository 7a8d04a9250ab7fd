"""The route ``/metrics``: the numbers of the whole server, for the bearer of the operator's token."""

import asyncio
import hmac
from typing import TYPE_CHECKING, Final

from fastapi import FastAPI
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.process_collector import ProcessCollector
from pydantic import SecretStr
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from shared.domain.errors import NotAuthenticated
from shared.domain.system.release import VERSION
from shared.http.event_stream.open_streams import OpenStreams
from shared.http.metrics.requests import RequestCounters
from shared.http.metrics.server_state import ServerState, StateCollector
from shared.http.offload import Offload

if TYPE_CHECKING:
    from shared.runtime import Runtime

METRICS_PATH: Final = "/metrics"
_BEARER: Final = "bearer "


class Metrics:
    """The metrics of one application: counters of requests, which it keeps, and the state at each scrape."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = RequestCounters(self._registry)
        ProcessCollector(registry=self._registry)
        self._turn = asyncio.Lock()

    def add_to(self, app: FastAPI) -> None:
        """Add the route. Without ``metrics_token`` it does not exist."""

        async def metrics(request: Request) -> Response:
            runtime: Runtime = request.app.state.runtime
            _authenticate(request, runtime.settings.metrics_token)
            streams: OpenStreams = request.app.state.open_streams
            offload: Offload = request.app.state.offload
            async with self._turn:  # several scrapers cost no more than one
                text = await offload(lambda: self._text(runtime, len(streams)))
            return Response(
                text, headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4, "Cache-Control": "no-store"}
            )

        app.add_route(METRICS_PATH, metrics, methods=["GET"], include_in_schema=False)

    def _text(self, runtime: "Runtime", open_streams: int) -> bytes:
        """Return the metrics as text. Raises: Unavailable."""
        state = CollectorRegistry()
        state.register(StateCollector(ServerState.read(runtime, open_streams)))
        return _version() + generate_latest(state) + generate_latest(self._registry)


def _version() -> bytes:
    name = "videovector_build_info"
    return f'# HELP {name} The version.\n# TYPE {name} gauge\n{name}{{version="{VERSION}"}} 1.0\n'.encode()


def _authenticate(request: Request, token: SecretStr | None) -> None:
    """Check the token, in a time that does not depend on it. Raises: HTTPException 404: there is none.
    NotAuthenticated."""
    if token is None:
        raise HTTPException(404)
    given = request.headers.get("Authorization", "")
    matches = hmac.compare_digest(given[len(_BEARER) :].encode(), token.get_secret_value().encode())
    if given[: len(_BEARER)].lower() != _BEARER or not matches:
        raise NotAuthenticated("The bearer token is not the metrics_token of this server.")
