"""Handlers set up logging for their whole process, which tests share with others."""

import logging
import sys
from collections.abc import Iterator
from typing import Final

import pytest

_OURS: Final = ("functions", "shared", "mangum")


class _StandardOutput:
    """Wherever that leads at the time."""

    def write(self, text: str) -> int:
        return sys.stdout.write(text)

    def flush(self) -> None:
        sys.stdout.flush()


@pytest.fixture(autouse=True)
def isolated_logging() -> Iterator[None]:
    """Undo what a handler sets up; and let its logger, which is found again by name, write to this test."""
    before = {name: (logging.getLogger(name).handlers, logging.getLogger(name).level) for name in _OURS}
    yield
    for name, (handlers, level) in before.items():
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = handlers, True
        logger.setLevel(level)
    for name in [name for name in logging.root.manager.loggerDict if name.startswith("api-")]:
        for handler in logging.getLogger(name).handlers:
            if isinstance(handler, logging.StreamHandler):
                handler.stream = _StandardOutput()
