"""One attempt of an export's work: when it stops, and how far it has come."""

import time
from collections.abc import Callable
from typing import Final

from shared.domain import clock, keys
from shared.domain.exports import course
from shared.domain.exports.export import Export
from shared.ports.jobs import Interrupted
from shared.services.records.documents import Documents

_REPORT_SECONDS: Final = 2.0


class Superseded(Exception):
    """The snapshot of the attempt was discarded, or the export has ended or was deleted."""


class Attempt:
    """The progress of an attempt. It is stored from time to time, and tells whether the work goes on."""

    def __init__(self, documents: Documents, export: Export, stopping: Callable[[], bool]) -> None:
        self._documents = documents
        self._export = export
        self._stopping = stopping
        self._progress = export.progress.model_copy()
        self._reported_at = time.monotonic()

    def check(self) -> None:
        """Store the progress if it is time. Raises: Interrupted: the process stops. Superseded."""
        if self._stopping():
            raise Interrupted
        if time.monotonic() - self._reported_at < _REPORT_SECONDS:
            return
        self._reported_at = time.monotonic()
        revision, progress = self._export.revision, self._progress.model_copy()
        stored = self._documents.update(
            Export,
            keys.export(self._export.tenant_id, self._export.export_id),
            lambda export: course.with_progress(export, revision, progress, clock.timestamp()),
        )
        if stored is None or stored.status.is_terminal or stored.revision != revision:
            raise Superseded

    def written(self, size: int) -> None:
        """Note the bytes that are written so far."""
        self._progress.written_bytes = size

    def delivered(self, size: int) -> None:
        """Note the bytes that the store has so far. Raises: as ``check``."""
        self._progress.delivered_bytes = size
        self.check()
