"""API Gateway routes and the functions that answer them, read from the committed OpenAPI document."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

_OPENAPI_DOCUMENT: Final = Path(__file__).parent.parent / "docs" / "openapi.json"

_RESOURCE_OF_TAG: Final[dict[str, str | None]] = {
    "health": "auth",
    "segments": "videos",
    "media links": None,  # on AWS, S3 answers signed links itself
}
"""Resource of a tag, where the two names differ. None: a route that only the local server has."""

FALLBACK_RESOURCE: Final = "auth"
"""The resource that answers requests for unknown routes and methods, with the API's error envelope. It also
serves the OpenAPI document."""


class Route(NamedTuple):
    """A route. ``key`` is API Gateway's route key: method and path."""

    key: str
    resource: str


def routes() -> list[Route]:
    """List the routes in the order of the OpenAPI document.

    API Gateway does not route ``HEAD`` to a ``GET`` route, so each ``GET`` has a ``HEAD`` route too.
    """
    return list(_routes(json.loads(_OPENAPI_DOCUMENT.read_text(encoding="utf-8"))))


def _routes(description: dict[str, Any]) -> Iterator[Route]:
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            (tag,) = operation["tags"]
            resource = _RESOURCE_OF_TAG.get(tag, tag.replace(" ", "_"))
            if resource is not None:
                yield Route(f"{method.upper()} {path}", resource)
                if method == "get":
                    yield Route(f"HEAD {path}", resource)
