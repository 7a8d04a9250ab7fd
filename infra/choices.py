"""What was chosen, on the command line or in ``cdk.json``; what is not known is refused by its name."""

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

_LIKE_A_CHOICE: Final = re.compile(r"[A-Za-z_][\w-]*")
"""The CDK's own context, and what it looks up in an account, have ``:``, ``/`` or ``@`` in their names."""


class UnknownChoice(ValueError):
    """The text names it."""


def project() -> dict[str, Any]:
    """The context of ``cdk.json``, the CDK's own flags among it."""
    context: dict[str, Any] = json.loads(PROJECT_FILE.read_text(encoding="utf-8"))["context"]
    return context


def parser(program: str, description: str) -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog=program, description=description)
    made.add_argument(
        "-c", "--context", action="append", default=[], metavar="NAME=VALUE", help="see docs/aws-guide.md"
    )
    return made


def split(given: Sequence[str]) -> dict[str, str]:
    """Of ``name=value`` each. Raises: UnknownChoice, for one without a value too."""
    chosen = {}
    for each in given:
        name, separator, value = each.partition("=")
        if not separator:
            raise UnknownChoice(f"{each!r} is no choice: write it as name=value")
        chosen[name] = value
    refuse_unknown(chosen)
    return chosen


def refuse_unknown(names: Iterable[str]) -> None:
    """A name that nobody reads would be a wish that is silently not heard. Raises: UnknownChoice."""
    for name in names:
        if name not in Configuration.model_fields and _LIKE_A_CHOICE.fullmatch(name):
            alike = difflib.get_close_matches(name, Configuration.model_fields, n=1)
            hint = f" Is {alike[0]} meant?" if alike else ""
            there = ", ".join(Configuration.model_fields)
            raise UnknownChoice(f"there is no choice {name!r}.{hint} There are {there}")


def described(error: ValidationError) -> str:
    """A line a choice that cannot be deployed."""
    lines = []
    for problem in error.errors(include_url=False):
        name = ".".join(map(str, problem["loc"]))
        said = problem["msg"].removeprefix("Value error, ")
        lines.append(f"{name}={problem['input']}: {said}" if name else said)
    return "\n".join(lines)
