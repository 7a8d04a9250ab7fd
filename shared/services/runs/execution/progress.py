"""Progress of a run while it is processed: counters of its media, counters of the run, states of segments.

A medium's records are written when its state or stage changes, and otherwise at most once a second. Segment
states are written less often if there are many. The run's record, whose size grows with its target, is
written at most once a second. ``finish_run`` writes the final counters.

If several workers share a run, each worker reads the media of the others before it sums the counters. The
interval between these reads grows with the number of media.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from typing import Final

from shared.domain import keys
from shared.domain.clock import timestamp
from shared.domain.runs.counts import count_segments, sum_media
from shared.domain.runs.prompt_run import MediumState, PromptRun, SegmentResult
from shared.domain.runs.segment_states import SegmentStates
from shared.domain.runs.statuses import MediumStage
from shared.services.library.media_records import ChangeMedia, MediaRecords, MediumAddress
from shared.services.records.documents import Documents
from shared.services.runs.media_states import MediaStates, media_of_run
from shared.services.runs.run_events import run_progressed, with_progress_time

_WRITE_INTERVAL_SECONDS: Final = 1.0
_MEDIA_READ_PER_SECOND: Final = 100
"""Media states of other workers that are read per second."""

_STATES_WRITTEN_PER_SECOND: Final = 200
"""Segment states written per second: at 40 bytes each, 16 write units of DynamoDB."""

ChangeMediumState = Callable[[MediumState], MediumState]


class Progress:
    """Writes the progress of one worker. Not safe to share between threads."""

    def __init__(
        self, documents: Documents, run: PromptRun, media: MediaStates, *, sole_worker: bool = True
    ) -> None:
        """``media`` are all media of the run. ``sole_worker`` is False if other workers share the run."""
        self._documents = documents
        self._records = MediaRecords(documents)
        self._run = run
        self._tenant_id = run.tenant_id
        self._run_id = run.run_id
        self._removed = media.removed
        self._media = {medium_state.media_id: medium_state for medium_state in media.states}
        self._sole_worker = sole_worker
        read_seconds = 0.0 if sole_worker else len(self._media) / _MEDIA_READ_PER_SECOND
        self._write_interval = max(_WRITE_INTERVAL_SECONDS, read_seconds)
        self._next_write = 0.0
        self._next_states = 0.0

    @property
    def medium_states(self) -> list[MediumState]:
        """States of all media, in the run's order."""
        return sorted(self._media.values(), key=lambda medium_state: medium_state.ordinal)

    def state(self, media_id: str) -> MediumState:
        return self._media[media_id]

    def change(
        self,
        media_id: str,
        change: ChangeMediumState,
        *,
        change_media: ChangeMedia | None = None,
        states: SegmentStates | None = None,
    ) -> MediumState:
        """Change a medium's state and write it at once, in one transaction with ``change_media`` and
        ``states``. ``change`` receives a copy."""
        medium_state = change(self._media[media_id].model_copy())
        medium_state.updated_at = timestamp()
        self._media[media_id] = medium_state
        self._write(medium_state, change_media, states)
        return medium_state

    def enter(self, media_id: str, stage: MediumStage) -> MediumState:
        """Write that a medium has entered ``stage``."""

        def entered(medium_state: MediumState) -> MediumState:
            medium_state.stage = stage
            return medium_state

        return self.change(media_id, entered)

    def count(
        self,
        media_id: str,
        results: Collection[SegmentResult],
        states: Callable[[], SegmentStates | None],
        *,
        processing: int,
    ) -> None:
        """Write the counters summed over ``results``, and the segment ``states``, unless the last write
        was too recent. ``processing`` is the number of segments in progress."""
        if time.monotonic() < self._next_write:
            return
        counted = count_segments(self._media[media_id], results)
        counted.processing_segments = processing
        counted.updated_at = timestamp()
        self._media[media_id] = counted
        written_states: SegmentStates | None = None
        if time.monotonic() >= self._next_states:
            written_states = states()
            pause = len(written_states.ordinals) / _STATES_WRITTEN_PER_SECOND if written_states else 0.0
            self._next_states = time.monotonic() + pause
        self._write(counted, None, written_states)

    def _write(
        self,
        medium_state: MediumState,
        change_media: ChangeMedia | None,
        states: SegmentStates | None,
    ) -> None:
        """Write a medium's state, and the run's counters if they are due. A deleted record is not
        restored."""
        address = MediumAddress(self._tenant_id, medium_state.media_id, medium_state.index_id)
        self._records.change_run(
            address,
            self._run_id,
            lambda _: medium_state,
            change_media=change_media,
            states=states,
            user_id=self._run.user_id,
        )
        if time.monotonic() < self._next_write:
            return
        self._write_run()
        self._next_write = time.monotonic() + self._write_interval

    def _write_run(self) -> None:
        """Write the run's counters, unless the run has ended: ``finish_run`` writes those of an ended run."""
        media = (
            MediaStates(list(self._media.values()), self._removed)
            if self._sole_worker
            else media_of_run(self._documents, self._run)
        )

        def counted(run: PromptRun) -> PromptRun:
            if run.status.is_terminal:
                return run
            return with_progress_time(run, sum_media(run, media.states, media.removed))

        # A worker that wins a conflict against this one has just summed the same media.
        update = self._documents.update if self._sole_worker else self._documents.update_unless_contended
        key = keys.prompt_run(self._tenant_id, self._run_id)
        update(PromptRun, key, counted, further=run_progressed)
