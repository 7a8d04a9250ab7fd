"""Every route checks the credential before the body, and every body has a bounded number of values."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from fastapi.routing import APIRoute, iter_route_contexts

from functions.api.application import create_application
from shared.http.api_route import ApiRoute
from shared.runtime.local import local_runtime
from shared.settings import Settings

OPEN: Final = {"/health"}
DOCUMENT: Final = json.loads(Path("docs/openapi.json").read_text(encoding="utf-8"))


def test_every_route_admits_caller_before_body(tmp_path: Path) -> None:
    application = create_application(local_runtime(Settings(data_folder=tmp_path)))
    others = {
        context.path
        for context in iter_route_contexts(application.routes)
        if isinstance(context.original_route, APIRoute) and not isinstance(context.original_route, ApiRoute)
    }
    assert others == OPEN


def test_every_array_of_a_request_has_a_maximum() -> None:
    """Otherwise one body could cause tens of thousands of errors, each of which costs time and memory."""
    bodies = [
        operation["requestBody"]["content"]["application/json"]["schema"]
        for operations in DOCUMENT["paths"].values()
        for operation in operations.values()
        if "application/json" in operation.get("requestBody", {}).get("content", {})
    ]
    assert bodies
    seen: set[str] = set()
    assert sorted(path for body in bodies for path in _unlimited(body, "body", seen)) == []


def _unlimited(schema: Any, path: str, seen: set[str]) -> Iterator[str]:
    """Yield the paths of arrays without ``maxItems`` in a schema and in the schemas that it refers to."""
    if isinstance(schema, list):
        for each in schema:
            yield from _unlimited(each, path, seen)
    if not isinstance(schema, dict):
        return
    name = schema.get("$ref", "").rsplit("/", 1)[-1]
    if name and name not in seen:
        seen.add(name)
        yield from _unlimited(DOCUMENT["components"]["schemas"][name], name, seen)
    if schema.get("type") == "array" and "maxItems" not in schema:
        yield path
    for key, value in schema.items():
        yield from _unlimited(value, f"{path}.{key}", seen)
