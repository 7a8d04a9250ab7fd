"""Isolation of logging. Handlers configure the logging of the process, which all tests share."""

import logging
import sys
from collections.abc import Iterator
from typing import Final

import pytest

_LOGGERS: Final = ("functions", "shared", "mangum")


class _StandardOutput:
    """A stream to the standard output at the time of each write."""

    def write(self, text: str) -> int:
        return sys.stdout.write(text)

    def flush(self) -> None:
        sys.stdout.flush()


@pytest.fixture(autouse=True)
def isolated_logging() -> Iterator[None]:
    """Restore the loggers that a handler configures, and redirect its own logger to the current test.

    Powertools finds the logger of a handler again by name, with the stream of an earlier test.
    """
    before = {name: (logging.getLogger(name).handlers, logging.getLogger(name).level) for name in _LOGGERS}
    yield
    for name, (handlers, level) in before.items():
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = handlers, True
        logger.setLevel(level)
    for name in [name for name in logging.root.manager.loggerDict if name.startswith("api-")]:
        for handler in logging.getLogger(name).handlers:
            if isinstance(handler, logging.StreamHandler):
                handler.stream = _StandardOutput()
