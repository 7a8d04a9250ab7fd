"""One medium's records, brought from format 1 to 2: its results, what runs did with it, its card, its
line in the list of its index, and the states of its segments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Final

from shared.domain import keys
from shared.domain.errors import RecordTooLarge
from shared.domain.ids import parse_segment_id, recipe_fingerprint
from shared.domain.keys import Key
from shared.domain.media import Media, Segment
from shared.domain.runs.card import ListedMedia, RunCard
from shared.domain.runs.counts import kept_failures
from shared.domain.runs.prompt_run import (
    MediumState,
    PromptRun,
    RunStatus,
    SegmentResult,
    VideoLevelOutcome,
    VideoResult,
)
from shared.domain.runs.segment_states import SegmentStates
from shared.ports.records import ABSENT, Put, Record
from shared.services.library.media_records import MediaRecords, address_of
from shared.services.records.documents import Documents, put

_RESULTS_AT_ONCE: Final = 10
"""The largest records there may be fit into a transaction that often."""

_POINTERS_AT_ONCE: Final = 100


class MediumUpgrade:
    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._records = MediaRecords(documents)

    def run(self, tenant_id: str, media_id: str) -> None:
        media = self._documents.get(Media, keys.media(tenant_id, media_id))
        if media is None:
            return
        self._repeat(media)  # of format 1 the line is empty, and nothing could be changed beside it
        for run_id in self._run_ids(media):
            self._run(media, run_id)
        self._repeat(media)

    def _repeat(self, media: Media) -> None:
        """The card, if there is none, and the line as medium and card say."""
        address = address_of(media)
        card = self._documents.get(RunCard, address.card) or RunCard()
        line = ListedMedia.of(media, card)
        self._keep(put(address.card, card, sparse=True), put(address.line, line, sparse=True))

    def _run_ids(self, media: Media) -> Iterator[str]:
        """Newest first: the states of segments are those of the newest run that has any."""
        pointers, after = keys.run_of_media(media.tenant_id, media.media_id), None
        while True:
            page = self._documents.sort_keys(pointers, limit=_POINTERS_AT_ONCE, after=after, descending=True)
            yield from page.items
            after = page.next_after
            if after is None:
                return

    def _run(self, media: Media, run_id: str) -> None:
        run_key = keys.prompt_run(media.tenant_id, run_id)
        state_key = keys.medium_state(media.tenant_id, run_id, media.media_id)
        batch = self._documents.batch([run_key, state_key])
        run, state = batch.get(PromptRun, run_key), batch.get(MediumState, state_key)
        if run is None or state is None:
            return
        results = list(self._results(media, run_id))
        video_result = self._video_result(media, run_id)
        self._records.change_run(
            address_of(media),
            run_id,
            partial(_completed, media, results, video_result),
            states=self._states(media, run, state, results),
        )

    def _results(self, media: Media, run_id: str) -> Iterator[SegmentResult]:
        """Each with its segment, kept so; here without what was found, which may be much."""
        key, after = keys.segment_result(media.tenant_id, run_id, media.media_id), None
        while True:
            page = self._documents.records.query(
                key.partition, prefix=key.sort, after=after, limit=_RESULTS_AT_ONCE
            )
            results = [SegmentResult.model_validate(record.body) for record in page.records]
            segments = self._segments(media, [r.segment_id for r in results if r.segment is None])
            for result in results:
                result.segment = result.segment or segments.get(result.segment_id)
            self._keep_segments([put(r.key, result) for r, result in zip(page.records, results, strict=True)])
            yield from (result.outcomes_alone for result in results)
            after = page.next_after
            if after is None:
                return

    def _keep_segments(self, results: Sequence[Put]) -> None:
        """But not in a result that is as large as a record may be: its answer then has no links."""
        try:
            self._keep(*results)
        except RecordTooLarge:
            for result in results:
                with suppress(RecordTooLarge):
                    self._keep(result)

    def _video_result(self, media: Media, run_id: str) -> VideoResult | None:
        """Of format 1 it names the segment that illustrates it, instead of holding it."""
        record = self._documents.records.get(keys.video_result(media.tenant_id, run_id, media.media_id))
        if record is None:
            return None
        result = VideoResult.model_validate(record.body)
        named = record.body.get("preview_segment_id")
        if result.preview_segment is None and named:
            result.preview_segment = self._segments(media, [named]).get(named)
        self._keep(put(record.key, result))
        return result

    def _segments(self, media: Media, segment_ids: Sequence[str]) -> dict[str, Segment]:
        located = [where for each in segment_ids if (where := parse_segment_id(each))]
        wanted = [keys.segment(media.tenant_id, *where) for where in located]
        found = self._documents.get_many(Segment, wanted)
        return {segment.segment_id: segment for segment in found}

    def _states(
        self, media: Media, run: PromptRun, state: MediumState, results: Sequence[SegmentResult]
    ) -> SegmentStates | None:
        if not state.recipe:
            return None
        cut = keys.segment(media.tenant_id, media.media_id, recipe_fingerprint(state.recipe))
        at_work = state.status is RunStatus.PROCESSING
        segments = self._documents.every(Segment, cut) if at_work else []
        return SegmentStates.of(run.run_id, state.recipe, run.executed_at, results, segments)

    def _keep(self, *records: Put) -> None:
        """Write those that are not there alike."""
        found: dict[Key, Record] = {
            record.key: record for record in self._documents.records.get_many([each.key for each in records])
        }
        versions = {key: record.version for key, record in found.items()}
        changed = [each for each in records if each.key not in found or found[each.key].body != each.body]
        if changed:
            self._documents.write(
                *(replace(each, expected_version=versions.get(each.key, ABSENT)) for each in changed)
            )


def _completed(
    media: Media, results: Sequence[SegmentResult], video_result: VideoResult | None, state: MediumState
) -> MediumState:
    """With what format 1 did not have."""
    state.index_id = media.index_id
    if state.status.is_terminal and state.failures is None:
        state.failures = kept_failures(results) if state.recipe else []
    if video_result is not None:
        state.video_level = VideoLevelOutcome.of(video_result)
    return state
