"""The log of a process, as text or as JSON."""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Any, Final

from shared.domain import correlation

_TEXT: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_CONTROLS: Final = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029]")


class TextFormatter(logging.Formatter):
    """One line of text a record, with a traceback below it if there is one. Control characters and line ends
    of a message are escaped, so that no name of a file begins a line of its own."""

    def __init__(self) -> None:
        super().__init__(_TEXT)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name in the base class
        line = super().formatMessage(record)
        return _CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode(), line)


class JsonFormatter(logging.Formatter):
    """One JSON object a line: ``time`` in UTC, ``level``, ``logger``, ``message``; ``request_id`` if the line
    belongs to a request, and ``exception`` with its traceback if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := correlation.request_id():
            line["request_id"] = request_id
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)  # ASCII: some readers end lines at U+2028 too


def log_to_stderr(level: str, log_format: str) -> None:
    """Log to standard error. Standard output is for the lines that a shell evaluates."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if log_format == "json" else TextFormatter())
    logging.basicConfig(level=level.upper(), handlers=[handler])
    for name in ("httpx", "httpcore"):  # they log whole URLs and headers, with tokens
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in ("uvicorn", "faster_whisper"):  # their lines tell nothing that users need
        logging.getLogger(name).setLevel(logging.WARNING)
