"""Wire models of the results of a prompt run."""

import json
from typing import Any, Literal, Self

from pydantic import BaseModel, Field

from functions.api.wire import MarkerInfo
from shared.domain.media import Media, Segment
from shared.domain.query.hits import segment_result_id, video_result_id
from shared.domain.runs.prompt_run import ModelCall
from shared.services.library.file_links import FileLinks
from shared.services.runs.views import SegmentResultView, VideoResultView


class ResultLinks(BaseModel):
    """Signed links, which need no credentials and expire, and durable URIs (``..._gcs_uri``)."""

    segment_uri: str | None
    gcs_uri: str | None
    thumbnail_uri: str | None
    thumbnail_gcs_uri: str | None
    gif_uri: str | None
    gif_gcs_uri: str | None
    thumbnail_available: bool
    gif_available: bool


def links_of(media: Media, segment: Segment | None, links: FileLinks) -> dict[str, Any]:
    """Return the links of a segment, or those of the whole medium if ``segment`` is None."""
    thumbnail = links.thumbnail_key(media, segment)
    preview = segment.preview_key if segment else media.preview_key
    played = links.signed(media.playback_key)
    return {
        "segment_uri": links.signed_segment(media, segment.start, segment.end) if segment else played,
        "gcs_uri": links.segment_uri(media, segment.start, segment.end)
        if segment
        else links.playback_uri(media),
        "thumbnail_uri": links.signed(thumbnail),
        "thumbnail_gcs_uri": links.durable(thumbnail),
        "gif_uri": links.signed(preview),
        "gif_gcs_uri": links.durable(preview),
        "thumbnail_available": thumbnail is not None,
        "gif_available": preview is not None,
    }


class SegmentRunResult(ResultLinks):
    """The result of a segment in a run.

    ``transcription_succeeded`` and ``image_embedding_succeeded`` are null if the operation is disabled.
    ``schema_used`` is JSON text. Times are seconds from the start of the medium.
    """

    result_type: Literal["segment"] = "segment"
    result_id: str
    segment_id: str
    video_id: str
    run_id: str
    prompt_id: str
    prompt_run_id: str
    video_name: str
    source_index_id: str | None
    executed_at: str
    start_time: float
    end_time: float
    metadata: dict[str, Any]
    metadata_text: str
    processing_warning: str | None
    schema_used: str
    field_extraction_succeeded: bool
    transcription_succeeded: bool | None
    image_embedding_succeeded: bool | None
    field_extraction_error: str | None
    transcription_error: str | None
    image_embedding_error: str | None
    marker: MarkerInfo = Field(default_factory=MarkerInfo)
    extracted_metadata_markers: dict[str, MarkerInfo] = Field(default_factory=dict)
    metadata_markers: dict[str, MarkerInfo] = Field(default_factory=dict)

    @classmethod
    def of(cls, view: SegmentResultView, links: FileLinks) -> Self:
        result = view.result
        return cls(
            **links_of(view.media, result.segment, links),
            result_id=segment_result_id(result.segment_id, result.run_id),
            segment_id=result.segment_id,
            video_id=result.media_id,
            run_id=result.run_id,
            prompt_id=result.prompt_id,
            prompt_run_id=result.run_id,
            video_name=view.media.title,
            source_index_id=view.media.index_id,
            executed_at=result.executed_at,
            start_time=result.start,
            end_time=result.end,
            metadata=result.metadata,
            metadata_text=result.metadata_text,
            processing_warning=result.warning,
            schema_used=json.dumps(view.run.prompt.json_schema),
            field_extraction_succeeded=result.field_extraction.succeeded is not False,
            transcription_succeeded=result.transcription.succeeded,
            image_embedding_succeeded=result.image_embedding.succeeded,
            field_extraction_error=result.field_extraction.error,
            transcription_error=result.transcription.error,
            image_embedding_error=result.image_embedding.error,
            marker=MarkerInfo.of(view.markers.own),
            extracted_metadata_markers=MarkerInfo.of_fields(view.markers),
            metadata_markers=MarkerInfo.of_fields(view.markers),
        )


