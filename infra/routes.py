"""Which function answers which route: read from the committed description of the API."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

_DESCRIPTION: Final = Path(__file__).parent.parent / "docs" / "openapi.json"

_OF_TAG: Final[dict[str, str | None]] = {
    "health": "auth",
    "segments": "videos",
    "media links": None,  # S3 itself answers links here
}
"""Where it is not the tag's own name; None is a route of the laptop alone."""

FALLBACK_RESOURCE: Final = "auth"
"""Answers, in the API's own envelope, for routes and methods that there are not; and describes the API."""


class Route(NamedTuple):
    """``key`` is API Gateway's: method and path."""

    key: str
    resource: str


def routes() -> list[Route]:
    """In the order of the description. API Gateway's ``GET`` is not ``HEAD``: both are routes."""
    return list(_routes(json.loads(_DESCRIPTION.read_text(encoding="utf-8"))))


def _routes(description: dict[str, Any]) -> Iterator[Route]:
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            (tag,) = operation["tags"]
            resource = _OF_TAG.get(tag, tag.replace(" ", "_"))
            if resource is not None:
                yield Route(f"{method.upper()} {path}", resource)
                if method == "get":
                    yield Route(f"HEAD {path}", resource)
