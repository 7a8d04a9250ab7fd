"""The command ``documentation``: generates the reference pages."""

import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from functions.api.application import create_application
from functions.api.unbuilt_features.features import SUBJECTS, unbuilt_root_routes, unbuilt_routes
from shared.cli.events_page import events_page
from shared.cli.invocation import invocation
from shared.cli.reference.commands_page import commands_page
from shared.cli.reference.errors_page import errors_page
from shared.cli.reference.limits_page import limits_page
from shared.domain.exports.document import ExportDocument
from shared.http.app import API_PREFIX
from shared.http.call import Authorised
from shared.runtime.local import local_runtime
from shared.settings import Settings

_TYPES: Final = {
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "string": "text",
    "path": "path",
    "file-path": "path",
    "password": "secret",
}
_LIMITS: Final = {
    "exclusiveMinimum": "more than {}",
    "minimum": "at least {}",
    "maximum": "at most {}",
}
_ROUTES_HEAD: Final = """\
# Routes

A key may call every route whose scope is the key's own or a lower one: search < read < write < admin.
The complete OpenAPI description is [openapi.json](openapi.json), which a server returns at
`/api/v2/openapi.json`.
`.venv/bin/python -m shared.cli documentation` generates this page from the routes.
"""
_UNBUILT_HEAD: Final = """
## Not built yet

These routes of the public API answer 404 with the code `feature_not_available`. `details.feature` names the
feature. They need any valid key, except those with the scope none.

"""
_SETTINGS_HEAD: Final = """\
# Settings

The server reads each setting from the environment when it starts. An invalid value prevents the start.
`.venv/bin/python -m shared.cli documentation` generates this page from `shared/settings.py`.

"""
_UNITS: Final = (("GiB", 1024**3), ("MiB", 1024**2))


def documentation(
    context: typer.Context,
    folder: Annotated[Path, typer.Option(help="Folder of the pages.")] = Path("docs"),
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail if a page is out of date.")
    ] = False,
) -> None:
    """Write the generated pages: settings, routes, events, errors, limits, commands, schema of exports."""
    pages = {
        folder / "settings.md": settings_page(),
        folder / "routes.md": routes_page(),
        folder / "events.md": events_page(),
        folder / "errors.md": errors_page(),
        folder / "limits.md": limits_page(),
        folder / "export-document.schema.json": export_document_schema(),
        folder / "commands.md": commands_page(context.find_root().command),
    }
    if not check:
        for path, text in pages.items():
            path.write_text(text, encoding="utf-8")
        return
    old = [path for path, text in pages.items() if not _holds(path, text)]
    for path in old:
        print(f"{path} is out of date: {invocation('documentation')}", file=sys.stderr)
    if old:
        raise typer.Exit(1)


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


def export_document_schema() -> str:
    """Return the JSON schema of the document of an export."""
    schema = ExportDocument.model_json_schema(mode="serialization")
    return json.dumps(schema, indent=2) + "\n"


def settings_page() -> str:
    """Return the page of settings, one row per setting, in the order of ``shared/settings.py``."""
    prefix = Settings.model_config["env_prefix"]
    properties: dict[str, dict[str, Any]] = Settings.model_json_schema()["properties"]
    rows = [
        (
            f"`{name}`",
            f"`{prefix}{name.upper()}`",
            _type_of(schema),
            _default_of(name, schema.get("default")),
            _limits_of(schema),
            schema.get("description", ""),
        )
        for name, schema in properties.items()
    ]
    head = ("setting", "environment variable", "type", "default", "limits", "description")
    return _SETTINGS_HEAD + _table(head, rows)


def _type_of(schema: dict[str, Any]) -> str:
    """Name the type of a setting; for ``X | None`` that of X, as the default shows that None is valid."""
    some = next((each for each in schema.get("anyOf", ()) if each["type"] != "null"), schema)
    return _TYPES[some.get("format", some["type"])]


def _default_of(name: str, value: Any) -> str:
    if value is None:
        return "none"
    if value == "":
        return "empty"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if name.endswith("_bytes"):
        for unit, size in _UNITS:
            if value % size == 0:
                return f"`{value}` ({value // size} {unit})"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


def _limits_of(schema: dict[str, Any]) -> str:
    return ", ".join(text.format(schema[key]) for key, text in _LIMITS.items() if key in schema)


@dataclass(frozen=True, slots=True)
class Route:
    """A route of the API. ``scope`` is None if the route needs no key."""

    method: str
    path: str
    scope: str | None
    summary: str
    group: str


def routes() -> list[Route]:
    """Return every route of the API, in the order in which the application mounts them."""
    with tempfile.TemporaryDirectory() as folder:
        application = create_application(local_runtime(Settings(data_folder=Path(folder))))
        return list(_routes_of(application))


def _routes_of(application: FastAPI) -> Iterator[Route]:
    for context in iter_route_contexts(application.routes):
        route = context.original_route
        if not isinstance(route, APIRoute) or context.path is None:
            continue
        group = str((context.tags or route.tags)[0])
        for method in sorted(route.methods or ()):
            yield Route(method, context.path, _scope_of(route), _summary_of(route), group)


def _scope_of(route: APIRoute) -> str | None:
    calls = (dependency.call for dependency in route.dependant.dependencies)
    return next((call.scope.value for call in calls if isinstance(call, Authorised)), None)


def _summary_of(route: APIRoute) -> str:
    """Return the function's name as words, followed by the first paragraph of its docstring."""
    name = route.summary or route.name.strip("_").replace("_", " ").capitalize()
    return " ".join([f"{name}.", *route.description.partition("\n\n")[0].split()])


def routes_page() -> str:
    """Return the page of routes, one table per resource."""
    found = routes()
    groups = list(dict.fromkeys(route.group for route in found))
    parts = [_ROUTES_HEAD]
    for group in groups:
        rows = [
            (f"`{route.method}`", f"`{route.path}`", route.scope or "none", route.summary)
            for route in found
            if route.group == group
        ]
        head = ("method", "path", "scope", "what it does")
        parts.append(f"\n## {group[0].upper()}{group[1:]}\n\n{_table(head, rows)}")
    return "".join([*parts, _UNBUILT_HEAD, _unbuilt_table()])


def _unbuilt_table() -> str:
    listed = [
        (route, prefix)
        for routes, prefix in ((unbuilt_routes(), API_PREFIX), (unbuilt_root_routes(), ""))
        for route in routes
    ]
    rows = [
        (
            f"`{route.method}`",
            f"`{prefix}{route.path}`",
            "any" if route.needs_key else "none",
            f"`{route.feature}`: {SUBJECTS[route.feature]} not built yet.",
        )
        for route, prefix in listed
    ]
    return _table(("method", "path", "scope", "feature"), rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)
