"""Segments of a medium, joined with results of runs.

There are three views:

- With ``run_id``: the segments that the run cut or reused, and its results.
- With ``latest_run``: the same for the run that ``run_with_results`` chooses: the newest with results.
- With neither, the media-wide view: the segments of that run. Each is shown with its newest successful result
  of all runs over the same segments, or its newest failed result if none succeeded.

A run that is queued or at work never empties a view.

A recipe's segments are numbered without gaps, so the keys of a page follow from the medium's run card. A
result contains its segment: if the newest run has a result for each segment, only results are read.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shared.domain import keys
from shared.domain.access import Caller
from shared.domain.errors import NotFound
from shared.domain.ids import parse_segment_id, recipe_fingerprint, segment_id
from shared.domain.keys import Key
from shared.domain.markers.marker import TargetMarkers
from shared.domain.media import Media, Segment
from shared.domain.runs.card import RunCard, RunSummary, run_with_results
from shared.domain.runs.prompt_run import MediumState, PromptRun, SegmentResult
from shared.services.library.markers.shown_markers import MediumMarkers, ShownMarkers
from shared.services.library.visible_media import VisibleMedia
from shared.services.records.documents import Batch, Documents
from shared.services.records.pages import Page

_KEYS_PER_READ: Final = 100


@dataclass(frozen=True, slots=True)
class SegmentView:
    """A segment with one result. ``run`` is the run of the result, or the requested run if it has none.
    ``markers`` are those of the segment."""

    media: Media
    segment: Segment
    run: RunSummary
    result: SegmentResult | None
    markers: TargetMarkers


@dataclass(frozen=True, slots=True)
class SegmentPage:
    """A page of segments. ``run_id`` is the run that is shown; None for the media-wide view."""

    run_id: str | None
    views: Page[SegmentView]


@dataclass(frozen=True, slots=True)
class _Cut:
    """The segments that one recipe makes of a medium: their number, and the runs over them, newest first."""

    media: Media
    runs: Sequence[RunSummary]
    total: int

    @property
    def recipe(self) -> str:
        return self.runs[0].recipe

    @property
    def is_complete(self) -> bool:
        """Whether the newest run has a result for each segment."""
        return self.runs[0].ended_segments >= self.total

    def key(self, ordinal: int) -> Key:
        media = self.media
        return keys.segment(media.tenant_id, media.media_id, recipe_fingerprint(self.recipe), ordinal)

    def ordinals_in(self, segment_ids: Collection[str], first: int) -> list[int]:
        """Return the ordinals, from ``first``, of those of ``segment_ids`` that the recipe makes."""
        parsed = map(parse_segment_id, segment_ids)
        fingerprint = recipe_fingerprint(self.recipe)
        cut_here = [located[2] for located in parsed if located and located[1] == fingerprint]
        return sorted(ordinal for ordinal in cut_here if first <= ordinal < self.total)

    def result_key(self, run: RunSummary, identifier: str) -> Key:
        return keys.segment_result(self.media.tenant_id, run.run_id, self.media.media_id, identifier)


class Segments:
    """Views of a medium's segments and their results."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._visible = VisibleMedia(documents)
        self._markers = ShownMarkers(documents)

    def page(
        self,
        caller: Caller,
        media_id: str,
        *,
        run_id: str | None = None,
        latest_run: bool = False,
        marker_color: str | None = None,
        limit: int,
        after: str | None = None,
    ) -> SegmentPage:
        """Read a page of segments in the order of time. ``marker_color`` selects segments with a marker of
        the color on them, a result of them, or a field of either.

        Raises:
            NotFound: the medium or the run does not exist.
        """
        media, card, requested = self._read_card(caller, media_id, run_id)
        runs = _runs(card, requested, run_id, after, latest_run=latest_run)
        shown_run = run_id or (_latest_run_id(card, runs) if latest_run else None)
        if not runs:
            return SegmentPage(shown_run, Page([], None))
        totals = [run.total_segments for run in (*runs, *card.known_runs) if run.recipe == runs[0].recipe]
        cut = _Cut(media, runs, max(totals))
        markers = self._markers.of_medium(media)
        first = 0 if after is None else _ordinal(after) + 1
        wanted: Sequence[int] = range(first, cut.total)
        if marker_color is not None:
            wanted = cut.ordinals_in(markers.marked_segments(marker_color), first)
        ordinals = wanted[:limit]
        next_after = cut.key(ordinals[-1]).sort if len(wanted) > limit else None
        return SegmentPage(shown_run, Page(self._views(cut, ordinals, markers), next_after))

    def every(self, caller: Caller, media_id: str, *, run_id: str | None = None) -> SegmentPage:
        """Read all segments in the order of time. Raises: NotFound."""
        page = self.page(caller, media_id, run_id=run_id, limit=500)
        views, after = list(page.views.items), page.views.next_after
        while after is not None:
            following = self.page(caller, media_id, run_id=run_id, limit=500, after=after)
            views += following.views.items
            after = following.views.next_after
        return SegmentPage(page.run_id, Page(views, None))

    def _read_card(
        self, caller: Caller, media_id: str, run_id: str | None
    ) -> tuple[Media, RunCard, RunSummary | None]:
        """Read a medium, its run card, and its state in the requested run, if it is part of that run."""
        tenant_id = caller.tenant_of(media_id)
        card_key = keys.run_card(tenant_id, media_id)
        if run_id is None:
            media, batch = self._visible.get_with(tenant_id, media_id, card_key)
            return media, batch.get(RunCard, card_key) or RunCard(), None
        run_key, state_key = (
            keys.prompt_run(tenant_id, run_id),
            keys.medium_state(tenant_id, run_id, media_id),
        )
        media, batch = self._visible.get_with(tenant_id, media_id, card_key, run_key, state_key)
        if batch.get(PromptRun, run_key) is None:
            raise NotFound("prompt_run", run_id)
        state = batch.get(MediumState, state_key)
        return media, batch.get(RunCard, card_key) or RunCard(), RunSummary.of(state) if state else None

    def _views(self, cut: _Cut, ordinals: Sequence[int], markers: MediumMarkers) -> list[SegmentView]:
        """Choose a result for each segment. Runs are read from the newest back to the first at which every
        segment has a successful result."""
        by_id = {segment_id(cut.media.media_id, cut.recipe, each): cut.key(each) for each in ordinals}
        newest, older = cut.runs[0], [run for run in cut.runs[1:] if run.ended_segments]
        prefetched = _runs_to_prefetch(cut, older, len(by_id))
        read = [cut.result_key(run, each) for run in (newest, *older[:prefetched]) for each in by_id]
        batch = self._documents.batch(read if cut.is_complete else [*read, *by_id.values()])
        chosen = {
            result.segment_id: (newest, result)
            for result in batch.get_many(SegmentResult, [cut.result_key(newest, each) for each in by_id])
        }
        segments = self._segments(batch, by_id, [result for _, result in chosen.values()])
        for number, run in enumerate(older):
            unsuccessful = [each for each in segments if each not in chosen or chosen[each][1].failed]
            if not unsuccessful:
                break
            results = [cut.result_key(run, each) for each in unsuccessful]
            found = batch if number < prefetched else self._documents.batch(results)
            for result in found.get_many(SegmentResult, results):
                if result.segment_id not in chosen or not result.failed:
                    chosen[result.segment_id] = (run, result)
        return [
            SegmentView(cut.media, segment, run, result, markers.of_segment(each))
            for each, segment in segments.items()
            for run, result in [chosen.get(each, (newest, None))]
        ]

    def _segments(
        self, batch: Batch, by_id: Mapping[str, Key], results: Iterable[SegmentResult]
    ) -> dict[str, Segment]:
        """Return segments by id, in order. They come from ``results`` or ``batch``, else they are read."""
        embedded = {result.segment_id: result.segment for result in results if result.segment}
        read = {each: batch.get(Segment, key) for each, key in by_id.items()}
        missing = [key for each, key in by_id.items() if not (embedded.get(each) or read[each])]
        late = {s.segment_id: s for s in self._documents.get_many(Segment, missing)} if missing else {}
        found = {each: embedded.get(each) or read[each] or late.get(each) for each in by_id}
        return {identifier: segment for identifier, segment in found.items() if segment is not None}


