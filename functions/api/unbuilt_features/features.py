"""Routes of the public API that this server does not have yet, by feature.

Who builds a route removes it here. A test compares the table with the routes of the application and with the
list of the public API: each route is in exactly one of the two.
"""

from enum import StrEnum
from typing import Final, NamedTuple


class Feature(StrEnum):
    """A feature that is not built yet, by its name in ``details.feature``."""

    API_KEYS = "api_keys"
    CHAT = "chat"
    MCP = "mcp"
    RATE_LIMIT_STATUS = "rate_limit_status"
    SQL_SEARCH = "sql_search"
    USAGE = "usage"


SUBJECTS: Final = {
    Feature.API_KEYS: "API key routes are",
    Feature.CHAT: "Chat sessions are",
    Feature.MCP: "MCP is",
    Feature.RATE_LIMIT_STATUS: "The status of rate limits is",
    Feature.SQL_SEARCH: "SQL search is",
    Feature.USAGE: "Usage reports are",
}
"""Subject and verb of the message about each feature."""


class UnbuiltRoute(NamedTuple):
    """A route that is not built. ``needs_key`` is false for the routes that the public API leaves open."""

    method: str
    path: str
    feature: Feature
    needs_key: bool = True


_OPEN: Final = {
    "GET /usage/metric-types",
    "GET /.well-known/oauth-protected-resource/mcp",
}

_ROUTES: Final[dict[Feature, tuple[str, ...]]] = {
    Feature.API_KEYS: (
        "POST /api-keys",
        "GET /api-keys",
        "GET /api-keys/{key_id}",
        "DELETE /api-keys/{key_id}",
        "POST /api-keys/{key_id}/revoke",
        "POST /api-keys/{key_id}/rotate",
    ),
    Feature.CHAT: (
        "POST /chat/sessions",
        "GET /chat/sessions",
        "GET /chat/sessions/{session_id}",
        "DELETE /chat/sessions/{session_id}",
        "GET /chat/sessions/{session_id}/turns",
        "POST /chat/sessions/{session_id}/turns",
        "POST /chat/sessions/{session_id}/turns/stream",
    ),
    Feature.MCP: ("GET /mcp/status", "GET /mcp/config", "GET /mcp/tools", "POST /mcp/playground"),
    Feature.RATE_LIMIT_STATUS: ("GET /rate-limit/status", "POST /rate-limit/refresh"),
    Feature.SQL_SEARCH: (
        "POST /search/sql/{index_id}/catalog",
        "POST /search/sql/{index_id}",
        "POST /search/sql/{index_id}/generate",
    ),
    Feature.USAGE: (
        "GET /usage",
        "GET /usage/history",
        "GET /usage/details",
        "GET /usage/breakdown",
        "GET /usage/metric-types",
    ),
}

_ROOT_ROUTES: Final[dict[Feature, tuple[str, ...]]] = {
    Feature.MCP: (
        "POST /mcp",
        "GET /mcp",
        "DELETE /mcp",
        "GET /.well-known/oauth-protected-resource/mcp",
    ),
}


def unbuilt_routes() -> list[UnbuiltRoute]:
    """Return the routes under ``/api/v2``, with paths below it."""
    return _listed(_ROUTES)


def unbuilt_root_routes() -> list[UnbuiltRoute]:
    """Return the routes at the root of the host."""
    return _listed(_ROOT_ROUTES)


def _listed(routes: dict[Feature, tuple[str, ...]]) -> list[UnbuiltRoute]:
    return [_route(route, feature) for feature, listed in routes.items() for route in listed]


def _route(route: str, feature: Feature) -> UnbuiltRoute:
    method, path = route.split(" ")
    return UnbuiltRoute(method, path, feature, needs_key=route not in _OPEN)
