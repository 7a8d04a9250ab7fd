"""Settings of a command: environment variables, overridden by command-line options."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from shared.settings import Settings


def named_folder(name: str) -> Path:
    """Return the folder that an option names. An empty name would be the current folder.

    Raises: typer.BadParameter.
    """
    if not name.strip():
        raise typer.BadParameter("The name of the folder is empty.")
    return Path(name)


DataFolder = Annotated[
    Path | None,
    typer.Option("--data", parser=named_folder, metavar="PATH", help="The server's data folder."),
]


def configured(
    *, host: str | None = None, port: int | None = None, data_folder: Path | None = None
) -> Settings:
    """Read the settings. An option that is None does not override its variable.

    An invalid variable ends the command with a line that names the variable.
    """
    # Some shells do not expand the tilde of ``make serve DATA=~/archive``.
    folder = data_folder.expanduser() if data_folder else None
    given = {"host": host, "port": port, "data_folder": folder}
    chosen = {name: value for name, value in given.items() if value is not None}
    return _from_environment().model_copy(update=chosen)


def require_records(settings: Settings, option: str = "--data") -> None:
    """End the command where the data folder has no records, so that a mistyped path creates nothing.
    ``option`` is the one that names the folder."""
    folder = settings.data_folder
    if not (folder / "records.sqlite").exists():
        print(
            f"There are no records in {folder}: no server has used this folder. "
            f"Name the data folder of the server with {option}.",
            file=sys.stderr,
        )
        raise typer.Exit(1)


def _from_environment() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        prefix = Settings.model_config["env_prefix"].upper()
        for problem in error.errors():
            name = str(problem["loc"][0])
            print(f"{prefix}{name.upper()}: {_reason(problem, name)}", file=sys.stderr)
        raise typer.Exit(1) from None


def _reason(problem: ErrorDetails, name: str) -> str:
    """Return why a variable is invalid. A setting's description is shown in place of a regular expression."""
    if problem["type"] == "string_pattern_mismatch":
        return f"The value is invalid. {Settings.model_fields[name].description}"
    return f"{problem['msg']}."
