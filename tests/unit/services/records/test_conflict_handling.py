"""Services outside ``records`` may raise VersionConflict but do not handle it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import shared.services

NAME = "VersionConflict"
SERVICES = Path(shared.services.__path__[0])


def handlings(source: str) -> Iterator[int]:
    """Find the lines that use the error other than to raise it: in ``except`` or ``suppress``, in a
    tuple of errors, in ``isinstance``, or under an alias."""
    tree = ast.parse(source)
    raised = {inner for node in ast.walk(tree) if isinstance(node, ast.Raise) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) if name == NAME and node not in raised:
                yield node.lineno
            case ast.alias(name=name, asname=str()) if name == NAME:
                yield node.lineno


def test_version_conflicts_are_handled_in_records_only() -> None:
    found = [
        f"{path.relative_to(SERVICES)}:{line}"
        for path in sorted(SERVICES.rglob("*.py"))
        if path.relative_to(SERVICES).parts[0] != "records"
        for line in handlings(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "handling",
    [
        "try:\n    work()\nexcept VersionConflict:\n    pass",
        "try:\n    work()\nexcept (Unavailable, VersionConflict) as error:\n    pass",
        "try:\n    work()\nexcept errors.VersionConflict:\n    pass",
        "with suppress(VersionConflict):\n    work()",
        "with suppress(*(() if alone else (VersionConflict,))):\n    work()",
        "retry = isinstance(error, VersionConflict)",
        "EXPECTED = (VersionConflict,)",
        "from shared.domain.errors import VersionConflict as Busy",
    ],
)
def test_check_finds_each_way_to_handle_conflicts(handling: str) -> None:
    assert list(handlings(handling))


def test_raising_conflict_is_allowed() -> None:
    source = "from shared.domain.errors import VersionConflict\n\nraise VersionConflict(key)"
    assert list(handlings(source)) == []


def test_records_handle_conflicts() -> None:
    source = (SERVICES / "records" / "transact.py").read_text(encoding="utf-8")
    assert list(handlings(source))
