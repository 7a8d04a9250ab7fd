"""Processing of one medium in a run: analyse, segment, extract, embed, index, media-wide result, final
status."""

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
from shared.services.runs.execution.stop_check import MediumDeleted, RunCancelled
from shared.services.runs.pipeline.embed import TextVectors
from shared.services.runs.pipeline.extract import extract_segments
from shared.services.runs.pipeline.finish import finish_medium, segment_results, segment_states
from shared.services.runs.pipeline.index_results import BATCH, index_results
from shared.services.runs.pipeline.medium_erasure import erase_medium
from shared.services.runs.pipeline.medium_result import media_result, with_media_result
from shared.services.runs.pipeline.segment import segment

DELETED_DURING_RUN: Final = Failure(
    "The medium was deleted while the run was in progress.", "media_deleted", retryable=False
)


def process_medium(work: MediumWork, *, parallel: int) -> None:
    """Process the medium until it has a final status.

    Raises: Interrupted, Unavailable. The retried job resumes the medium.
    """
    try:
        work.stop_check.check_medium()
        _process_until_end(work, parallel)
        work.stop_check.check_medium()
    except MediumDeleted:
        erase_medium(work.ports, work.run, work.media)
        finish_medium(work, RunStatus.CANCELLED, DELETED_DURING_RUN)


def _process_until_end(work: MediumWork, parallel: int) -> None:
    _begin(work)
    try:
        failure = attempt(partial(_process, work, parallel)).failure
    except RunCancelled:
        finish_medium(work, RunStatus.CANCELLED)
        return
    finish_medium(work, failure=failure)


def _begin(work: MediumWork) -> None:
    work.progress.change(work.media.media_id, _with_start, change_media=_with_processing_status)


def _with_start(medium_state: MediumState) -> MediumState:
    medium_state.status = RunStatus.PROCESSING
    medium_state.started_at = medium_state.started_at or timestamp()
    medium_state.stage = MediumStage.ANALYSIS
    return medium_state


def _with_processing_status(media: Media) -> Media:
    media.status = ProcessingStatus.PROCESSING
    return media


def _process(work: MediumWork, parallel: int) -> None:
    media_id = work.media.media_id
    analysis = analyse(work)
    work.progress.enter(media_id, MediumStage.SEGMENTATION)
    segments = segment(work, analysis)
    vectors = TextVectors(work.ports.models.text_embedder)
    results = _extract_and_index(work, analysis, segments, vectors, parallel)
    video_level = work.run.prompt.video_level
    if video_level is not None and has_video_level(work.run, work.media.media_type):
        work.progress.enter(media_id, MediumStage.VIDEO_LEVEL)
        result = media_result(work, video_level, analysis, results, vectors)
        work.progress.change(media_id, partial(with_media_result, result))


def _extract_and_index(
    work: MediumWork,
    analysis: Analysis,
    segments: Sequence[Segment],
    vectors: TextVectors,
    parallel: int,
) -> list[SegmentResult]:
    """Return a result for every segment. The results of earlier attempts are reused; the others are extracted
    and indexed batch by batch."""
    results = {result.segment_id: result for result in segment_results(work)}
    recipe = work.progress.state(work.media.media_id).recipe
    work.progress.change(
        work.media.media_id,
        partial(_with_extraction_stage, len(segments)),
        states=segment_states(work, recipe, results.values(), segments),
    )
    index_pending(work, analysis, list(results.values()), vectors)
    missing = [item for item in segments if item.segment_id not in results]
    for start in range(0, len(missing), BATCH):
        batch = missing[start : start + BATCH]
        try:
            for result in extract_segments(work, analysis, batch, parallel=parallel):
                results[result.segment_id] = result
                in_flight = min(parallel, len(segments) - len(results))
                work.progress.count(
                    work.media.media_id,
                    results.values(),
                    partial(segment_states, work, recipe, results.values(), segments),
                    processing=in_flight,
                )
        except RunCancelled:
            index_pending(work, analysis, segment_results(work), vectors)
            raise
        extracted = [results[item.segment_id] for item in batch]
        results |= {result.segment_id: result for result in index_results(work, analysis, extracted, vectors)}
    return sorted(results.values(), key=lambda result: result.ordinal)


def _with_extraction_stage(total_segments: int, medium_state: MediumState) -> MediumState:
    medium_state.stage = MediumStage.EXTRACTION
    medium_state.total_segments = total_segments
    return medium_state


def index_pending(
    work: MediumWork, analysis: Analysis, results: Sequence[SegmentResult], vectors: TextVectors
) -> None:
    """Index the results that were written but not indexed before an interruption."""
    for _ in index_results(work, analysis, [r for r in results if not r.indexed], vectors):
        continue
