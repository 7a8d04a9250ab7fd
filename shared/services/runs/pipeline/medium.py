"""One medium's way through a run: analyse, segment, extract, embed and index, sum up, settle."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from shared.domain.clock import timestamp
from shared.domain.media import Media, ProcessingStatus, Segment
from shared.domain.runs.counts import has_video_level
from shared.domain.runs.prompt_run import MediumState, RunStatus, SegmentResult
from shared.domain.runs.statuses import MediumStage
from shared.services.runs.analysis.analysis import Analysis, analyse
from shared.services.runs.execution.context import MediumWork
from shared.services.runs.execution.failures import Failure, attempt
from shared.services.runs.execution.supervision import MediumDeleted, RunCancelled
from shared.services.runs.pipeline.embed import TextVectors
from shared.services.runs.pipeline.extract import extract
from shared.services.runs.pipeline.finish import finish_medium, results_of, states_of
from shared.services.runs.pipeline.forget import forget_medium
from shared.services.runs.pipeline.index_results import BATCH, index_results
from shared.services.runs.pipeline.medium_result import media_result, with_video_level
from shared.services.runs.pipeline.segment import segment

DELETED: Final = Failure(
    "The medium was deleted while the run was at work.", "media_deleted", retryable=False
)


def process_medium(work: MediumWork, *, parallel: int) -> None:
    """Bring the medium to an end, of whatever kind.

    Raises: Interrupted, Unavailable: it is gone on with when the job is run again.
    """
    try:
        work.supervision.check_medium()
        _process_or_stop(work, parallel)
        work.supervision.check_medium()
    except MediumDeleted:
        forget_medium(work.ports, work.run, work.media)
        finish_medium(work, RunStatus.CANCELLED, DELETED)


def _process_or_stop(work: MediumWork, parallel: int) -> None:
    _begin(work)
    try:
        failure = attempt(partial(_process, work, parallel)).failure
    except RunCancelled:
        finish_medium(work, RunStatus.CANCELLED)
        return
    finish_medium(work, failure=failure)


def _begin(work: MediumWork) -> None:
    work.progress.change(work.media.media_id, _begun, change_media=_processing)


def _begun(medium_state: MediumState) -> MediumState:
    medium_state.status = RunStatus.PROCESSING
    medium_state.started_at = medium_state.started_at or timestamp()
    medium_state.stage = MediumStage.ANALYSIS
    return medium_state


def _processing(media: Media) -> Media:
    media.status = ProcessingStatus.PROCESSING
    return media


def _process(work: MediumWork, parallel: int) -> None:
    media_id = work.media.media_id
    analysis = analyse(work)
    work.progress.enter(media_id, MediumStage.SEGMENTATION)
    segments = segment(work, analysis)
    vectors = TextVectors(work.ports.models.text_embedder)
    results = _extract_and_index(work, analysis, segments, vectors, parallel)
    level = work.run.prompt.video_level
    if level is not None and has_video_level(work.run, work.media.media_type):
        work.progress.enter(media_id, MediumStage.VIDEO_LEVEL)
        made = media_result(work, level, analysis, results, vectors)
        work.progress.change(media_id, partial(with_video_level, made))


def _extract_and_index(
    work: MediumWork,
    analysis: Analysis,
    segments: Sequence[Segment],
    vectors: TextVectors,
    parallel: int,
) -> list[SegmentResult]:
    """A result for every segment: those of an earlier try, and the rest made now, batch by batch."""
    done = {result.segment_id: result for result in results_of(work)}
    recipe = work.progress.of(work.media.media_id).recipe
    work.progress.change(
        work.media.media_id,
        partial(_extracting, len(segments)),
        states=states_of(work, recipe, done.values(), segments),
    )
    index_pending(work, analysis, list(done.values()), vectors)
    missing = [item for item in segments if item.segment_id not in done]
    for start in range(0, len(missing), BATCH):
        batch = missing[start : start + BATCH]
        try:
            for result in extract(work, analysis, batch, parallel=parallel):
                done[result.segment_id] = result
                under_way = min(parallel, len(segments) - len(done))
                work.progress.count(
                    work.media.media_id,
                    done.values(),
                    partial(states_of, work, recipe, done.values(), segments),
                    processing=under_way,
                )
        except RunCancelled:
            index_pending(work, analysis, results_of(work), vectors)
            raise
        fresh = [done[item.segment_id] for item in batch]
        done |= {result.segment_id: result for result in index_results(work, analysis, fresh, vectors)}
    return sorted(done.values(), key=lambda result: result.ordinal)


def _extracting(total_segments: int, medium_state: MediumState) -> MediumState:
    medium_state.stage = MediumStage.EXTRACTION
    medium_state.total_segments = total_segments
    return medium_state


def index_pending(
    work: MediumWork, analysis: Analysis, results: Sequence[SegmentResult], vectors: TextVectors
) -> None:
    """Put into the index what was kept but not indexed when a try was cut off."""
    for _ in index_results(work, analysis, [r for r in results if not r.indexed], vectors):
        continue
