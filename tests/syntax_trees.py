"""Syntax trees that Python parses one at a time, without a collection of garbage in between.

Before 3.11.8, Python counts the depth of the tree in a place that all threads share. When another thread, or
a finalizer that the collector runs, parses at the same time, ``ast.parse`` raises ``SystemError: AST
constructor recursion depth mismatch`` (https://github.com/python/cpython/issues/106905). Hypothesis parses
the sources of lambdas in the middle of a test, and pytest those of a traceback, while servers of tests have
threads.
"""

import ast
import gc
from functools import wraps
from threading import RLock
from typing import Any, Final

_PARSING: Final = RLock()


def parse_one_at_a_time() -> None:
    """Let ``ast.parse`` of this process run in one thread at a time, and the collector wait for it."""
    if hasattr(ast.parse, "__wrapped__"):
        return
    parse = ast.parse

    @wraps(parse)
    def parsed(*args: Any, **options: Any) -> Any:
        with _PARSING:
            collects = gc.isenabled()
            gc.disable()
            try:
                return parse(*args, **options)
            finally:
                if collects:
                    gc.enable()

    ast.parse = parsed
