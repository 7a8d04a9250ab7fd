"""Settings of a command: environment variables, overridden by command-line options."""

import sys
from typing import Any

import typer
from pydantic import ValidationError

from shared.settings import Settings


def configured(**given: Any) -> Settings:
    """Read the settings, overridden by ``given``; None does not override. An invalid environment variable
    ends the command, with a line that names it."""
    chosen = {name: value for name, value in given.items() if value is not None}
    return _from_environment().model_copy(update=chosen)


def _from_environment() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        prefix = Settings.model_config["env_prefix"].upper()
        for problem in error.errors():
            print(f"{prefix}{str(problem['loc'][0]).upper()}: {problem['msg']}.", file=sys.stderr)
        raise typer.Exit(1) from None
