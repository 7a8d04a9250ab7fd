"""Retry of one segment of a finished run: its failed operations, and its extraction."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from shared.domain import keys
from shared.domain.clock import timestamp
from shared.domain.ids import parse_segment_id
from shared.domain.media import Media, Segment
from shared.domain.runs.counts import has_video_level
from shared.domain.runs.prompt_run import PromptRun, RunStatus, SegmentResult
from shared.domain.runs.segment_retry import SegmentRetry
from shared.domain.runs.statuses import RetryStatus
from shared.ports.models import Extractor
from shared.services.records.documents import Documents
from shared.services.runs.analysis.analysis import Analysis, analyse
from shared.services.runs.execution.context import MediumWork, PipelinePorts
from shared.services.runs.execution.failures import Attempt, Failure, attempt
from shared.services.runs.execution.progress import Progress
from shared.services.runs.execution.stop_check import MediumDeleted, StopCheck
from shared.services.runs.media_states import media_of_run
from shared.services.runs.pipeline.embed import TextVectors
from shared.services.runs.pipeline.extract import extract_segment, model_call_writes, replace_result
from shared.services.runs.pipeline.finish import finish_medium, finish_run, segment_results
from shared.services.runs.pipeline.index_results import index_results
from shared.services.runs.pipeline.medium_erasure import erase_medium
from shared.services.runs.pipeline.medium_result import media_result, with_media_result
from shared.services.runs.pipeline.retry_outcome import fail_retry, write_outcome

MEDIUM_OR_SEGMENT_DELETED = Failure(
    "The medium or its segment was deleted.", "media_deleted", retryable=False
)


def retry_segment(
    ports: PipelinePorts,
    run: PromptRun,
    arguments: Mapping[str, str],
    extractor: Extractor,
    stop_check: StopCheck,
) -> None:
    """Retry a segment, and record the outcome.

    Raises: Interrupted, Unavailable.
    """
    key = keys.segment_retry(run.tenant_id, run.run_id, arguments["retry_id"])
    retry = ports.documents.update(SegmentRetry, key, _with_start)
    if retry is None or retry.status is not RetryStatus.PROCESSING:
        return
    media = ports.documents.get(Media, keys.media(run.tenant_id, retry.media_id))
    segment = _segment(ports.documents, run, retry.segment_id)
    run_media = media_of_run(ports.documents, run)
    in_run = any(state.media_id == retry.media_id for state in run_media.states)
    if media is None or segment is None or not in_run:
        fail_retry(ports.documents, run, arguments, MEDIUM_OR_SEGMENT_DELETED)
        return
    progress = Progress(ports.documents, run, run_media)
    work = MediumWork(ports, run, media, extractor, stop_check.for_medium(media.media_id), progress)
    outcome = _retry_unless_deleted(work, segment, retry.retry_id)
    write_outcome(ports.documents, run, retry.retry_id, outcome)


def _retry_unless_deleted(work: MediumWork, segment: Segment, retry_id: str) -> Attempt[SegmentResult]:
    """Retry a segment. If its medium is deleted meanwhile, erase what the retry wrote."""
    try:
        work.stop_check.check_medium()
        outcome = attempt(partial(_retry, work, segment, retry_id))
        work.stop_check.check_medium()
    except MediumDeleted:
        erase_medium(work.ports, work.run, work.media)
        return Attempt(None, MEDIUM_OR_SEGMENT_DELETED)
    return outcome


def _retry(work: MediumWork, segment: Segment, retry_id: str) -> SegmentResult:
    """Return the new result. A failed result does not replace a successful one."""
    analysis = analyse(work)
    vectors = TextVectors(work.ports.models.text_embedder)
    key = keys.segment_result(work.tenant_id, work.run.run_id, segment.media_id, segment.segment_id)
    previous = work.ports.documents.get(SegmentResult, key)
    result, calls = extract_segment(work, analysis, segment, attempt_id=retry_id)
    if result.failed and previous is not None and not previous.failed:
        if calls:
            work.ports.documents.write(*model_call_writes(work, calls))
        return result
    replace_result(work, result, calls)
    [indexed] = index_results(work, analysis, [result], vectors)
    _update_totals(work, analysis, vectors)
    return indexed


def _update_totals(work: MediumWork, analysis: Analysis, vectors: TextVectors) -> None:
    """Update the media-wide result, the medium and the run from the current segment results. The update is
    repeated if the retry of another segment changes the results meanwhile, so the last writer includes all of
    them."""
    video_level = work.run.prompt.video_level
    media_id = work.media.media_id
    while True:
        results = segment_results(work)
        if video_level is not None and has_video_level(work.run, work.media.media_type):
            result = media_result(work, video_level, analysis, results, vectors)
            work.progress.change(media_id, partial(with_media_result, result))
        cancelled = work.progress.state(media_id).status is RunStatus.CANCELLED
        finish_medium(work, RunStatus.CANCELLED if cancelled else None)
        if segment_results(work) == results:
            break
    finish_run(work.ports.documents, work.run)


def _segment(documents: Documents, run: PromptRun, segment_id: str) -> Segment | None:
    location = parse_segment_id(segment_id)
    return documents.get(Segment, keys.segment(run.tenant_id, *location)) if location else None


def _with_start(retry: SegmentRetry) -> SegmentRetry:
    if not retry.is_finished:
        retry.status = RetryStatus.PROCESSING
        retry.started_at = retry.started_at or timestamp()
    return retry
