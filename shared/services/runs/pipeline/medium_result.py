"""One result for a medium as a whole: from what was extracted from its segments, and from the
medium itself."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from typing import Any, Final

from shared.domain import keys
from shared.domain.clock import timestamp
from shared.domain.evidence import SegmentEvidence
from shared.domain.prompts.prompt import JsonObject, VideoLevel
from shared.domain.query.field_paths import member
from shared.domain.query.hits import video_result_id
from shared.domain.query.leaves import leaves
from shared.domain.query.result_texts import METADATA_TEXT
from shared.domain.runs.prompt_run import MediumState, SegmentResult, VideoLevelOutcome, VideoResult
from shared.domain.runs.statuses import CallPurpose, EmbeddingStatus, VideoLevelStatus
from shared.ports.models import Extraction, ExtractionRequest
from shared.ports.search_index import Level, SearchDocument
from shared.services.records.documents import put
from shared.services.runs.analysis.analysis import Analysis
from shared.services.runs.analysis.evidence import FramePictures, evidence_between, metadata_text
from shared.services.runs.execution.context import MediumContext, MediumWork
from shared.services.runs.execution.failures import attempt
from shared.services.runs.pipeline.embed import TextVectors, field_texts, whole_text
from shared.services.runs.pipeline.extract import addressed, call_writes, try_extract

MAX_FRAMES: Final = 24
"""Frames of a medium that its result may look at, spread evenly."""


def media_result(
    work: MediumWork,
    level: VideoLevel,
    analysis: Analysis,
    results: Sequence[SegmentResult],
    vectors: TextVectors,
) -> VideoResult:
    """The result, kept and indexed. One that is kept for the same segment results stays.

    Raises: the signals to stop.
    """
    key = keys.video_result(work.tenant, work.run.run_id, work.media.media_id)
    fingerprint = _fingerprint(results)
    known = work.ports.documents.get(VideoResult, key)
    if known is not None and known.source_fingerprint == fingerprint and known.embedding_status:
        return known
    work.supervision.check()
    started = timestamp()
    good = [result for result in results if not result.failed]
    evidence = _evidence(work, analysis)
    request = ExtractionRequest(
        instructions=level.instructions_text,
        schema=level.json_schema,
        evidence=evidence,
        images=FramePictures(work.ports.blobs, evidence),
        purpose=CallPurpose.VIDEO_LEVEL_EXTRACTION,
        segment_results=[included(result, level.included_segment_fields) for result in good],
        check_stop=work.supervision.check_stopping,
    )
    extraction, failure, calls = try_extract(work, request)
    data = extraction.data if extraction else {}
    result = VideoResult(
        run_id=work.run.run_id,
        media_id=work.media.media_id,
        prompt_id=work.run.prompt_id,
        status=_status(extraction, len(results) - len(good)),
        metadata=data,
        metadata_text=metadata_text(data, evidence) if extraction else "",
        raw_response=calls[-1].response_text if calls else None,
        warning=extraction.warning if extraction else None,
        successful_segment_count=len(good),
        failed_segment_count=len(results) - len(good),
        source_fingerprint=fingerprint,
        error_message=failure.message if failure else None,
        preview_segment=(good or results)[0].segment if results else None,
        started_at=started,
        executed_at=work.run.executed_at,
    )
    result = _indexed(work, result, vectors)
    result = result.model_copy(update={"completed_at": timestamp()})
    work.ports.documents.write(
        put(key, result), *call_writes(work, [addressed(work, call) for call in calls])
    )
    return result


def search_document(work: MediumContext, result: VideoResult, vectors: TextVectors) -> SearchDocument:
    disabled = frozenset(work.run.prompt.semantic_indexing.disabled_video_level_fields)
    texts = field_texts(result.metadata, disabled) + whole_text(result.metadata_text, disabled)
    return SearchDocument(
        result_id=video_result_id(result.media_id, result.run_id),
        tenant_id=work.run.tenant_id,
        index_id=work.media.index_id or "",
        run_id=result.run_id,
        media_id=result.media_id,
        segment_id="",
        level=Level.VIDEO,
        start=0.0,
        executed_at=result.executed_at,
        leaves=leaves(result.metadata),
        passages=vectors.passages([texts])[0],
    )


def with_video_level(result: VideoResult, medium_state: MediumState) -> MediumState:
    """Set what a medium's state in the run says of its media-wide result."""
    medium_state.video_level_status = result.status
    medium_state.video_level = VideoLevelOutcome.of(result)
    return medium_state


def included(result: SegmentResult, paths: Sequence[str]) -> JsonObject:
    """What of a segment's result goes into the media-wide one: the fields at canonical ``paths``
    (all when there are none), and its times."""
    times: JsonObject = {"start_time": result.start, "end_time": result.end}
    if not paths:
        return result.metadata | times
    whole = result.metadata | {METADATA_TEXT: result.metadata_text}
    return (_kept(whole, "", frozenset(paths)) or {}) | times


def _kept(value: Any, path: str, paths: frozenset[str]) -> Any:
    """The part of ``value`` that ``paths`` name, or None."""
    if path in paths:
        return value
    if isinstance(value, dict):
        parts = {name: _kept(inner, member(path, name), paths) for name, inner in value.items()}
        return {name: part for name, part in parts.items() if part is not None} or None
    if isinstance(value, list):
        items = [part for inner in value if (part := _kept(inner, f"{path}[]", paths)) is not None]
        return items or None
    return None


def _evidence(work: MediumWork, analysis: Analysis) -> SegmentEvidence:
    whole = evidence_between(work, analysis, 0.0, math.inf)
    step = max(len(whole.frames) / MAX_FRAMES, 1.0)
    frames = [whole.frames[int(i * step)] for i in range(min(MAX_FRAMES, len(whole.frames)))]
    return whole.model_copy(update={"end": work.media.duration_seconds or 0.0, "frames": tuple(frames)})


def _status(extraction: Extraction | None, failed_segments: int) -> VideoLevelStatus:
    if extraction is None:
        return VideoLevelStatus.FAILED
    return VideoLevelStatus.PARTIAL if failed_segments else VideoLevelStatus.COMPLETED


def _indexed(work: MediumWork, result: VideoResult, vectors: TextVectors) -> VideoResult:
    if result.status is VideoLevelStatus.FAILED:
        return result.model_copy(update={"embedding_status": EmbeddingStatus.SKIPPED})
    failure = attempt(lambda: work.ports.search_index.put([search_document(work, result, vectors)])).failure
    return result.model_copy(
        update={
            "embedding_status": EmbeddingStatus.FAILED if failure else EmbeddingStatus.COMPLETED,
            "embedding_error": failure.message if failure else None,
        }
    )


def _fingerprint(results: Sequence[SegmentResult]) -> str:
    """Of what the result is made from: unchanged segments give an unchanged result."""
    parts = [[r.segment_id, r.field_extraction.succeeded, r.metadata] for r in results]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]
