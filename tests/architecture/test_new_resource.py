"""The worked example of a new resource is complete and touches at most fifteen files."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.product_copy import REPOSITORY, ProductCopy

MOST_FILES: Final = 15
_BLOCK: Final = re.compile(
    r"^### (?P<place>New|At the end|After the first `(?P<anchor>[^`]+)`): `(?P<path>[^`]+)`\n\n"
    r"```python\n(?P<code>.*?)```$",
    re.MULTILINE | re.DOTALL,
)
GENERATED: Final = {"docs/openapi.json", "docs/routes.md", "docs/aws-permissions.md"}


@dataclass(frozen=True)
class Block:
    place: str
    anchor: str | None
    path: str
    code: str


def blocks() -> list[Block]:
    text = (REPOSITORY / "docs" / "new-resource.md").read_text(encoding="utf-8")
    return [Block(**found.groupdict()) for found in _BLOCK.finditer(text)]


def listed_files() -> list[str]:
    text = (REPOSITORY / "docs" / "architecture.md").read_text(encoding="utf-8")
    return re.findall(r"^\| `([^`]+)` \|", text.partition("## A new resource")[2], re.MULTILINE)


def apply(product: ProductCopy) -> None:
    """Apply every code block of the worked example to the copy."""
    for block in blocks():
        target = product.folder / block.path
        if block.place == "New":
            assert not target.exists(), block.path
            product.append(block.path, block.code)
        elif block.anchor is None:
            product.append(block.path, block.code)
        else:
            before, anchor, after = target.read_text(encoding="utf-8").partition(f"{block.anchor}\n")
            assert anchor, f"{block.path} has no line {block.anchor!r}"
            target.write_text(before + anchor + block.code + after, encoding="utf-8")


def test_new_resource_touches_at_most_fifteen_files() -> None:
    listed = listed_files()
    assert len(listed) == len(set(listed)) <= MOST_FILES
    assert set(listed) == {block.path for block in blocks()} | GENERATED


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> ProductCopy:
    """A copy of the product with the resource added and every generated page regenerated."""
    product = ProductCopy(tmp_path_factory.mktemp("new-resource") / "product")
    apply(product)
    description = product.python("-m", "shared.cli", "openapi")
    assert description.returncode == 0, description.stderr
    (product.folder / "docs" / "openapi.json").write_text(description.stdout, encoding="utf-8")
    done = product.python("-m", "shared.cli", "documentation")
    assert done.returncode == 0, done.stderr
    return product


@pytest.mark.slow
def test_new_resource_keeps_order_of_rooms(product: ProductCopy) -> None:
    assert product.broken_contracts() == []


@pytest.mark.long
def test_new_resource_passes_types_and_lint(product: ProductCopy) -> None:
    ours = sorted(path for path in listed_files() if path.endswith(".py"))
    for command in (["-m", "ruff", "check", *ours], ["-m", "mypy", "--no-incremental", *ours]):
        done = product.python(*command)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.long
def test_new_resource_passes_its_tests_and_route_suites(product: ProductCopy) -> None:
    _run_tests(
        product,
        "tests/unit/services/library/test_labels.py",
        "tests/api/test_labels.py",
        "tests/robustness/test_scopes.py",
        "tests/robustness/test_isolation.py",
    )


@pytest.mark.long
def test_new_resource_passes_stack_checks_and_edits_no_other_file(product: ProductCopy) -> None:
    done = product.python("-m", "infra.permissions_table")
    assert done.returncode == 0, done.stderr
    _run_tests(product, "tests/infra/test_functions.py", "tests/infra/test_permissions.py")
    assert set(_changed_files(product.folder)) == set(listed_files())


def _run_tests(product: ProductCopy, *files: str) -> None:
    done = product.python("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:schemathesis", *files)
    assert done.returncode == 0, done.stdout[-5000:]


def _changed_files(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        name = path.relative_to(folder)
        if path.is_dir() or "__pycache__" in name.parts or any(part.startswith(".") for part in name.parts):
            continue
        original = REPOSITORY / name
        if not original.is_file() or original.read_bytes() != path.read_bytes():
            yield str(name)
