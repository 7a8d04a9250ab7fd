"""The ``openapi`` command: the API's description, generated from the routes."""

import json
import shlex
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from functions.api.application import create_application
from shared.cli.invocation import invocation
from shared.runtime.local import local_runtime
from shared.settings import Settings

_METHODS: Final = ("post", "get", "put", "patch", "delete")


def openapi(
    check: Annotated[
        Path | None, typer.Option(help="Fail if this file differs from the generated document.")
    ] = None,
) -> None:
    """Print the OpenAPI document."""
    document = generate()
    if check is None:
        sys.stdout.write(document)
        return
    if not check.is_file() or check.read_text(encoding="utf-8") != document:
        command = f"{invocation('openapi')} > {shlex.quote(str(check))}"
        print(f"{check} is out of date: {command}", file=sys.stderr)
        raise typer.Exit(1)


def generate() -> str:
    """Generate the document. The text does not depend on the order in which routes are registered."""
    with tempfile.TemporaryDirectory() as folder:
        application = create_application(local_runtime(Settings(data_folder=Path(folder))))
        document: dict[str, Any] = application.openapi()
    document["paths"] = {path: _in_order(document["paths"][path]) for path in sorted(document["paths"])}
    schemas = document["components"]["schemas"]
    document["components"]["schemas"] = dict(sorted(schemas.items()))
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _in_order(operations: dict[str, Any]) -> dict[str, Any]:
    return dict(sorted(operations.items(), key=lambda operation: _METHODS.index(operation[0])))
