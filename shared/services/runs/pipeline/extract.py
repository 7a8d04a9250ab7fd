"""Turn what was seen and heard in a segment into the prompt's JSON, and keep the result."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from typing import Final

from shared.domain import keys
from shared.domain.clock import timestamp
from shared.domain.evidence import SegmentEvidence
from shared.domain.media import Segment
from shared.domain.query.result_texts import on_screen_lines, text_content
from shared.domain.runs.prompt_run import ModelCall, OperationOutcome, SegmentResult
from shared.domain.runs.statuses import SegmentStage
from shared.ports.models import Extraction, ExtractionFailed, ExtractionRequest
from shared.ports.records import Put
from shared.services.records.documents import put
from shared.services.runs.analysis.analysis import Analysis
from shared.services.runs.analysis.evidence import (
    FramePictures,
    evidence_between,
    metadata_text,
    with_transcription,
)
from shared.services.runs.execution.context import MediumWork
from shared.services.runs.execution.failures import Failure, attempt, describe

_MAX_CALL_TEXT: Final = 50_000
"""Characters of a prompt or an answer that are kept: a record's size is bounded."""

Extracted = tuple[SegmentResult, list[ModelCall]]


def extract(
    work: MediumWork, analysis: Analysis, segments: Sequence[Segment], *, parallel: int = 1
) -> Iterator[SegmentResult]:
    """Results of ``segments``, each kept before it is given out. ``parallel`` are extracted at a
    time, which helps where the extractor is a distant endpoint.

    Raises: the signals to stop; what is under way then is still kept.
    """
    with ThreadPoolExecutor(parallel, thread_name_prefix="extract") as threads:
        under_way: list[Future[Extracted]] = []
        try:
            for segment in segments:
                work.supervision.check()
                under_way.append(threads.submit(partial(extract_one, work, analysis, segment)))
                if len(under_way) >= parallel:
                    yield keep(work, *under_way.pop(0).result())
        finally:
            settled = _settled(work, under_way)
        yield from settled


def _settled(work: MediumWork, under_way: Sequence[Future[Extracted]]) -> list[SegmentResult]:
    """One that was stopped does not cost its neighbours, which may have taken minutes."""
    wait(under_way)
    kept = [keep(work, *future.result()) for future in under_way if future.exception() is None]
    for future in under_way:
        future.result()
    return kept


def extract_one(
    work: MediumWork, analysis: Analysis, segment: Segment, *, attempt_id: str | None = None
) -> Extracted:
    """A failed extraction is a result too: what was said and read stays searchable."""
    started = timestamp()
    evidence = evidence_between(work, analysis, segment.start, segment.end)
    request = ExtractionRequest(
        instructions=work.run.prompt.prompt_text,
        schema=work.run.prompt.json_schema,
        evidence=evidence,
        images=FramePictures(work.ports.blobs, evidence),
        check_stop=work.supervision.check_stopping,
    )
    extraction, failure, calls = try_extract(work, request)
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
        warning=extraction.warning if extraction else None,
        attempt_id=attempt_id,
        started_at=started,
        completed_at=timestamp(),
        executed_at=work.run.executed_at,
    )
    return result, [addressed(work, call, segment) for call in calls]


def try_extract(
    work: MediumWork, request: ExtractionRequest
) -> tuple[Extraction | None, Failure | None, Sequence[ModelCall]]:
    """Data, or what went wrong; and the calls that were made either way."""

    def extract_data() -> Extraction | ExtractionFailed:
        try:
            return work.extractor.extract(request)
        except ExtractionFailed as error:
            return error

    tried = attempt(extract_data)
    if isinstance(tried.value, ExtractionFailed):
        return None, describe(tried.value), tried.value.calls
    return tried.value, tried.failure, tried.value.calls if tried.value else ()


def _transcription(analysis: Analysis) -> OperationOutcome:
    if analysis.transcript is None:
        return OperationOutcome()
    failure = analysis.transcript.failure
    return failure.outcome() if failure else OperationOutcome(succeeded=True)


def _image_embedding(work: MediumWork, evidence: SegmentEvidence) -> OperationOutcome:
    """Some frame in the space is enough to find a segment by."""
    if not (work.run.options.enable_image_embedding and evidence.frames):
        return OperationOutcome()
    if any(frame.embedding for frame in evidence.frames):
        return OperationOutcome(succeeded=True)
    error = next((f.embedding_error for f in evidence.frames if f.embedding_error), "no frame was embedded")
    return OperationOutcome(succeeded=False, error=error, code="image_embedding_failed", retryable=True)


def addressed(work: MediumWork, call: ModelCall, segment: Segment | None = None) -> ModelCall:
    """The call with what the model could not know: whose it was, and what for."""
    span = (segment.start, segment.end) if segment else (0.0, work.media.duration_seconds or 0.0)
    made = call.model_copy()
    made.run_id = work.run.run_id
    made.prompt_id = work.run.prompt_id
    made.media_id = work.media.media_id
    made.segment_id = segment.segment_id if segment else None
    made.user_id = work.run.user_id
    made.segment_start = span[0] if segment else None
    made.segment_end = span[1] if segment else None
    made.video_seconds = round(span[1] - span[0], 3)
    made.prompt_text = call.prompt_text and call.prompt_text[:_MAX_CALL_TEXT]
    made.response_text = call.response_text and call.response_text[:_MAX_CALL_TEXT]
    return made


def call_writes(work: MediumWork, calls: Sequence[ModelCall]) -> list[Put]:
    """Each with a pointer by which it goes with the medium; a run may have made millions."""
    tenant, run_id, media_id = work.tenant, work.run.run_id, work.media.media_id
    return [
        *(put(keys.model_call(tenant, run_id, call.call_id), call) for call in calls),
        *(Put(keys.call_of_medium(tenant, run_id, media_id, call.call_id), {}) for call in calls),
    ]


def keep(work: MediumWork, result: SegmentResult, calls: Sequence[ModelCall]) -> SegmentResult:
    key = keys.segment_result(work.tenant, result.run_id, result.media_id, result.segment_id)
    work.ports.documents.write(put(key, result), *call_writes(work, calls))
    return result
