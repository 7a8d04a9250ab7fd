"""The status of a medium in each of its newest runs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from shared.domain import keys
from shared.domain.access import Caller
from shared.domain.errors import NotFound
from shared.domain.media import Media
from shared.domain.runs.card import RunCard, RunSummary
from shared.domain.runs.prompt_run import RunStatus
from shared.domain.runs.segment_states import SegmentState, SegmentStates
from shared.services.library.media_library import checked_media_ids
from shared.services.library.visible_media import VisibleMedia
from shared.services.records.documents import Batch, Documents

MAX_STATES_IN_BATCH: Final = 5000
"""Segment states in one answer about several media. The answer of a Lambda function is limited to 6 MB."""


@dataclass(frozen=True, slots=True)
class RunSnapshot:
    """A medium's status in one run. ``segments`` are set for the newest run when details are requested."""

    media_id: str
    run: RunSummary
    segments: Sequence[SegmentState] = ()

    @property
    def pending_segments(self) -> int:
        run = self.run
        return max(0, run.total_segments - run.processing_segments - run.ended_segments)


@dataclass(frozen=True, slots=True)
class MediaSnapshot:
    """A medium and its status in its newest runs, newest first."""

    media: Media
    runs: Sequence[RunSnapshot] = field(default_factory=list)


class MediaStatus:
    """Status of media in their newest runs. It costs one read: the run card holds the runs, and one more
    record in the same batch holds the segment states."""

    def __init__(self, documents: Documents) -> None:
        self._visible = VisibleMedia(documents)

    def one(self, caller: Caller, media_id: str) -> MediaSnapshot:
        """Return the status of one medium with its segments. Raises: NotFound."""
        return self._read(caller, [media_id], with_states=True)[0]

    def summaries(self, caller: Caller, media_ids: Sequence[str]) -> list[MediaSnapshot]:
        """Return one status for each id, in the order of the ids, without segments.

        Raises: as ``MediaLibrary.get_many``.
        """
        return self._read(caller, checked_media_ids(media_ids), with_states=False)

    def details(self, caller: Caller, media_ids: Sequence[str]) -> list[MediaSnapshot]:
        """Return one status for each id, with segments up to ``MAX_STATES_IN_BATCH`` in total. A medium has
        all its stored segment states or none.

        Raises: as ``MediaLibrary.get_many``.
        """
        return self._read(caller, checked_media_ids(media_ids), with_states=True)

    def _read(self, caller: Caller, media_ids: Sequence[str], *, with_states: bool) -> list[MediaSnapshot]:
        others = [keys.run_card(caller.tenant_of(media_id), media_id) for media_id in media_ids]
        if with_states:
            others += [keys.segment_states(caller.tenant_of(media_id), media_id) for media_id in media_ids]
        media, batch = self._visible.readable_with(caller, media_ids, others)
        found = {medium.media_id: medium for medium in media}
        snapshots, remaining = [], MAX_STATES_IN_BATCH
        for media_id in media_ids:
            if media_id not in found:
                raise NotFound("video", media_id)
            snapshot = _snapshot(batch, found[media_id], remaining if with_states else 0)
            remaining -= sum(len(run.segments) for run in snapshot.runs)
            snapshots.append(snapshot)
        return snapshots


def run_snapshots(media: Media, runs: Iterable[RunSummary]) -> list[RunSnapshot]:
    """Build snapshots without segments."""
    return [RunSnapshot(media.media_id, run) for run in runs]


def _snapshot(batch: Batch, media: Media, max_states: int) -> MediaSnapshot:
    card = batch.get(RunCard, keys.run_card(media.tenant_id, media.media_id)) or RunCard()
    stored = batch.get(SegmentStates, keys.segment_states(media.tenant_id, media.media_id))
    if stored is None or len(stored.ordinals) > max_states:
        return MediaSnapshot(media, run_snapshots(media, card.runs))
    return MediaSnapshot(media, [_with_states(media, run, stored) for run in card.runs])


def _with_states(media: Media, run: RunSummary, stored: SegmentStates) -> RunSnapshot:
    if stored.run_id != run.run_id:
        return RunSnapshot(media.media_id, run)
    is_processing = run.status is RunStatus.PROCESSING
    return RunSnapshot(media.media_id, run, stored.states(media.media_id, pending=is_processing))
