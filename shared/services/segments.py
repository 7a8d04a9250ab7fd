"""Segments of a medium, joined with what a run found in them.

Three views. With ``run_id``: the segments that run cut or reused, and its results. With
``latest_run``: the same for the newest run that touched the medium. With neither: the segments of
the newest run that has any, each with its newest successful result of any run over these same
segments (its newest failed one where none succeeded).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.domain import keys
from shared.domain.access import Caller
from shared.domain.errors import NotFound
from shared.domain.ids import recipe_fingerprint
from shared.domain.media import Media, Segment
from shared.domain.prompt_run import MediaRun, PromptRun, SegmentResult
from shared.services.documents import Documents, Page
from shared.services.media_status import MediaStatus
from shared.services.visible_media import VisibleMedia


@dataclass(frozen=True, slots=True)
class SegmentView:
    """``media_run`` is that of ``result``, or of the run that was asked for while it has none."""

    media: Media
    segment: Segment
    media_run: MediaRun
    result: SegmentResult | None


@dataclass(frozen=True, slots=True)
class SegmentPage:
    """``run_id`` is the run that was resolved; None for the media-wide view."""

    run_id: str | None
    views: Page[SegmentView]


class Segments:
    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._visible = VisibleMedia(documents)
        self._status = MediaStatus(documents)

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
        media = self._visible.get(caller.tenant_id, media_id)
        runs = self._runs(media, run_id, latest_run=latest_run)
        resolved = run_id or (runs[0].run_id if latest_run and runs else None)
        if not runs:
            return SegmentPage(resolved, Page([], None))
        segments = self._documents.page(
            Segment,
            keys.segment(media.tenant_id, media_id, recipe_fingerprint(runs[0].recipe)),
            limit=limit,
            after=after,
        )
        views = self._join(media, segments.items, runs)
        return SegmentPage(resolved, Page(views, segments.next_after))

    def every(self, caller: Caller, media_id: str, *, run_id: str | None = None) -> SegmentPage:
        """As ``page``, all of them. Raises: NotFound."""
        page = self.page(caller, media_id, run_id=run_id, limit=500)
        views, after = list(page.views.items), page.views.next_after
        while after is not None:
            following = self.page(caller, media_id, run_id=run_id, limit=500, after=after)
            views += following.views.items
            after = following.views.next_after
        return SegmentPage(page.run_id, Page(views, None))

    def _runs(self, media: Media, run_id: str | None, *, latest_run: bool) -> list[MediaRun]:
        """Runs over one recipe, newest first; only the first one counts unless media-wide."""
        if run_id is not None:
            return self._one_run(media, run_id)
        runs = self._status.runs(media)
        if latest_run:
            return [run for run in runs[:1] if run.recipe]
        recipe = next((run.recipe for run in runs if run.recipe and run.total_segments), "")
        return [run for run in runs if recipe and run.recipe == recipe]

    def _one_run(self, media: Media, run_id: str) -> list[MediaRun]:
        if self._documents.get(PromptRun, keys.prompt_run(media.tenant_id, run_id)) is None:
            raise NotFound("prompt_run", run_id)
        run = self._documents.get(MediaRun, keys.media_run(media.tenant_id, run_id, media.media_id))
        return [run] if run is not None and run.recipe else []

    def _join(self, media: Media, segments: Sequence[Segment], runs: Sequence[MediaRun]) -> list[SegmentView]:
        """Runs are looked at newest first, and only as far back as a segment still lacks a success."""
        chosen = {s.segment_id: SegmentView(media, s, runs[0], None) for s in segments}
        wanted = [s.segment_id for s in segments]
        for run in runs:
            found = self._documents.get_many(
                SegmentResult,
                [keys.segment_result(media.tenant_id, run.run_id, media.media_id, s) for s in wanted],
            )
            for result in found:
                before = chosen[result.segment_id]
                if before.result is None or not result.failed:
                    chosen[result.segment_id] = SegmentView(media, before.segment, run, result)
            wanted = [s for s in wanted if (r := chosen[s].result) is None or r.failed]
            if not wanted:
                break
        return [chosen[s.segment_id] for s in segments]
