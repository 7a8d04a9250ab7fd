"""The log as JSON."""

import json
import logging
import sys
from contextvars import Context, copy_context
from typing import Any

from shared.domain import correlation
from shared.runtime.process.logs import JsonFormatter, TextFormatter
from tests.hostile_texts import TEXTS


def _line(message: str, *args: object, error: bool = False) -> dict[str, Any]:
    exc_info = None
    if error:
        try:
            raise ValueError("line 1\nline 2")
        except ValueError:
            exc_info = sys.exc_info()
    record = logging.LogRecord("shared.test", logging.WARNING, __file__, 1, message, args, exc_info)
    text = JsonFormatter().format(record)
    assert len(text.splitlines()) == 1
    line: dict[str, Any] = json.loads(text)
    return line


def test_line_has_time_in_utc_level_logger_and_message() -> None:
    line = Context().run(_line, "%s of\n%d", "one", 2)
    assert (line["level"], line["logger"], line["message"]) == ("WARNING", "shared.test", "one of\n2")
    assert line["time"].endswith("+00:00")
    assert not line.keys() & {"request_id", "exception"}


def test_exception_and_request_id_are_fields_of_one_line() -> None:
    def in_request() -> dict[str, Any]:
        correlation.enter("req_1")
        return _line("failed", error=True)

    line = copy_context().run(in_request)
    assert line["request_id"] == "req_1"
    assert line["exception"].endswith("ValueError: line 1\nline 2")


def test_no_message_makes_a_second_line() -> None:
    for text in TEXTS:
        assert _line("%s", text)["message"] == text
        record = logging.LogRecord("shared.test", logging.INFO, __file__, 1, "%s", (text,), None)
        assert len(TextFormatter().format(record).splitlines()) == 1