class PromptRunVideoResult(ResultLinks):
    """The media-wide result of a medium in a run.

    The ``preview_...`` fields describe the segment that illustrates the result. ``omitted_segment_ids``,
    ``template_fields``, ``rendered_prompt_char_count`` and ``llm_attempted`` exist for older clients; this
    server omits no segments.
    """

    result_type: Literal["video"] = "video"
    result_id: str
    run_id: str
    prompt_id: str
    prompt_run_id: str
    video_id: str
    video_name: str
    source_index_id: str | None
    executed_at: str
    status: str
    metadata: dict[str, Any]
    metadata_text: str
    raw_llm_response: str | None
    processing_warning: str | None
    schema_used: str | None
    successful_segment_count: int
    failed_segment_count: int
    source_fingerprint: str | None
    embedding_status: str | None
    embedding_error: str | None
    attempt_id: str | None = None
    error_message: str | None
    started_at: str | None
    completed_at: str | None
    preview_segment_id: str | None
    preview_start_time: float | None
    preview_end_time: float | None
    preview_segment_uri: str | None
    preview_thumbnail_uri: str | None
    preview_gif_uri: str | None
    marker: MarkerInfo = Field(default_factory=MarkerInfo)
    omitted_segment_ids: list[str] = Field(default_factory=list)
    template_fields: list[str] = Field(default_factory=list)
    rendered_prompt_char_count: int = 0
    llm_attempted: bool = True

    @classmethod
    def of(cls, view: VideoResultView, links: FileLinks) -> Self:
        result, level, preview = view.result, view.run.prompt.video_level, view.result.preview_segment
        shown = links_of(view.media, preview, links) if preview else {}
        return cls(
            **links_of(view.media, None, links),
            result_id=video_result_id(result.media_id, result.run_id),
            run_id=result.run_id,
            prompt_id=result.prompt_id,
            prompt_run_id=result.run_id,
            video_id=result.media_id,
            video_name=view.media.title,
            source_index_id=view.media.index_id,
            executed_at=result.executed_at,
            status=result.status,
            metadata=result.metadata,
            metadata_text=result.metadata_text,
            raw_llm_response=result.raw_response,
            processing_warning=result.warning,
            schema_used=json.dumps(level.json_schema) if level else None,
            successful_segment_count=result.successful_segment_count,
            failed_segment_count=result.failed_segment_count,
            source_fingerprint=result.source_fingerprint,
            embedding_status=result.embedding_status,
            embedding_error=result.embedding_error,
            error_message=result.error_message,
            started_at=result.started_at,
            completed_at=result.completed_at,
            preview_segment_id=preview.segment_id if preview else None,
            preview_start_time=preview.start if preview else None,
            preview_end_time=preview.end if preview else None,
            preview_segment_uri=shown.get("segment_uri"),
            preview_thumbnail_uri=shown.get("thumbnail_uri"),
            preview_gif_uri=shown.get("gif_uri"),
            marker=MarkerInfo.of(view.markers.own),
            template_fields=level.included_segment_fields if level else [],
        )


class LlmCall(BaseModel):
    """A call of an extraction model, with its prompt and response. ``schema_used`` is JSON text."""

    llm_call_id: str
    prompt_run_id: str | None
    prompt_id: str | None
    video_id: str | None
    segment_id: str | None
    user_id: str
    model: str
    purpose: str
    status: str
    input_tokens: int
    output_tokens: int
    total_tokens: int
    video_seconds: float
    segment_start_time: float | None
    segment_end_time: float | None
    prompt_text: str | None
    response_text: str | None
    schema_used: str | None
    invoked_at: str
    completed_at: str | None
    created_at: str | None
    duration_ms: int | None
    error_message: str | None

    @classmethod
    def from_domain(cls, call: ModelCall) -> Self:
        return cls(
            llm_call_id=call.call_id,
            prompt_run_id=call.run_id,
            prompt_id=call.prompt_id,
            video_id=call.media_id,
            segment_id=call.segment_id,
            user_id=call.user_id,
            model=call.model,
            purpose=call.purpose,
            status=call.status,
            input_tokens=call.input_tokens,
            output_tokens=call.output_tokens,
            total_tokens=call.input_tokens + call.output_tokens,
            video_seconds=call.video_seconds,
            segment_start_time=call.segment_start,
            segment_end_time=call.segment_end,
            prompt_text=call.prompt_text,
            response_text=call.response_text,
            schema_used=call.schema_used,
            invoked_at=call.invoked_at,
            completed_at=call.completed_at,
            created_at=call.invoked_at,
            duration_ms=call.duration_ms,
            error_message=call.error_message,
        )
