"""Files that describe a deployment to a command: ``NAME=value`` lines, as an operator exports them."""

import shlex
import sys
from pathlib import Path
from typing import Final, NoReturn

import typer

from shared.runtime.archive_copy.places import Deployment
from shared.settings import Settings

SUFFIX: Final = ".env"
"""End of the name of a deployment's file. Any other path is a data folder."""

_PREFIX: Final = "VIDEOVECTOR_SERVER_"
_SETTINGS: Final = ("records_table", "media_bucket", "encryption_key_arn")
_REGION: Final = "AWS_REGION"
_PROFILE: Final = "AWS_PROFILE"
_REQUIRED: Final = (*(f"{_PREFIX}{name.upper()}" for name in _SETTINGS), _REGION)


def read_deployment(path: Path, settings: Settings) -> Deployment:
    """Read a file. Its values replace those of ``settings``, and no value comes from the environment.

    A file that cannot be read, lacks a name or has an unknown one ends the command. The message has no value.
    """
    found = _read(path)
    if missing := [name for name in _REQUIRED if not found.get(name)]:
        _end(f"{path} does not set {', '.join(missing)}.")
    if unknown := sorted(found.keys() - {*_REQUIRED, _PROFILE}):
        _end(f"{path} sets {', '.join(unknown)}, which has no effect there. Credentials belong in a profile.")
    values = {name: found[f"{_PREFIX}{name.upper()}"] for name in _SETTINGS}
    return Deployment(settings.model_copy(update=values), found[_REGION], found.get(_PROFILE) or None)


def _read(path: Path) -> dict[str, str]:
    try:
        words = shlex.split(path.read_text(encoding="utf-8"), comments=True)
    except OSError as error:
        _end(f"{path} cannot be read: {error.strerror}.")
    except ValueError:
        _end(f"{path} is not a file of NAME=value lines.")
    pairs = [word.partition("=") for word in words if word != "export"]
    if any(not separator for _, separator, _ in pairs):
        _end(f"{path} is not a file of NAME=value lines.")
    return {name: value for name, _, value in pairs}


def _end(message: str) -> NoReturn:
    print(message, file=sys.stderr)
    raise typer.Exit(1)
