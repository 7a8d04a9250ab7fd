"""The last tests of this folder: every method was called, and the table in the documentation is current."""

import os
from pathlib import Path

import pytest

from tests.clients.either_client import CALL_LOG, MODES, methods_in_scope

pytestmark = pytest.mark.slow

TABLE = Path(__file__).parents[2] / "docs" / "client-methods.md"

HEAD = """# Methods of the official client

This table lists every method of `videovector==2.0.0` whose routes this server implements. The tests in
`tests/clients` call each method over HTTP against a running server, with the sync and the async client.
They write this page (`UPDATE_DOCS=1 .venv/bin/python -m pytest -m slow tests/clients`), and each run
compares it with the results.

| method | route | sync | async |
| --- | --- | --- | --- |
"""


def test_every_method_was_called_in_both_modes() -> None:
    missing = [
        (name, mode) for name in methods_in_scope() for mode in MODES if (name, mode) not in CALL_LOG.passed
    ]
    assert missing == []


def test_table_is_up_to_date() -> None:
    table = HEAD + "".join(f"{row}\n" for row in map(_row, sorted(methods_in_scope())))
    if os.environ.get("UPDATE_DOCS"):
        TABLE.write_text(table)
    assert TABLE.read_text() == table


def _row(name: str) -> str:
    routes = "<br>".join(f"`{route}`" for route in sorted(CALL_LOG.routes[name]))
    results = [
        {True: "passes", False: "fails", None: "not called"}[CALL_LOG.passed.get((name, m))] for m in MODES
    ]
    return f"| `{name}` | {routes} | {' | '.join(results)} |"
