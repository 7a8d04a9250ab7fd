"""Segments of a medium, joined with what a run found in them.

Three views. With ``run_id``: the segments that run cut or reused, and its results. With
``latest_run``: the same for the newest run that touched the medium. With neither: the segments of
the newest run that has any, each with its newest successful result of any run over these same
segments (its newest failed one where none succeeded).

A recipe's segments are numbered without gaps, so the keys of a page follow from the medium's card. A
result holds its segment: where the newest run has a result for each, results are all that is read.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shared.domain import keys
from shared.domain.access import Caller
from shared.domain.errors import NotFound
from shared.domain.ids import recipe_fingerprint, segment_id
from shared.domain.keys import Key
from shared.domain.media import Media, Segment
from shared.domain.runs.card import RunCard, RunSummary
from shared.domain.runs.prompt_run import MediumState, PromptRun, SegmentResult
from shared.services.library.visible_media import VisibleMedia
from shared.services.records.documents import Batch, Documents
from shared.services.records.pages import Page

_KEYS_A_READ: Final = 100


@dataclass(frozen=True, slots=True)
class SegmentView:
    """``run`` is that of ``result``, or the one that was asked for while it has none."""

    media: Media
    segment: Segment
    run: RunSummary
    result: SegmentResult | None


@dataclass(frozen=True, slots=True)
class SegmentPage:
    """``run_id`` is the run that was resolved; None for the media-wide view."""

    run_id: str | None
    views: Page[SegmentView]


@dataclass(frozen=True, slots=True)
class _Cut:
    """``runs`` over one recipe, newest first, and how many segments it makes of the medium."""

    media: Media
    runs: Sequence[RunSummary]
    total: int

    @property
    def recipe(self) -> str:
        return self.runs[0].recipe

    @property
    def is_done(self) -> bool:
        """Whether the newest run has a result for each segment."""
        return self.runs[0].ended_segments >= self.total

    def key(self, ordinal: int) -> Key:
        media = self.media
        return keys.segment(media.tenant_id, media.media_id, recipe_fingerprint(self.recipe), ordinal)

    def result_key(self, run: RunSummary, identifier: str) -> Key:
        return keys.segment_result(self.media.tenant_id, run.run_id, self.media.media_id, identifier)


class Segments:
    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._visible = VisibleMedia(documents)

    def page(
        self,
        caller: Caller,
        media_id: str,
        *,
        run_id: str | None = None,
        latest_run: bool = False,
        limit: int,
        after: str | None = None,
    ) -> SegmentPage:
        """Segments by time.

        Raises:
            NotFound: no such medium or run.
        """
        media, card, asked = self._head(caller, media_id, run_id)
        runs = _runs(card, asked, run_id, after, latest_run=latest_run)
        resolved = run_id or (card.runs[0].run_id if latest_run and card.runs else None)
        if not runs:
            return SegmentPage(resolved, Page([], None))
        same = [run.total_segments for run in (*runs, *card.runs) if run.recipe == runs[0].recipe]
        cut = _Cut(media, runs, max(same))
        first = 0 if after is None else _ordinal(after) + 1
        ordinals = range(first, min(first + limit, cut.total))
        next_after = cut.key(ordinals[-1]).sort if ordinals and ordinals[-1] + 1 < cut.total else None
        return SegmentPage(resolved, Page(self._views(cut, ordinals), next_after))

    def every(self, caller: Caller, media_id: str, *, run_id: str | None = None) -> SegmentPage:
        """As ``page``, all of them. Raises: NotFound."""
        page = self.page(caller, media_id, run_id=run_id, limit=500)
        views, after = list(page.views.items), page.views.next_after
        while after is not None:
            following = self.page(caller, media_id, run_id=run_id, limit=500, after=after)
            views += following.views.items
            after = following.views.next_after
        return SegmentPage(page.run_id, Page(views, None))

    def _head(
        self, caller: Caller, media_id: str, run_id: str | None
    ) -> tuple[Media, RunCard, RunSummary | None]:
        """The medium, its newest runs, and the one that is asked for, if it has touched the medium."""
        tenant_id = caller.tenant_id
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

    def _views(self, cut: _Cut, ordinals: Sequence[int]) -> list[SegmentView]:
        """Runs are looked at newest first, and only as far back as a segment still lacks a success."""
        by_id = {segment_id(cut.media.media_id, cut.recipe, each): cut.key(each) for each in ordinals}
        newest, older = cut.runs[0], [run for run in cut.runs[1:] if run.ended_segments]
        at_once = _read_at_once(cut, older, len(by_id))
        wanted = [cut.result_key(run, each) for run in (newest, *older[:at_once]) for each in by_id]
        batch = self._documents.batch(wanted if cut.is_done else [*wanted, *by_id.values()])
        chosen = {
            result.segment_id: (newest, result)
            for result in batch.get_many(SegmentResult, [cut.result_key(newest, each) for each in by_id])
        }
        segments = self._segments(batch, by_id, [result for _, result in chosen.values()])
        for number, run in enumerate(older):
            lacking = [each for each in segments if each not in chosen or chosen[each][1].failed]
            if not lacking:
                break
            results = [cut.result_key(run, each) for each in lacking]
            found = batch if number < at_once else self._documents.batch(results)
            for result in found.get_many(SegmentResult, results):
                if result.segment_id not in chosen or not result.failed:
                    chosen[result.segment_id] = (run, result)
        return [
            SegmentView(cut.media, segment, *chosen.get(each, (newest, None)))
            for each, segment in segments.items()
        ]

    def _segments(
        self, batch: Batch, by_id: Mapping[str, Key], results: Iterable[SegmentResult]
    ) -> dict[str, Segment]:
        """By id, in order: as they were read, or as results hold them."""
        held = {result.segment_id: result.segment for result in results if result.segment}
        read = {identifier: batch.get(Segment, key) for identifier, key in by_id.items()}
        missing = [key for identifier, key in by_id.items() if not (held.get(identifier) or read[identifier])]
        late = {s.segment_id: s for s in self._documents.get_many(Segment, missing)} if missing else {}
        found = {each: held.get(each) or read[each] or late.get(each) for each in by_id}
        return {identifier: segment for identifier, segment in found.items() if segment is not None}


def _read_at_once(cut: _Cut, older: Sequence[RunSummary], segments: int) -> int:
    """How many older runs are asked in the same read, as some segment may lack a success in the newest:
    as many as a read of DynamoDB takes keys for."""
    if cut.is_done and not cut.runs[0].failed_segments:
        return 0
    taken = segments if cut.is_done else 2 * segments
    return min(len(older), max(0, _KEYS_A_READ - taken) // max(segments, 1))


def _runs(
    card: RunCard, asked: RunSummary | None, run_id: str | None, after: str | None, *, latest_run: bool
) -> list[RunSummary]:
    """Runs over one recipe, newest first; only the first one counts unless media-wide."""
    if run_id is not None:
        return [asked] if asked is not None and asked.recipe else []
    if latest_run:
        return [run for run in card.runs[:1] if run.recipe]
    cut = [run for run in card.runs if run.recipe and run.total_segments]
    going_on = [run for run in cut if after and recipe_fingerprint(run.recipe) == _fingerprint(after)]
    recipe = next((run.recipe for run in going_on or cut), "")
    return [run for run in card.runs if recipe and run.recipe == recipe]


def _fingerprint(sort: str) -> str:
    """Of the recipe that a page was cut by: the next page goes on with it, whatever came since."""
    return sort.partition("#")[0]


def _ordinal(sort: str) -> int:
    return int(sort.partition("#")[2])
