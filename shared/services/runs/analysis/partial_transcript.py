"""The stored windows of an incomplete transcription, from which an interrupted transcription resumes.

A window is written when the next one begins, or when the work is asked to stop. Most short media have one
window; that window is never written on its own, only as part of the transcript. A killed process loses at
most two windows, of a few minutes each.
"""

from __future__ import annotations

from types import TracebackType
from typing import Final, Self

from shared.domain.evidence import TranscribedWindow
from shared.ports.blobs import BlobNotFound, Blobs
from shared.ports.jobs import Interrupted
from shared.services.runs.analysis import content_keys
from shared.services.runs.execution.stop_check import RunCancelled

_STOPS: Final = (Interrupted, RunCancelled)


class PartialTranscript:
    """Implements ``shared.ports.models.TranscribedWindows`` over the blobs below ``prefix``.

    Not safe to share between threads.
    """

    def __init__(self, blobs: Blobs, prefix: str) -> None:
        self._blobs = blobs
        self._prefix = prefix
        self._stored: dict[tuple[float, float], TranscribedWindow] | None = None
        self._pending: TranscribedWindow | None = None
        self._has_written = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, _STOPS):
            self._write_pending()

    def find(self, start: float, end: float) -> TranscribedWindow | None:
        """Return the stored window with exactly these bounds. Another release may choose other bounds."""
        if self._stored is None:
            self._stored = {(window.start, window.end): window for window in self._read()}
        self._write_pending()
        return self._stored.get((start, end))

    def save(self, window: TranscribedWindow) -> None:
        """Keep ``window`` in memory until the next one begins or the work is asked to stop."""
        self._pending = window

    def delete(self) -> None:
        """Delete the windows once the complete transcript is stored."""
        if self._stored or self._has_written:
            self._blobs.delete_prefix(self._prefix)

    def _write_pending(self) -> None:
        if self._pending is None:
            return
        key = f"{self._prefix}{content_keys.milliseconds(self._pending.start):09d}.json"
        self._blobs.write(key, self._pending.model_dump_json().encode(), content_keys.JSON)
        self._pending = None
        self._has_written = True

    def _read(self) -> list[TranscribedWindow]:
        """Read the stored windows. A window that another run deletes meanwhile is transcribed again."""
        windows: list[TranscribedWindow] = []
        for key in list(self._blobs.keys(self._prefix)):
            try:
                windows.append(TranscribedWindow.model_validate_json(self._blobs.read(key)))
            except BlobNotFound:
                continue
        return windows
