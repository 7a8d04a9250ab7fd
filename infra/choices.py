"""Deployment choices from the command line and ``cdk.json``. Unknown names are refused."""

import argparse
import difflib
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from infra.configuration import Configuration

PROJECT_FILE: Final = Path(__file__).parent.parent / "cdk.json"

_CHOICE_NAME: Final = re.compile(r"[A-Za-z_][\w-]*")
"""Pattern of a choice's name. The CDK's own context keys, and the keys of values that the CDK looks up in an
account, contain ``:``, ``/`` or ``@``."""


class UnknownChoice(ValueError):
    """A choice that does not exist. The message names it."""


def project_context() -> dict[str, Any]:
    """Read the context of ``cdk.json``, which includes the CDK's own feature flags."""
    context: dict[str, Any] = json.loads(PROJECT_FILE.read_text(encoding="utf-8"))["context"]
    return context


def argument_parser(program: str, description: str) -> argparse.ArgumentParser:
    """Make the parser of the option ``-c NAME=VALUE``, which may be repeated."""
    parser = argparse.ArgumentParser(prog=program, description=description)
    parser.add_argument(
        "-c",
        "--context",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="deployment choice; docs/aws-guide.md lists them",
    )
    return parser


def parse_choices(given: Sequence[str]) -> dict[str, str]:
    """Parse items of the form ``name=value``. Raises: UnknownChoice, also for an item without a value."""
    chosen = {}
    for each in given:
        name, separator, value = each.partition("=")
        if not separator:
            raise UnknownChoice(f"{each!r} is not a choice: write it as name=value")
        chosen[name] = value
    check_known(chosen)
    return chosen


def check_known(names: Iterable[str]) -> None:
    """Refuse a misspelt choice, which would otherwise be silently ignored. Raises: UnknownChoice."""
    for name in names:
        if name not in Configuration.model_fields and _CHOICE_NAME.fullmatch(name):
            alike = difflib.get_close_matches(name, Configuration.model_fields, n=1)
            hint = f" Did you mean {alike[0]}?" if alike else ""
            known = ", ".join(Configuration.model_fields)
            raise UnknownChoice(f"Unknown choice {name!r}.{hint} Choices: {known}")


def describe_errors(error: ValidationError) -> str:
    """Describe each invalid choice in one line."""
    lines = []
    for problem in error.errors(include_url=False):
        name = ".".join(map(str, problem["loc"]))
        message = problem["msg"].removeprefix("Value error, ")
        lines.append(f"{name}={problem['input']}: {message}" if name else message)
    return "\n".join(lines)
