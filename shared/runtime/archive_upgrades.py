"""An archive with all the upgrades that there are, and how far one is in the log."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Final

from shared.services.maintenance.archive_format import CURRENT, FIRST, Archive

if TYPE_CHECKING:
    from shared.ports.record_source import RecordSource
    from shared.services.maintenance.archive_format import Report
    from shared.services.records.documents import Documents

_SAY_EVERY_SECONDS: Final = 2.0

log = logging.getLogger(__name__)


def archive_in(documents: Documents, source: RecordSource) -> Archive:
    def from_1(report: Report) -> None:
        from shared.services.maintenance.archive_upgrade import UpgradeFrom1

        UpgradeFrom1(documents, source)(report)

    return Archive(documents, source, {FIRST: from_1})


def logged_progress() -> Report:
    """A line now and then. As a warning it is seen in commands that set up no log."""
    last = 0.0

    def report(done: int, total: int) -> None:
        nonlocal last
        if done == total or time.monotonic() - last >= _SAY_EVERY_SECONDS:
            last = time.monotonic()
            log.warning("Upgrading the archive to format %d: %d of %d done.", CURRENT, done, total)

    return report
