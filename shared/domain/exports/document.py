"""The JSON document of an export, layout version 1.

Fields have the names and values of the API: those of a segment are in ``GET /prompt-runs/{run_id}/results``,
those of a media-wide result in ``GET /prompt-runs/{run_id}/videos/{video_id}/video-result``. Signed links are
left out, because they expire; ``..._gcs_uri`` are durable URIs. The schema of a prompt is in its run.

``docs/export-document.schema.json`` is generated from these models.
"""

from typing import Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from shared.domain.exports.content_scope import ExportType, ResultScope
from shared.domain.markers.marker import MarkerInfo
from shared.domain.media import MediaType
from shared.domain.runs.prompt_run import RunStatus

LAYOUT_VERSION: Final = 1
"""Grows when a reader of the former layout would misread the document. New fields do not change it."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ExportedMarker(_Strict):
    """A marker. All members are null if there is none."""

    marker_id: str | None = None
    color: str | None = None
    note: str | None = None
    updated_at: str | None = None

    @classmethod
    def of(cls, info: MarkerInfo | None) -> Self:
        return cls() if info is None else cls(**info.model_dump())


class ExportedRun(_Strict):
    """A run with its prompt, as it was when the run started. Times are UTC, ISO 8601."""

    run_id: str
    index_id: str | None
    status: RunStatus
    executed_at: str
    completed_at: str | None
    prompt_id: str
    prompt_name: str
    prompt_text: str
    json_schema: dict[str, Any]
    video_level_instructions_text: str | None
    video_level_json_schema: dict[str, Any] | None
    marker: ExportedMarker


class ExportedSegment(_Strict):
    """The result of a segment in a run. Times are seconds from the start of the medium.

    ``metadata`` holds the extracted fields and, if there is speech, ``transcription``.
    """

    result_type: Literal["segment"]
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
    gcs_uri: str
    thumbnail_gcs_uri: str | None
    gif_gcs_uri: str | None
    thumbnail_available: bool
    gif_available: bool
    metadata: dict[str, Any]
    metadata_text: str
    processing_warning: str | None
    field_extraction_succeeded: bool
    transcription_succeeded: bool | None
    image_embedding_succeeded: bool | None
    field_extraction_error: str | None
    transcription_error: str | None
    image_embedding_error: str | None
    marker: ExportedMarker
    extracted_metadata_markers: dict[str, ExportedMarker]
    metadata_markers: dict[str, ExportedMarker]


class ExportedVideoResult(_Strict):
    """The media-wide result of a medium in a run."""

    result_type: Literal["video"]
    result_id: str
    run_id: str
    prompt_id: str
    prompt_run_id: str
    video_id: str
    video_name: str
    source_index_id: str | None
    executed_at: str
    status: str
    gcs_uri: str
    thumbnail_gcs_uri: str | None
    gif_gcs_uri: str | None
    thumbnail_available: bool
    gif_available: bool
    metadata: dict[str, Any]
    metadata_text: str
    processing_warning: str | None
    successful_segment_count: int
    failed_segment_count: int
    embedding_status: str | None
    embedding_error: str | None
    error_message: str | None
    started_at: str | None
    completed_at: str | None
    preview_segment_id: str | None
    preview_start_time: float | None
    preview_end_time: float | None
    marker: ExportedMarker


class ExportedMedium(_Strict):
    """One medium in one run, with its results in that run. A picture has no duration."""

    run_id: str
    video_id: str
    title: str
    file_name: str
    index_id: str | None
    media_type: MediaType
    duration_seconds: float | None
    created_at: str
    gcs_uri: str
    marker: ExportedMarker
    video_result: ExportedVideoResult | None
    segments: list[ExportedSegment]


class ExportDocument(_Strict):
    """An export as one JSON document.

    ``media`` has an entry for each medium of each run, sorted by run and then by medium. Segments are in the
    order of time.
    """

    layout_version: Literal[1] = LAYOUT_VERSION
    export_type: ExportType
    target_id: str
    result_scope: ResultScope
    created_at: str = Field(description="when the export was created")
    runs: list[ExportedRun]
    media: list[ExportedMedium]
