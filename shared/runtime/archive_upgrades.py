"""Log lines for the progress of an archive's upgrade."""

import logging
import time
from typing import Final

from shared.services.maintenance.archive_format import Report, current_format

_LOG_EVERY_SECONDS: Final = 2.0

log = logging.getLogger(__name__)


def logged_progress() -> Report:
    """Build a callback that logs progress every two seconds. It logs warnings, because commands that do not
    configure logging show only these."""
    last = 0.0

    def report(done: int, total: int) -> None:
        nonlocal last
        if done == total or time.monotonic() - last >= _LOG_EVERY_SECONDS:
            last = time.monotonic()
            log.warning("Upgrading the archive to format %d: %d of %d done.", current_format(), done, total)

    return report
