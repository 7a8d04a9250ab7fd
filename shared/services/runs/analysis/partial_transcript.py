"""A transcription that is not finished, window by window, so that one that is cut off goes on.

A window is kept when the next one begins, or when the work is told to stop: what has a single window, as
most short media have, is written once and as a whole. A kill costs two windows at most, of some minutes each.
"""

from __future__ import annotations

from types import TracebackType
from typing import Final, Self

from shared.domain.evidence import TranscribedWindow
from shared.ports.blobs import BlobNotFound, Blobs
from shared.ports.jobs import Interrupted
from shared.services.runs.analysis import content
from shared.services.runs.execution.supervision import RunCancelled

_STOPS: Final = (Interrupted, RunCancelled)


class PartialTranscript:
    """Implements ``shared.ports.models.TranscribedWindows`` over blobs below ``prefix``.

    Used by one thread.
    """

    def __init__(self, blobs: Blobs, prefix: str) -> None:
        self._blobs = blobs
        self._prefix = prefix
        self._known: dict[tuple[float, float], TranscribedWindow] | None = None
        self._waiting: TranscribedWindow | None = None
        self._has_written = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, _STOPS):
            self._write_waiting()

    def find(self, start: float, end: float) -> TranscribedWindow | None:
        """A window whose bounds are others now, by another release say, is not taken."""
        if self._known is None:
            self._known = {(window.start, window.end): window for window in self._stored()}
        self._write_waiting()
        return self._known.get((start, end))

    def save(self, window: TranscribedWindow) -> None:
        self._waiting = window

    def forget(self) -> None:
        """The transcript is kept whole."""
        if self._known or self._has_written:
            self._blobs.delete_prefix(self._prefix)

    def _write_waiting(self) -> None:
        if self._waiting is None:
            return
        key = f"{self._prefix}{content.milliseconds(self._waiting.start):09d}.json"
        self._blobs.write(key, self._waiting.model_dump_json().encode(), content.JSON)
        self._waiting = None
        self._has_written = True

    def _stored(self) -> list[TranscribedWindow]:
        """One that another run tidies away meanwhile is heard again."""
        windows: list[TranscribedWindow] = []
        for key in list(self._blobs.keys(self._prefix)):
            try:
                windows.append(TranscribedWindow.model_validate_json(self._blobs.read(key)))
            except BlobNotFound:
                continue
        return windows
