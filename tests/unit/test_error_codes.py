"""Tests that the page of errors has every error code of the product, with the status of its class."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from shared.cli.reference.errors_page import ENTRIES, errors_page
from shared.domain import errors
from shared.domain.connectors.store_problem import StoreProblem
from shared.domain.errors import DomainError
from shared.http.errors import STATUS

REPOSITORY = Path(__file__).parents[2]
CODE_FIELDS = {"code", "error_code", "failure_code"}
WARNINGS = {"MediaWarning"}
"""Calls whose codes are warnings of media: docs/media.md has them."""

CODE = re.compile(r"code = |code=|def _code\b")
CONSTANT = re.compile(r'^([A-Z_]+): Final = "(\w+)"$', re.MULTILINE)
ENTRY_OF = {entry.code: entry for entry in ENTRIES}

PATTERNS = [re.compile(re.sub(r"<\w+>", ".+", code)) for code in ENTRY_OF if "<" in code]


class Use(NamedTuple):
    """A code in the source. ``kind`` is the class that carries it, or an empty text."""

    code: str
    kind: str
    place: str


@cache
def uses() -> list[Use]:
    paths = [path for room in ("shared", "functions") for path in (REPOSITORY / room).rglob("*.py")]
    sources = {path: path.read_text() for path in paths if "cli" not in path.parts}
    constants = dict(pair for text in sources.values() for pair in CONSTANT.findall(text))
    trees = {path: ast.parse(text) for path, text in sources.items() if CODE.search(text)}
    return [
        use
        for path, tree in trees.items()
        for use in uses_in(tree, path, constants | dict(CONSTANT.findall(sources[path])))
    ]


def uses_in(tree: ast.Module, path: Path, constants: dict[str, str]) -> Iterator[Use]:
    place = str(path.relative_to(REPOSITORY))
    for node in ast.walk(tree):
        for kind, value in code_values(node):
            yield from (Use(code, kind, place) for code in texts_of(value, constants))


def code_values(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Yield the expressions that become codes at a node, each with the class that carries it."""
    match node:
        case ast.Call(func=func, keywords=keywords):
            kind = ast.unparse(func).rpartition(".")[2]
            if kind not in WARNINGS:
                yield from ((kind, each.value) for each in keywords if each.arg in CODE_FIELDS)
        case ast.ClassDef(name=name, body=body):
            for each in body:
                match each:
                    case ast.Assign(targets=[ast.Name("code")], value=value):
                        yield name, value
        case ast.Assign(targets=[ast.Attribute(attr=attribute)], value=value) if attribute in CODE_FIELDS:
            yield "", value
        case ast.FunctionDef(name="_code", body=body):
            returned = (each.value for each in ast.walk(ast.Module(body, [])) if isinstance(each, ast.Return))
            yield from (("", value) for value in returned if value is not None)


def texts_of(value: ast.expr, constants: dict[str, str]) -> Iterator[str]:
    """Yield the texts that an expression may have; a part that varies is ``<>``."""
    match value:
        case ast.Constant(str(text)) if text:
            yield text
        case ast.Name(name) if name in constants and name.isupper():
            yield constants[name]
        case ast.IfExp(body=body, orelse=orelse):
            yield from texts_of(body, constants)
            yield from texts_of(orelse, constants)
        case ast.JoinedStr(values=parts):
            yield "".join(part.value if isinstance(part, ast.Constant) else "<>" for part in parts)  # type: ignore[misc]


def documented(code: str) -> bool:
    """Whether the page has a code, or a pattern of codes with the same words."""
    if code == "connector_<>":
        return all(f"connector_{problem}" in ENTRY_OF for problem in StoreProblem)
    return code in ENTRY_OF or any(pattern.fullmatch(code) for pattern in PATTERNS)


def test_search_finds_codes_of_every_form() -> None:
    found = {use.code for use in uses()}
    assert len(found) > 90
    assert {"rate_limit_exceeded", "storage_full", "too_many_open_streams", "model_rate_limited"} <= found
    assert {"resource_<>_not_found", "all_files_failed", "connector_<>", "model_http_<>"} <= found


def test_every_error_code_has_cause_and_cure() -> None:
    assert sorted({f"{use.code} ({use.place})" for use in uses() if not documented(use.code)}) == []
    page = errors_page()
    for entry in ENTRIES:
        assert page.count(f"### `{entry.code}`\n") == 1
        assert entry.cause.endswith("."), entry.code
        assert entry.cure.endswith("."), entry.code


def test_every_entry_is_code_of_product() -> None:
    source = "\n".join(
        path.read_text()
        for room in ("shared", "functions")
        for path in (REPOSITORY / room).rglob("*.py")
        if "cli" not in path.parts
    )
    built = {"upload_link_invalid", "upload_link_expired", *(f"connector_{each}" for each in StoreProblem)}
    fixed = {code for code in ENTRY_OF if "<" not in code} - built
    assert sorted(code for code in fixed if f'"{code}"' not in source) == []


def test_statuses_are_those_of_error_classes() -> None:
    wrong = []
    for use in uses():
        kind = getattr(errors, use.kind, None)
        if not (isinstance(kind, type) and issubclass(kind, DomainError)) or not documented(use.code):
            continue
        status = next((STATUS[each] for each in kind.__mro__ if each in STATUS), None)
        entry = ENTRY_OF.get(use.code)
        if entry is not None and status is not None and status not in entry.statuses:
            wrong.append(f"{use.code}: {status}, not {entry.statuses} ({use.place})")
    assert sorted(set(wrong)) == []


def test_settings_in_generated_pages_exist() -> None:
    from shared.cli.reference.limits_page import limits_page
    from shared.settings import Settings

    rows = [line for line in limits_page().splitlines() if line.startswith("| ")]
    named = {name for row in rows for name in re.findall(r"`([a-z_]+)`", row.split("|")[-2])}
    assert len(named) > 25
    assert named <= set(Settings.model_fields)
