"""Do one segment of a finished run again: whatever of it failed, and its extraction."""

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
from shared.services.runs.execution.supervision import MediumDeleted, Supervision
from shared.services.runs.media_states import media_of_run
from shared.services.runs.pipeline.embed import TextVectors
from shared.services.runs.pipeline.extract import call_writes, extract_one, keep
from shared.services.runs.pipeline.finish import finish_medium, finish_run, results_of
from shared.services.runs.pipeline.forget import forget_medium
from shared.services.runs.pipeline.index_results import index_results
from shared.services.runs.pipeline.medium_result import media_result, with_video_level
from shared.services.runs.pipeline.retry_outcome import ended, fail_retry

GONE = Failure("The medium or its segment was deleted.", "media_deleted", retryable=False)


def retry_segment(
    ports: PipelinePorts,
    run: PromptRun,
    arguments: Mapping[str, str],
    extractor: Extractor,
    supervision: Supervision,
) -> None:
    """Raises: Interrupted, Unavailable."""
    key = keys.segment_retry(run.tenant_id, run.run_id, arguments["retry_id"])
    retry = ports.documents.update(SegmentRetry, key, _begun)
    if retry is None or retry.status is not RetryStatus.PROCESSING:
        return
    media = ports.documents.get(Media, keys.media(run.tenant_id, retry.media_id))
    segment = _segment(ports.documents, run, retry.segment_id)
    of_run = media_of_run(ports.documents, run)
    touched = any(state.media_id == retry.media_id for state in of_run.states)
    if media is None or segment is None or not touched:
        fail_retry(ports.documents, run, arguments, GONE)
        return
    progress = Progress(ports.documents, run, of_run)
    watched = supervision.over(media.media_id)
    work = MediumWork(ports, run, media, extractor, watched, progress)
    try:
        watched.check_medium()
        tried = attempt(partial(_again, work, segment, retry.retry_id))
        watched.check_medium()
    except MediumDeleted:
        forget_medium(ports, run, media)
        tried = Attempt(None, GONE)
    ports.documents.update(SegmentRetry, key, partial(ended, tried))


def _again(work: MediumWork, segment: Segment, retry_id: str) -> SegmentResult:
    """The new result; one that is worse than what there was is given back and not kept."""
    analysis = analyse(work)
    vectors = TextVectors(work.ports.models.text_embedder)
    key = keys.segment_result(work.tenant, work.run.run_id, segment.media_id, segment.segment_id)
    before = work.ports.documents.get(SegmentResult, key)
    result, calls = extract_one(work, analysis, segment, attempt_id=retry_id)
    if result.failed and before is not None and not before.failed:
        if calls:
            work.ports.documents.write(*call_writes(work, calls))
        return result
    keep(work, result, calls)
    [indexed] = index_results(work, analysis, [result], vectors)
    _settle(work, analysis, vectors)
    return indexed


def _settle(work: MediumWork, analysis: Analysis, vectors: TextVectors) -> None:
    """Media-wide result, medium and run, as they follow from the results that there are now. Made anew
    where another segment's retry has kept its result meanwhile: whoever writes last has seen all."""
    level = work.run.prompt.video_level
    media_id = work.media.media_id
    while True:
        results = results_of(work)
        if level is not None and has_video_level(work.run, work.media.media_type):
            made = media_result(work, level, analysis, results, vectors)
            work.progress.change(media_id, partial(with_video_level, made))
        cancelled = work.progress.of(media_id).status is RunStatus.CANCELLED
        finish_medium(work, RunStatus.CANCELLED if cancelled else None)
        if results_of(work) == results:
            break
    finish_run(work.ports.documents, work.run)


def _segment(documents: Documents, run: PromptRun, segment_id: str) -> Segment | None:
    located = parse_segment_id(segment_id)
    return documents.get(Segment, keys.segment(run.tenant_id, *located)) if located else None


def _begun(retry: SegmentRetry) -> SegmentRetry:
    if not retry.is_finished:
        retry.status = RetryStatus.PROCESSING
        retry.started_at = retry.started_at or timestamp()
    return retry
