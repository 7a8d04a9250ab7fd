"""The progress of an upgrade, in the log."""

import logging
import time
from typing import Final

from shared.services.archive_format import Report, current_format

_LOG_EVERY_SECONDS: Final = 2.0

log = logging.getLogger(__name__)


def logged_progress() -> Report:
    """Log one line every two seconds. It is a warning, so that commands without a log set-up show it."""
    last = 0.0

    def report(done: int, total: int) -> None:
        nonlocal last
        if done == total or time.monotonic() - last >= _LOG_EVERY_SECONDS:
            last = time.monotonic()
            log.warning("Upgrading the archive to format %d: %d of %d done.", current_format(), done, total)

    return report
