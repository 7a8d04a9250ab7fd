"""Extraction of the prompt's JSON from the evidence of each segment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from typing import Final

from shared.domain import keys
from shared.domain.clock import timestamp
from shared.domain.evidence import SegmentEvidence
from shared.domain.keys import Key
from shared.domain.media import Segment
from shared.domain.query.result_texts import on_screen_lines, text_content
from shared.domain.runs.prompt_run import ModelCall, OperationOutcome, SegmentResult
from shared.domain.runs.statuses import SegmentStage
from shared.ports.models import Extraction, ExtractionFailed, ExtractionRequest
from shared.ports.records import ABSENT, Put
from shared.services.records.documents import put
from shared.services.runs.analysis.analysis import Analysis
from shared.services.runs.analysis.evidence import (
    FrameImages,
    evidence_between,
    metadata_text,
    with_reading_warning,
    with_transcription,
)
from shared.services.runs.execution.context import MediumWork
from shared.services.runs.execution.failures import Failure, attempt, describe
from shared.services.runs.run_events import segment_processed

_MAX_CALL_TEXT: Final = 50_000
"""Maximum number of stored characters of a prompt or an answer. The size of a record is limited."""

Extracted = tuple[SegmentResult, list[ModelCall]]


def extract_segments(
    work: MediumWork, analysis: Analysis, segments: Sequence[Segment], *, parallel: int = 1
) -> Iterator[SegmentResult]:
    """Extract ``segments``, and yield each result after it is written. ``parallel`` segments are extracted at
    the same time, which helps if the extractor is a remote endpoint.

    Raises: the stop signals (``failures.SIGNALS``). Extractions in progress are completed and written first.
    """
    with ThreadPoolExecutor(parallel, thread_name_prefix="extract") as threads:
        in_flight: list[Future[Extracted]] = []
        try:
            for segment in segments:
                work.stop_check.check()
                in_flight.append(threads.submit(partial(extract_segment, work, analysis, segment)))
                if len(in_flight) >= parallel:
                    yield save_result(work, *in_flight.pop(0).result())
        finally:
            saved = _save_completed(work, in_flight)
        yield from saved


def _save_completed(work: MediumWork, in_flight: Sequence[Future[Extracted]]) -> list[SegmentResult]:
    """Wait for the extractions in progress, and write those that succeed. Each may have taken minutes, so one
    that is stopped does not discard the others."""
    wait(in_flight)
    saved = [save_result(work, *future.result()) for future in in_flight if future.exception() is None]
    for future in in_flight:
        future.result()
    return saved


def extract_segment(
    work: MediumWork, analysis: Analysis, segment: Segment, *, attempt_id: str | None = None
) -> Extracted:
    """Extract one segment. A failed extraction also yields a result: transcript and on-screen text stay
    searchable."""
    started = timestamp()
    evidence = evidence_between(work, analysis, segment.start, segment.end)
    extraction, failure, calls = try_extract(work, _request(work, evidence))
    data = extraction.data if extraction else {}
    result = SegmentResult(
        run_id=work.run.run_id,
        media_id=work.media.media_id,
        segment_id=segment.segment_id,
        prompt_id=work.run.prompt_id,
        ordinal=segment.ordinal,
        start=segment.start,
        end=segment.end,
        segment=segment,
        metadata=with_transcription(data, evidence),
        metadata_text=metadata_text(data, evidence),
        text_content=text_content(evidence.transcript, on_screen_lines(evidence.frames)),
        field_extraction=failure.outcome() if failure else OperationOutcome(succeeded=True),
        transcription=_transcription(analysis),
        image_embedding=_image_embedding(work, evidence),
        failure_stage=SegmentStage.FIELD_EXTRACTION if failure else None,
        warning=with_reading_warning(extraction.warning if extraction else None, evidence),
        attempt_id=attempt_id,
        started_at=started,
        completed_at=timestamp(),
        executed_at=work.run.executed_at,
    )
    return result, [attributed(work, call, segment) for call in calls]


def _request(work: MediumWork, evidence: SegmentEvidence) -> ExtractionRequest:
    return ExtractionRequest(
        instructions=work.run.prompt.prompt_text,
        schema=work.run.prompt.json_schema,
        evidence=evidence,
        images=FrameImages(work.ports.blobs, evidence),
        check_stop=work.stop_check.check_server,
    )


def try_extract(
    work: MediumWork, request: ExtractionRequest
) -> tuple[Extraction | None, Failure | None, Sequence[ModelCall]]:
    """Extract, and return the extraction or the failure, and in either case the model calls."""

    def extraction_or_error() -> Extraction | ExtractionFailed:
        try:
            return work.extractor.extract(request)
        except ExtractionFailed as error:
            return error

    tried = attempt(extraction_or_error)
    if isinstance(tried.value, ExtractionFailed):
        return None, describe(tried.value), tried.value.calls
    return tried.value, tried.failure, tried.value.calls if tried.value else ()


def _transcription(analysis: Analysis) -> OperationOutcome:
    if analysis.transcript is None:
        return OperationOutcome()
    failure = analysis.transcript.failure
    return failure.outcome() if failure else OperationOutcome(succeeded=True)


def _image_embedding(work: MediumWork, evidence: SegmentEvidence) -> OperationOutcome:
    """Return the outcome for a segment. One embedded frame is enough to find the segment."""
    if not (work.run.options.enable_image_embedding and evidence.frames):
        return OperationOutcome()
    if any(frame.embedding for frame in evidence.frames):
        return OperationOutcome(succeeded=True)
    error = next((f.embedding_error for f in evidence.frames if f.embedding_error), "no frame was embedded")
    return OperationOutcome(succeeded=False, error=error, code="image_embedding_failed", retryable=True)


def attributed(work: MediumWork, call: ModelCall, segment: Segment | None = None) -> ModelCall:
    """Add to a call what the model does not know: user, run, prompt, medium and segment."""
    span = (segment.start, segment.end) if segment else (0.0, work.media.duration_seconds or 0.0)
    attributed_call = call.model_copy()
    attributed_call.run_id = work.run.run_id
    attributed_call.prompt_id = work.run.prompt_id
    attributed_call.media_id = work.media.media_id
    attributed_call.segment_id = segment.segment_id if segment else None
    attributed_call.user_id = work.run.user_id
    attributed_call.segment_start = span[0] if segment else None
    attributed_call.segment_end = span[1] if segment else None
    attributed_call.video_seconds = round(span[1] - span[0], 3)
    attributed_call.prompt_text = call.prompt_text and call.prompt_text[:_MAX_CALL_TEXT]
    attributed_call.response_text = call.response_text and call.response_text[:_MAX_CALL_TEXT]
    return attributed_call


def model_call_writes(work: MediumWork, calls: Sequence[ModelCall]) -> list[Put]:
    """Build the writes of model calls. Each call has a pointer below its medium, by which it is deleted with
    the medium; a run may have made millions of calls."""
    tenant_id, run_id, media_id = work.tenant_id, work.run.run_id, work.media.media_id
    return [
        *(put(keys.model_call(tenant_id, run_id, call.call_id), call) for call in calls),
        *(Put(keys.call_of_medium(tenant_id, run_id, media_id, call.call_id), {}) for call in calls),
    ]


def save_result(work: MediumWork, result: SegmentResult, calls: Sequence[ModelCall]) -> SegmentResult:
    """Write the first result of a segment in the run, with its event. Return the result of another worker if
    there is one already."""
    documents, key = work.ports.documents, result_key(work, result)
    call_writes = model_call_writes(work, calls)
    event = segment_processed(work.run, work.media, result)
    if documents.write_if_unchanged(put(key, result, expected_version=ABSENT), *event, *call_writes):
        return result
    if calls:
        documents.write(*call_writes)
    return documents.get(SegmentResult, key) or result


def replace_result(work: MediumWork, result: SegmentResult, calls: Sequence[ModelCall]) -> None:
    """Write the result of a retry. The end of the retry has its own event."""
    work.ports.documents.write(put(result_key(work, result), result), *model_call_writes(work, calls))


def result_key(work: MediumWork, result: SegmentResult) -> Key:
    return keys.segment_result(work.tenant_id, result.run_id, result.media_id, result.segment_id)
