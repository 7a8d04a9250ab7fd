"""Detection of tests that assert an absolute time, in the syntax tree of their source.

A duration is the difference of two readings of a clock, an ``elapsed``, or a name, attribute or list that is
derived from one in the same module. A floor that is measured in the same run is a duration too. A comparison
of two durations is a ratio and is allowed. So is a lower bound, since a slow machine cannot break it.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_CLOCKS: Final = re.compile(r"^(monotonic|perf_counter|process_time|thread_time|time)(_ns)?$")
_DURATION_NAME: Final = re.compile(r"(^|_)(elapsed|took|milliseconds)(_|$)")
_LONGEST_POLL: Final = 5
"""Seconds from which a literal timeout counts as the end of a hung test, which must be ``HANG_TIMEOUT``."""

_WAITS: Final = frozenset({"wait", "join", "communicate"})
_SENDERS: Final = frozenset(
    {"Client", "AsyncClient", "get", "post", "put", "patch", "delete", "head", "options", "request", "stream"}
)
"""What of httpx sends requests."""


@dataclass(frozen=True, order=True)
class Violation:
    line: int
    rule: str


def violations(source: str) -> list[Violation]:
    """Return the places in ``source`` whose outcome depends on the speed of the machine."""
    tree = ast.parse(source)
    clocks = _Readings(tree)
    found = [*_bounds(tree, clocks), *_deadlines(tree), *_timeouts(tree), *_requests(tree)]
    return sorted(set(found))


def _bounds(tree: ast.Module, clocks: "_Readings") -> Iterator[Violation]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert):
            for part in ast.walk(node.test):
                if isinstance(part, ast.Compare) and any(
                    clocks.is_duration(smaller) and not clocks.is_duration(larger)
                    for smaller, larger in _ordered(part)
                ):
                    yield Violation(part.lineno, "a duration is compared with a number")


def _ordered(compare: ast.Compare) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield pairs of the smaller and the larger side."""
    sides = [compare.left, *compare.comparators]
    for operator, left, right in zip(compare.ops, sides, sides[1:], strict=False):
        if isinstance(operator, ast.Lt | ast.LtE):
            yield left, right
        elif isinstance(operator, ast.Gt | ast.GtE):
            yield right, left


def _deadlines(tree: ast.Module) -> Iterator[Violation]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for value in ast.walk(node.value):
                if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
                    sides = (value.left, value.right)
                    if any(map(_is_monotonic, sides)) and any(map(_is_number, sides)):
                        yield Violation(value.lineno, "a deadline is a number of seconds")


def _timeouts(tree: ast.Module) -> Iterator[Violation]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            given = [each.value for each in node.keywords if each.arg == "timeout"]
            if isinstance(node.func, ast.Attribute) and node.func.attr in _WAITS and len(node.args) == 1:
                given += node.args
            for value in given:
                if _is_number(value) and float(ast.literal_eval(value)) >= _LONGEST_POLL:
                    yield Violation(value.lineno, "a timeout is a number of seconds")


def _requests(tree: ast.Module) -> Iterator[Violation]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="httpx"), attr=called), keywords=given):
                # A transport within the process has no limit.
                limited = any(each.arg in ("timeout", "transport", None) for each in given)
                if called in _SENDERS and not limited:
                    yield Violation(node.lineno, "a request has the five seconds of httpx")


def _is_number(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, int | float)
        and not isinstance(node.value, bool)
    )


def _is_monotonic(node: ast.expr) -> bool:
    return _called(node) in {"monotonic", "perf_counter"}


def _called(node: ast.AST) -> str:
    """Return the last part of the called function's name, or an empty string if the node is no call."""
    if not isinstance(node, ast.Call):
        return ""
    return _name(node.func)


def _key(node: ast.Subscript) -> str:
    """Return ``milliseconds`` of ``measured["milliseconds"]``, or an empty string for any other key."""
    key = node.slice
    return key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else ""


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""


class _Readings:
    """The names in a module that stand for readings of a clock, and those that stand for durations."""

    def __init__(self, tree: ast.Module) -> None:
        self._moments: set[str] = set()
        self._durations: set[str] = set()
        known = -1
        while known != (known := len(self._moments) + len(self._durations)):  # until nothing new is derived
            for node in ast.walk(tree):
                self._learn(node)

    def is_duration(self, node: ast.expr) -> bool:
        """Return whether any part of the expression is a duration. A comparison, a truth value, is not."""
        if isinstance(node, ast.Compare | ast.Lambda):
            return False
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) and self._is_moment(node.left):
            return True
        name = _key(node) if isinstance(node, ast.Subscript) else _name(node)
        if name and (name in self._durations or _DURATION_NAME.search(name)):
            return True
        return any(
            self.is_duration(part) for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)
        )

    def _is_moment(self, node: ast.expr) -> bool:
        return any(
            _CLOCKS.match(_called(part)) is not None or _name(part) in self._moments
            for part in ast.walk(node)
        )

    def _learn(self, node: ast.AST) -> None:
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._assign(target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._assign(target, value)
            case ast.AugAssign(target=target, value=value) | ast.NamedExpr(target=target, value=value):
                self._assign(target, value)
            case ast.Call(func=ast.Attribute(attr="append" | "add", value=target), args=[value]):
                self._assign(target, value)
            case ast.FunctionDef(name=name, body=body):
                for part in (each for statement in body for each in ast.walk(statement)):
                    if isinstance(part, ast.Return) and part.value is not None and self._is_span(part.value):
                        self._durations.add(name)

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for one, its_value in zip(target.elts, value.elts, strict=False):
                self._assign(one, its_value)
        elif name := _name(target):
            if self._is_span(value):
                self._durations.add(name)
            elif _CLOCKS.match(_called(value)) or (
                isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add) and self._is_moment(value)
            ):
                self._moments.add(name)

    def _is_span(self, value: ast.expr) -> bool:
        return not isinstance(value, ast.Lambda) and self.is_duration(value)