def _runs_to_prefetch(cut: _Cut, older: Sequence[RunSummary], segments: int) -> int:
    """Return how many older runs to read in the same batch as the newest.

    Older runs are needed if some segment may lack a successful result in the newest run. A batch of
    DynamoDB takes 100 keys, and as many runs are prefetched as fit.
    """
    if cut.is_complete and not cut.runs[0].failed_segments:
        return 0
    used_keys = segments if cut.is_complete else 2 * segments
    return min(len(older), max(0, _KEYS_PER_READ - used_keys) // max(segments, 1))


def _runs(
    card: RunCard, requested: RunSummary | None, run_id: str | None, after: str | None, *, latest_run: bool
) -> list[RunSummary]:
    """Return the runs over one recipe, newest first: one run, or several for the media-wide view."""
    if run_id is not None:
        return [requested] if requested is not None and requested.recipe else []
    known = card.known_runs
    continued = [run for run in known if after and recipe_fingerprint(run.recipe) == _fingerprint(after)]
    shown = run_with_results(continued or known)
    if latest_run or shown is None:
        return [shown] if shown else []
    return [run for run in known if run.recipe == shown.recipe]


def _latest_run_id(card: RunCard, runs: Sequence[RunSummary]) -> str | None:
    """Return the id of the run that is shown; while no run has segments, that of the newest run."""
    return next((run.run_id for run in (*runs, *card.runs)), None)


def _fingerprint(sort: str) -> str:
    """Return the fingerprint of a page's recipe. The next page uses the same recipe, even if a newer run
    has used another since."""
    return sort.partition("#")[0]


def _ordinal(sort: str) -> int:
    return int(sort.partition("#")[2])
