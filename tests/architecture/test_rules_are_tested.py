"""Every module that holds a rule has a unit test.

A module holds a rule if it takes enough decisions: branches, loops, cases, alternatives and handled errors.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.product_copy import REPOSITORY

ROOMS: Final = ("domain", "http", "media", "models", "services", "ports")

FEWEST_DECISIONS: Final = 10
FEWEST_DECISIONS_OF_DOMAIN: Final = 2
"""Rules are the domain's only content, so that a small module of it counts too."""

DECISIONS: Final = (
    *(ast.If, ast.IfExp, ast.match_case, ast.BoolOp),
    *(ast.For, ast.AsyncFor, ast.While, ast.comprehension),
    *(ast.Try, ast.TryStar),
)


def test_modules_with_rules_have_unit_tests() -> None:
    assert sorted(_without_test()) == []


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("if a:\n    b\nelif c:\n    d\nelse:\n    e", 2),
        ("for a in b:\n    while c:\n        d", 2),
        ("match a:\n    case 1:\n        b\n    case _:\n        c", 2),
        ("a = b if c else d", 1),
        ("a = [b for b in c for d in b if d]", 2),
        ("try:\n    a\nexcept KeyError:\n    b\nexcept OSError:\n    c", 1),
        ("a = b and c or d", 2),
        ("a = b\nassert a\n", 0),
    ],
)
def test_decisions_are_counted(source: str, count: int) -> None:
    assert _decisions(source) == count


@pytest.mark.parametrize(
    ("source", "module"),
    [
        ("from shared.domain.keys import Key", "shared.domain.keys"),
        ("from shared.domain import clock, keys", "shared.domain.keys"),
        ("def test() -> None:\n    from shared.domain import keys", "shared.domain.keys"),
    ],
)
def test_both_forms_of_import_count(source: str, module: str) -> None:
    assert module in set(_imports(source))
    assert "shared.domain.ids" not in set(_imports(source))


def _without_test() -> frozenset[str]:
    """Return the modules that hold a rule and that no test module under tests/unit imports."""
    tests = (REPOSITORY / "tests" / "unit").rglob("test_*.py")
    imported = {name for test in tests for name in _imports(test.read_text("utf-8"))}
    return frozenset(_modules_with_rules()) - imported


def _modules_with_rules() -> Iterator[str]:
    for room in ROOMS:
        fewest = FEWEST_DECISIONS_OF_DOMAIN if room == "domain" else FEWEST_DECISIONS
        for path in (REPOSITORY / "shared" / room).rglob("*.py"):
            if _decisions(path.read_text("utf-8")) >= fewest:
                yield _module_name(path)


def _module_name(path: Path) -> str:
    parts = path.relative_to(REPOSITORY).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


def _decisions(source: str) -> int:
    return sum(isinstance(node, DECISIONS) for node in ast.walk(ast.parse(source)))


def _imports(source: str) -> Iterator[str]:
    """Yield each module of a from-import, and each name in it, which may be a module too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
