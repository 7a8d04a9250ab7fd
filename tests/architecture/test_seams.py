"""Layers pass typed objects: no free keyword arguments into state, and no mappings as targets."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.product_copy import REPOSITORY

_SERVICES_AND_ROUTES: Final = ("shared/services", "functions/api")
_MAPPINGS: Final = ("dict[", "Mapping[", "Any")


def _functions(source: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def free_keyword_arguments(source: str) -> list[str]:
    """Functions that take ``**name: Any``."""
    return [
        function.name
        for function in _functions(source)
        if (kwargs := function.args.kwarg) and kwargs.annotation and "Any" in ast.unparse(kwargs.annotation)
    ]


def untyped_targets(source: str) -> list[str]:
    """Functions with a parameter called ``target`` that is a mapping or Any."""
    return [
        function.name
        for function in _functions(source)
        for argument in (*function.args.args, *function.args.kwonlyargs)
        if argument.arg == "target"
        and argument.annotation
        and any(part in ast.unparse(argument.annotation) for part in _MAPPINGS)
    ]


def _sources() -> Iterator[tuple[str, str]]:
    for top in _SERVICES_AND_ROUTES:
        for path in sorted((REPOSITORY / top).rglob("*.py")):
            if path.parent.name != "gateway":  # its tracer implements an interface of Powertools
                yield str(path.relative_to(REPOSITORY)), path.read_text(encoding="utf-8")


@pytest.mark.parametrize("rule", [free_keyword_arguments, untyped_targets])
def test_no_function_between_routes_and_records_is_untyped(rule: object) -> None:
    assert callable(rule)
    assert [(path, found) for path, source in _sources() if (found := rule(source))] == []


def test_rules_report_each_violation() -> None:
    source = (
        "def note(self, **changes: Any) -> None: ...\nasync def run(target: Mapping[str, Any]) -> None: ..."
    )
    assert free_keyword_arguments(source) == ["note"]
    assert untyped_targets(source) == ["run"]


def test_rules_apply_to_all_sources() -> None:
    assert len(list(_sources())) > 100
    assert Path(REPOSITORY / "pyproject.toml").is_file()
