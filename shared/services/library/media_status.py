"""What became of a medium in each of its newest runs."""

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
from shared.services.library.media_library import required_batch
from shared.services.library.visible_media import VisibleMedia
from shared.services.records.documents import Batch, Documents

MOST_STATES_IN_BATCH: Final = 5000
"""States of segments in one answer about several media: a Lambda may answer with 6 MB."""


@dataclass(frozen=True, slots=True)
class RunSnapshot:
    """``segments`` are filled in for the newest run, where details are asked for."""

    media_id: str
    run: RunSummary
    segments: Sequence[SegmentState] = ()

    @property
    def pending_segments(self) -> int:
        run = self.run
        return max(0, run.total_segments - run.processing_segments - run.ended_segments)


@dataclass(frozen=True, slots=True)
class MediaSnapshot:
    """``runs`` newest first."""

    media: Media
    runs: Sequence[RunSnapshot] = field(default_factory=list)


class MediaStatus:
    """One read for one medium: everything is on its card and in the states beside it."""

    def __init__(self, documents: Documents) -> None:
        self._visible = VisibleMedia(documents)

    def one(self, caller: Caller, media_id: str) -> MediaSnapshot:
        """In detail. Raises: NotFound."""
        return self._read(caller, [media_id], with_states=True)[0]

    def summaries(self, caller: Caller, media_ids: Sequence[str]) -> list[MediaSnapshot]:
        """One for each id, in order, without segments. Raises: as ``MediaLibrary.get_many``."""
        return self._read(caller, required_batch(media_ids), with_states=False)

    def details(self, caller: Caller, media_ids: Sequence[str]) -> list[MediaSnapshot]:
        """As ``summaries``, with segments as far as ``MOST_STATES_IN_BATCH`` goes: of a medium all
        that are kept, or none. Raises: as ``summaries``."""
        return self._read(caller, required_batch(media_ids), with_states=True)

    def _read(self, caller: Caller, media_ids: Sequence[str], *, with_states: bool) -> list[MediaSnapshot]:
        tenant_id = caller.tenant_id
        others = [keys.run_card(tenant_id, media_id) for media_id in media_ids]
        if with_states:
            others += [keys.segment_states(tenant_id, media_id) for media_id in media_ids]
        media, batch = self._visible.find_with(tenant_id, media_ids, others)
        found = {medium.media_id: medium for medium in media}
        snapshots, left = [], MOST_STATES_IN_BATCH
        for media_id in media_ids:
            if media_id not in found:
                raise NotFound("video", media_id)
            snapshot = _snapshot(batch, found[media_id], left if with_states else 0)
            left -= sum(len(run.segments) for run in snapshot.runs)
            snapshots.append(snapshot)
        return snapshots


def run_snapshots(media: Media, runs: Iterable[RunSummary]) -> list[RunSnapshot]:
    """Without segments."""
    return [RunSnapshot(media.media_id, run) for run in runs]


def _snapshot(batch: Batch, media: Media, most_states: int) -> MediaSnapshot:
    card = batch.get(RunCard, keys.run_card(media.tenant_id, media.media_id)) or RunCard()
    kept = batch.get(SegmentStates, keys.segment_states(media.tenant_id, media.media_id))
    if kept is None or len(kept.ordinals) > most_states:
        return MediaSnapshot(media, run_snapshots(media, card.runs))
    return MediaSnapshot(media, [_with_states(media, run, kept) for run in card.runs])


def _with_states(media: Media, run: RunSummary, kept: SegmentStates) -> RunSnapshot:
    if kept.run_id != run.run_id:
        return RunSnapshot(media.media_id, run)
    at_work = run.status is RunStatus.PROCESSING
    return RunSnapshot(media.media_id, run, kept.states(media.media_id, pending=at_work))
