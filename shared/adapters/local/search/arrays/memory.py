"""The store's rows as arrays, in snapshots that readers use without a lock."""

from __future__ import annotations

import shutil
import weakref
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from shared.adapters.local.search.arrays.checkpoint import Checkpoint
from shared.adapters.local.search.arrays.columns import DocumentColumns
from shared.adapters.local.search.arrays.erasure import Erasure
from shared.adapters.local.search.arrays.segments import Segment, merge, read_segment, write_segment
from shared.adapters.local.search.arrays.signs import distinct_signs
from shared.adapters.local.search.arrays.snapshot import Snapshot
from shared.adapters.local.search.arrays.tables import Tables
from shared.adapters.local.search.documents import Row

RECENT_ENTRIES: Final = 60_000
"""Recent documents become a segment when they are more, or have more passages, pictures or entries in word
lists."""

_MERGE_FACTOR: Final = 4
"""A segment is merged with the one before it unless that is so many times as large."""


class SearchMemory:
    """The writer of snapshots. One writer at a time; any thread may read ``snapshot``."""

    def __init__(self, folder: Path, checkpoint: Checkpoint) -> None:
        """Open the files of ``checkpoint`` in ``folder``, or create them.

        Raises: ValueError, KeyError, TypeError, IndexError, OSError: a file is damaged or missing.
        """
        self.folder, self._checkpoint = folder, checkpoint
        self._tables = Tables(folder, checkpoint)
        self._segments = [read_segment(folder, name) for name in checkpoint.segments]
        self._tables.require_consistency(self._segments)
        self._erasure = Erasure(self._tables)
        self._alive = np.ones(checkpoint.documents, np.bool_)
        self._older: list[weakref.ref[Snapshot]] = []
        self._published = self._tables.lengths
        self._snapshot = self._tables.view(self._alive, self._segments)

    @property
    def snapshot(self) -> Snapshot:
        return self._snapshot

    @property
    def columns(self) -> DocumentColumns:
        return self._tables.columns

    @property
    def spaces(self) -> list[list[str | int]]:
        return self._checkpoint.spaces

    @property
    def dead(self) -> int:
        return int(len(self._alive) - np.count_nonzero(self._alive))

    @property
    def last_row(self) -> int:
        """The last document's row in the store; 0 if there is no document."""
        return int(self._snapshot.rows[-1]) if len(self._snapshot.rows) else 0

    @property
    def recent_entries(self) -> int:
        """The number of documents that no segment has, or of their passages, pictures or entries in word
        lists, if that is larger."""
        recent = self._published
        documents = recent.documents - self._checkpoint.documents
        return max(documents, recent.recent_passages, recent.recent_pictures, recent.entries)

    @property
    def is_segment_due(self) -> bool:
        return self.recent_entries > RECENT_ENTRIES or bool(self._segments and not self._checkpoint.stamp)

    def append(self, batch: Sequence[Row]) -> None:
        """Append documents, with rows above all earlier ones. The next ``publish`` makes them visible.

        Raises: OSError: nothing was appended since the last ``publish``.
        """
        try:
            self._tables.append(batch)
        except BaseException:
            self.discard()
            raise

    def discard(self) -> None:
        """Remove the documents that were appended since the last ``publish``."""
        self._tables.shorten(self._published)

    def publish(self, replaced: Iterable[int] = (), deleted: Iterable[int] = ()) -> None:
        """Atomically make appended documents visible, and documents of other rows invisible.

        The content of the ``replaced`` rows stays for readers that have started, that of the ``deleted`` ones
        does not.
        """
        alive = np.ones(len(self.columns), np.bool_)
        alive[: len(self._alive)] = self._alive
        kept, unkept = self.columns.known(replaced), self.columns.known(deleted)
        alive[kept] = alive[unkept] = False
        self._show(alive, self._segments)
        for documents, readers in ((kept, self._older), (unkept, [])):
            if len(documents):
                self._erasure.add(documents, readers)

    def restore(self, stored: NDArray[np.int64]) -> None:
        """Remove all documents but those of the rows ``stored`` (ascending), which are those of the store up
        to the last row of the arrays.

        Raises: ValueError: the store has a document that the arrays do not have, or that was erased.
        """
        rows = self.columns.rows.view()
        alive = np.isin(rows, stored, assume_unique=True)
        if np.count_nonzero(alive) != len(stored) or self.columns.erased.view()[alive].any():
            raise ValueError("The arrays do not have all documents of the store.")
        self.publish(rows[self._alive & ~alive].tolist())

    def erase_removed(self) -> None:
        """Overwrite the content of removed documents in the files, except of those that a reader still uses.

        Raises: OSError: the next call repeats it.
        """
        self._erasure.run(self._alive, self._segments)

    def repeat_erasures(self) -> None:
        """Erase documents that were removed before the files were opened. Raises: OSError."""
        self._erasure.repeat(self._alive, self._segments)

    def write_segment(self, stamp: str) -> tuple[Checkpoint, list[Segment]]:
        """Write the recent documents as a segment, merged with segments that are not much larger.

        Returns the segments to use, and their checkpoint, with ``stamp``. Raises: OSError: the disk is full,
        for example.
        """
        recent, segments = self._recent(), self._segments
        if len(recent) or not segments:
            kept, size = len(segments), len(recent)
            while kept and len(segments[kept - 1]) < _MERGE_FACTOR * size:
                kept -= 1
                size += len(segments[kept])
            if kept < len(segments):
                texts, pictures = self._tables.texts, self._tables.pictures
                spaces = [(space.rows(0), space.weights(0)) for space in (texts, pictures)]
                recent = merge(recent.name, segments[kept:], recent, *spaces)
            segments = [*segments[:kept], write_segment(self.folder, recent)]
        self._tables.flush()
        return self._tables.checkpoint(self._checkpoint, stamp, segments), segments

    def use_segments(self, checkpoint: Checkpoint, segments: list[Segment]) -> None:
        """Use these segments instead of the recent entries. Readers do not wait for this."""
        self._checkpoint = checkpoint
        self._tables.clear_recent()
        self._show(self._alive, segments)

    def remove_unused(self) -> None:
        """Remove the files of segments that are not used. Raises: OSError."""
        used = {segment.name for segment in self._segments}
        for path in [path for path in self.folder.iterdir() if path.is_dir() and path.name not in used]:
            shutil.rmtree(path)

    def close(self) -> None:
        self._tables.close()

    def _recent(self) -> Segment:
        """Return the documents that no segment has as a segment in memory."""
        texts, pictures = self._tables.texts, self._tables.pictures
        text, picture = len(texts) - texts.recent, len(pictures) - pictures.recent
        return Segment(
            uuid4().hex,
            self._tables.postings.sorted(self._alive[texts.documents[text:]], text),
            distinct_signs(text, texts.rows(text), texts.weights(text)),
            distinct_signs(picture, pictures.rows(picture), pictures.weights(picture)),
        )

    def _show(self, alive: NDArray[np.bool_], segments: list[Segment]) -> None:
        """Replace the snapshot. Readers may still use the older ones."""
        snapshot, lengths = self._tables.view(alive, segments), self._tables.lengths
        used = [older for older in self._older if older() is not None]
        self._older = [*used, weakref.ref(self._snapshot)]
        self._alive, self._segments = alive, segments
        self._snapshot, self._published = snapshot, lengths
