"""The reference page of commands, generated from the command line and the Makefile."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

MAKEFILE: Final = Path(__file__).parents[3] / "Makefile"
_HEAD: Final = """\
# Commands

Run a command in the project's folder as `.venv/bin/python -m shared.cli COMMAND`. `--help` after a command
shows the same as this page. `make` targets install what they need first.
`.venv/bin/python -m shared.cli documentation` generates this page from the commands and the Makefile.
"""
_TARGET: Final = re.compile(r"^([a-z][a-z-]*):[^#\n]*## (.*)$", re.MULTILINE)


def commands_page(root: object) -> str:
    """Return the page of commands: one section a command of the group ``root``, and the make targets."""
    sections = "".join(_section(name, command) for name, command in commands_of(root))
    return f"{_HEAD}{sections}\n## Make targets\n\n{_targets(MAKEFILE.read_text(encoding='utf-8'))}"


def commands_of(command: object, prefix: str = "") -> Iterator[tuple[str, TyperCommand]]:
    """Yield every command of a group, and of the groups in it, with its full name."""
    match command:
        case TyperGroup():
            for name, child in command.commands.items():
                yield from commands_of(child, f"{prefix} {name}".strip())
        case TyperCommand():
            yield prefix, command


def _section(name: str, command: TyperCommand) -> str:
    text = " ".join((command.help or "").split())
    rows = "".join(f"| {usage} | {description} |\n" for usage, description in _parameters(command))
    table = f"\n| option | description |\n| --- | --- |\n{rows}" if rows else ""
    return f"\n## `{name}`\n\n{text}\n{table}"


def _parameters(command: TyperCommand) -> Iterator[tuple[str, str]]:
    for each in command.params:
        match each:
            case TyperOption():
                names = ", ".join(f"`{name}`" for name in [*each.opts, *each.secondary_opts])
                yield names, _description(each.help, each.default)
            case TyperArgument():
                yield f"`{(each.name or '').upper()}`", _description(each.help, None)


def _description(text: str | None, default: object) -> str:
    words = _cell((text or "").replace("``", "`"))
    return words if default in (None, False, ()) else f"{words} Default: `{default}`."


def _targets(makefile: str) -> str:
    rows = sorted(f"| `make {name}` | {_cell(text)} |\n" for name, text in _TARGET.findall(makefile))
    return "| target | what it does |\n| --- | --- |\n" + "".join(rows)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
