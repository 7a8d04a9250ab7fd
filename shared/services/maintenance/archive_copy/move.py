"""Move of an archive into stores that are empty, or that an earlier attempt of the same move has filled.

The move copies, and then verifies every file, secret and record of both sides. Its position is stored in the
target after each batch, so a move that was interrupted anywhere continues. The source does not change.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from shared.domain.clock import isoformat, now
from shared.services.maintenance.archive_copy import phases
from shared.services.maintenance.archive_copy.contents import ArchiveContents, ArchiveStores
from shared.services.maintenance.archive_copy.copy import THREADS, ArchiveCopy
from shared.services.maintenance.archive_copy.phases import Position
from shared.services.maintenance.archive_copy.progress import (
    ForeignArchive,
    MoveProgress,
    MoveRecord,
    new_move,
)
from shared.services.maintenance.archive_copy.results import CopyOptions
from shared.services.maintenance.archive_copy.verification import ArchiveVerification
from shared.services.records.documents import Documents

MoveReport = Callable[[MoveRecord], object]


class ArchiveMove:
    """Moves an archive. No server or worker may use either archive meanwhile."""

    def __init__(self, source: ArchiveStores, target: ArchiveStores, source_name: str) -> None:
        """``source_name`` identifies the source, so that a continued move is recognised."""
        self._source = source
        self._target = target
        self._source_name = source_name
        self._progress = MoveProgress(Documents(target.records))

    def check(self) -> None:
        """Check that the move may start or continue, without writing.

        Raises:
            Conflict: a job of the source has not ended.
            ForeignArchive: the target has records or files that no attempt of this move has written.
        """
        ArchiveContents(self._source).check_no_jobs()
        stored = self._progress.stored()
        if stored is not None and stored.source != self._source_name:
            raise ForeignArchive("The target has an archive that was moved there from another source.")
        if stored is None and not ArchiveContents(self._target).is_empty():
            raise ForeignArchive("The target is not empty, and this move has not filled it.")

    def run(self, options: CopyOptions, report: MoveReport, *, anew: bool = False) -> MoveRecord:
        """Continue the move, or start it. A completed move, one with other options, and ``anew`` start at the
        first item; what the target has is not copied again.

        Raises:
            Conflict, ForeignArchive: as ``check``. Conflict: another process continues the move.
            Unavailable: a store does not answer. The caller runs the move again.
        """
        self.check()
        stored = self._progress.stored()
        continued = stored if stored and not anew and _continues(stored, options) else None
        move = continued or new_move(self._source_name, options)
        if options.dry_run:
            move = new_move(self._source_name, options)
            self._run_phases(move, lambda: None, report)
            return move
        self._progress.store(move)
        self._run_phases(move, lambda: self._progress.store(move), report)
        move.completed_at = isoformat(now())
        self._progress.store(move)
        return move

    def _run_phases(self, move: MoveRecord, store: Callable[[], None], report: MoveReport) -> None:
        copy = ArchiveCopy(self._source, self._target, move.options, move.copied)
        verification = ArchiveVerification(
            self._source, self._target, keys=move.options.keys, result=move.verified
        )

        def after_batch(phase: str, after: Position) -> None:
            move.phase, move.after = phase, after
            store()
            report(move)

        def after_file() -> None:
            report(move)

        with ThreadPoolExecutor(THREADS) as threads:
            planned = list(copy.phases(threads, after_file))
            if not move.options.dry_run:
                planned += verification.phases(threads, after_file)
            phases.run(planned, after_batch, start=move.phase, after=move.after)


def _continues(stored: MoveRecord, options: CopyOptions) -> bool:
    return stored.completed_at is None and stored.options == options
