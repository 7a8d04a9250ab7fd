"""What is visible of a run while it works: counters of its media and of itself, and segments' states.

A medium's records are written when its state or stage changes, and else once a second at most, the
states of its segments less often where there are many. The run's, which grows with its target, is
written once a second at most. Its last word is ``finish_run``'s.

Where several workers share a run, each reads the others' media before it sums, the less often the
more there are.
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

_WRITE_EVERY_SECONDS: Final = 1.0
_READ_PER_SECOND: Final = 100
"""Media of other workers."""

_STATES_PER_SECOND: Final = 200
"""Segments whose states are written: at 40 bytes each, 16 write units of DynamoDB."""

ChangeMediumState = Callable[[MediumState], MediumState]


class Progress:
    """Used by one thread. ``media`` are all of the run's; ``alone``: no other worker's either."""

    def __init__(
        self, documents: Documents, run: PromptRun, media: MediaStates, *, alone: bool = True
    ) -> None:
        self._documents = documents
        self._records = MediaRecords(documents)
        self._run = run
        self._tenant = run.tenant_id
        self._run_id = run.run_id
        self._removed = media.removed
        self._media = {medium_state.media_id: medium_state for medium_state in media.states}
        self._alone = alone
        self._pause = _WRITE_EVERY_SECONDS if alone else max(_WRITE_EVERY_SECONDS, self._reading_seconds())
        self._next_write = 0.0
        self._next_states = 0.0

    @property
    def medium_states(self) -> list[MediumState]:
        """Every medium of the run, in order."""
        return sorted(self._media.values(), key=lambda medium_state: medium_state.ordinal)

    def of(self, media_id: str) -> MediumState:
        return self._media[media_id]

    def change(
        self,
        media_id: str,
        change: ChangeMediumState,
        *,
        change_media: ChangeMedia | None = None,
        states: SegmentStates | None = None,
    ) -> MediumState:
        """Change a medium's state and write it now, in one transaction with ``change_media`` and
        ``states``. ``change`` gets a copy."""
        medium_state = change(self._media[media_id].model_copy())
        medium_state.updated_at = timestamp()
        self._media[media_id] = medium_state
        self._write(medium_state, change_media, states)
        return medium_state

    def enter(self, media_id: str, stage: MediumStage) -> MediumState:
        """Write that a medium has come to ``stage``."""

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
        """Show counters summed over ``results``, and ``states``; ``processing`` segments are being
        worked on."""
        if time.monotonic() < self._next_write:
            return
        counted = count_segments(self._media[media_id], results)
        counted.processing_segments = processing
        counted.updated_at = timestamp()
        self._media[media_id] = counted
        shown: SegmentStates | None = None
        if time.monotonic() >= self._next_states:
            shown = states()
            pause = len(shown.ordinals) / _STATES_PER_SECOND if shown else 0.0
            self._next_states = time.monotonic() + pause
        self._write(counted, None, shown)

    def _write(
        self,
        medium_state: MediumState,
        change_media: ChangeMedia | None,
        states: SegmentStates | None,
    ) -> None:
        """A record that was deleted meanwhile is not brought back."""
        address = MediumAddress(self._tenant, medium_state.media_id, medium_state.index_id)
        self._records.change_run(
            address, self._run_id, lambda _: medium_state, change_media=change_media, states=states
        )
        if time.monotonic() < self._next_write:
            return
        self._write_run()
        self._next_write = time.monotonic() + self._pause

    def _write_run(self) -> None:
        media = MediaStates(list(self._media.values()), self._removed) if self._alone else self._everything()
        # Of several workers, those that win against this one have just summed the same media.
        update = self._documents.update if self._alone else self._documents.update_unless_contended
        update(
            PromptRun,
            keys.prompt_run(self._tenant, self._run_id),
            lambda run: sum_media(run, media.states, media.removed),
        )

    def _everything(self) -> MediaStates:
        return media_of_run(self._documents, self._run)

    def _reading_seconds(self) -> float:
        return len(self._media) / _READ_PER_SECOND
