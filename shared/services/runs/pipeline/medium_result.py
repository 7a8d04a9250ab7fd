"""The media-wide result: extracted from the segment results and from the evidence of the whole medium."""

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
from shared.domain.runs.prompt_run import MediumState, SegmentResult, VideoLevelOutcome, VideoResult
from shared.domain.runs.statuses import CallPurpose, EmbeddingStatus, VideoLevelStatus
from shared.domain.schema.system_fields import METADATA_TEXT, SEGMENT_TIMES
from shared.ports.models import Extraction, ExtractionRequest
from shared.ports.search_index import Level, SearchDocument
from shared.services.records.documents import put
from shared.services.runs.analysis.analysis import Analysis
from shared.services.runs.analysis.evidence import (
    FrameImages,
    evidence_between,
    metadata_text,
    with_reading_warning,
)
from shared.services.runs.execution.context import MediumContext, MediumWork
from shared.services.runs.execution.failures import attempt
from shared.services.runs.pipeline.embed import TextVectors, field_passages, metadata_passages
from shared.services.runs.pipeline.extract import attributed, model_call_writes, try_extract

MAX_FRAMES: Final = 24
"""Maximum number of frames for the media-wide extraction, evenly spaced."""


def media_result(
    work: MediumWork,
    video_level: VideoLevel,
    analysis: Analysis,
    results: Sequence[SegmentResult],
    vectors: TextVectors,
) -> VideoResult:
    """Extract, index and write the media-wide result. A stored result of the same segment results is returned
    unchanged.

    Raises: the stop signals (``failures.SIGNALS``).
    """
    key = keys.video_result(work.tenant_id, work.run.run_id, work.media.media_id)
    fingerprint = _fingerprint(results)
    stored = work.ports.documents.get(VideoResult, key)
    if stored is not None and stored.source_fingerprint == fingerprint and stored.embedding_status:
        return stored
    work.stop_check.check()
    started = timestamp()
    successful = [result for result in results if not result.failed]
    evidence = _evidence(work, analysis)
    request = _request(work, video_level, evidence, successful)
    extraction, failure, calls = try_extract(work, request)
    data = extraction.data if extraction else {}
    result = VideoResult(
        run_id=work.run.run_id,
        media_id=work.media.media_id,
        prompt_id=work.run.prompt_id,
        status=_status(extraction, len(results) - len(successful)),
        metadata=data,
        metadata_text=metadata_text(data, evidence) if extraction else "",
        raw_response=calls[-1].response_text if calls else None,
        warning=with_reading_warning(extraction.warning if extraction else None, evidence),
        successful_segment_count=len(successful),
        failed_segment_count=len(results) - len(successful),
        source_fingerprint=fingerprint,
        error_message=failure.message if failure else None,
        preview_segment=(successful or results)[0].segment if results else None,
        started_at=started,
        executed_at=work.run.executed_at,
    )
    result = _index(work, result, vectors)
    result = result.model_copy(update={"completed_at": timestamp()})
    work.ports.documents.write(
        put(key, result), *model_call_writes(work, [attributed(work, call) for call in calls])
    )
    return result


def search_document(work: MediumContext, result: VideoResult, vectors: TextVectors) -> SearchDocument:
    """Build the search document of a media-wide result."""
    disabled = frozenset(work.run.prompt.semantic_indexing.disabled_video_level_fields)
    texts = field_passages(result.metadata, disabled) + metadata_passages(result.metadata_text, disabled)
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


def with_media_result(result: VideoResult, medium_state: MediumState) -> MediumState:
    """Set the status and outcome of the media-wide result in a medium's state."""
    medium_state.video_level_status = result.status
    medium_state.video_level = VideoLevelOutcome.of(result)
    return medium_state


def included_fields(result: SegmentResult, paths: Sequence[str]) -> JsonObject:
    """Return the input of a media-wide extraction from one segment: the fields at canonical ``paths`` (all
    fields if there are no paths), and under ``SEGMENT_TIMES`` the segment's times in seconds."""
    times: JsonObject = {SEGMENT_TIMES: {"start_time": result.start, "end_time": result.end}}
    if not paths:
        return result.metadata | times
    whole = result.metadata | {METADATA_TEXT: result.metadata_text}
    return (_selected(whole, "", frozenset(paths)) or {}) | times


def _selected(value: Any, path: str, paths: frozenset[str]) -> Any:
    """Return the part of ``value`` at ``paths``, or None."""
    if path in paths:
        return value
    if isinstance(value, dict):
        parts = {name: _selected(inner, member(path, name), paths) for name, inner in value.items()}
        return {name: part for name, part in parts.items() if part is not None} or None
    if isinstance(value, list):
        items = [part for inner in value if (part := _selected(inner, f"{path}[]", paths)) is not None]
        return items or None
    return None


def _request(
    work: MediumWork,
    video_level: VideoLevel,
    evidence: SegmentEvidence,
    successful: Sequence[SegmentResult],
) -> ExtractionRequest:
    paths = video_level.included_segment_fields
    return ExtractionRequest(
        instructions=video_level.instructions_text,
        schema=video_level.json_schema,
        evidence=evidence,
        images=FrameImages(work.ports.blobs, evidence),
        purpose=CallPurpose.VIDEO_LEVEL_EXTRACTION,
        segment_results=[included_fields(result, paths) for result in successful],
        check_stop=work.stop_check.check_server,
    )


def _evidence(work: MediumWork, analysis: Analysis) -> SegmentEvidence:
    """Return the evidence of the whole medium, with at most ``MAX_FRAMES`` frames."""
    whole = evidence_between(work, analysis, 0.0, math.inf)
    step = max(len(whole.frames) / MAX_FRAMES, 1.0)
    frames = [whole.frames[int(i * step)] for i in range(min(MAX_FRAMES, len(whole.frames)))]
    return whole.model_copy(update={"end": work.media.duration_seconds or 0.0, "frames": tuple(frames)})


def _status(extraction: Extraction | None, failed_segments: int) -> VideoLevelStatus:
    if extraction is None:
        return VideoLevelStatus.FAILED
    return VideoLevelStatus.PARTIAL if failed_segments else VideoLevelStatus.COMPLETED


def _index(work: MediumWork, result: VideoResult, vectors: TextVectors) -> VideoResult:
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
    """Return the fingerprint of the segment results. Unchanged segments need no new media-wide result."""
    parts = [[r.segment_id, r.field_extraction.succeeded, r.metadata] for r in results]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]
