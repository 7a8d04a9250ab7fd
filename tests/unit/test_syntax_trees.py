"""A test may parse source while another thread does, whatever the interpreter's version."""

import ast
import gc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from traceback import extract_stack

import pytest

from tests import syntax_trees

SOURCE = Path(ast.__file__).read_text(encoding="utf-8")


@pytest.fixture
def eager_collector() -> Iterator[None]:
    before = gc.get_threshold()
    gc.collect()
    gc.set_threshold(200)
    yield
    gc.set_threshold(*before)


class Garbage:
    """Part of a cycle, so that only the collector removes it. It tells from which files that happened."""

    def __init__(self, removed: list[set[str]]) -> None:
        self.cycle, self.removed = self, removed

    def __del__(self) -> None:
        self.removed.append({frame.filename for frame in extract_stack()})


@pytest.mark.usefixtures("eager_collector")
def test_garbage_waits_until_source_is_parsed() -> None:
    removed: list[set[str]] = []
    Garbage(removed)
    ast.parse(SOURCE)
    assert gc.isenabled()
    gc.collect()
    assert len(removed) == 1
    assert ast.__file__ not in removed[0]


def test_other_threads_wait_until_source_is_parsed() -> None:
    free: list[bool] = []

    class Filename:
        def __fspath__(self) -> str:  # called by the parser
            with ThreadPoolExecutor(1) as other:
                free.append(other.submit(syntax_trees._PARSING.acquire, blocking=False).result())
            return "made_up.py"

    ast.parse("pass", Filename())
    assert free == [False]
    with ThreadPoolExecutor(1) as other:
        assert other.submit(ast.parse, "pass").result().body
