"""Prompt runs. A run applies one prompt to media, segment by segment."""

from enum import StrEnum
from typing import Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field

from shared.domain.markers.marker import MarkerInfo
from shared.domain.media import MediaType, Segment
from shared.domain.prompts.prompt import PromptDefinition
from shared.domain.runs.statuses import (
    BillingStatus,
    CallPurpose,
    CallStatus,
    EmbeddingStatus,
    MediumStage,
    PromptType,
    SegmentStage,
    StopMode,
    VideoLevelStatus,
)
from shared.domain.runs.targets import RunTarget

_MAX_ERROR_CHARACTERS: Final = 500
"""Maximum length of an error message that is repeated in summaries for lists."""


DEFAULT_FIXED_SECONDS: Final = 10
"""The length of segments of the type ``fixed`` if no option says it."""


class RunStatus(StrEnum):
    """Status of a prompt run, or of one medium in a run."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    COMPLETED_WITH_FAILURES = "completed_with_failures"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_terminal(self) -> bool:
        return self not in (RunStatus.PENDING, RunStatus.PROCESSING)


class SegmentationType(StrEnum):
    SMART = "smart"
    CONTENT_AWARE = "content_aware"
    FIXED = "fixed"


class RunOptions(BaseModel):
    """Options of a run. Durations are whole seconds, 1 to 300."""

    video_segmentation_type: SegmentationType = SegmentationType.SMART
    audio_segmentation_type: SegmentationType = SegmentationType.CONTENT_AWARE
    video_segment_duration: int | None = None
    audio_segment_duration: int | None = None
    processing_model: str | None = None
    enable_transcription: bool = True
    enable_image_embedding: bool = True


class StopState(BaseModel):
    """The stop request of a run. ``observed_at``: the run has seen it and starts no further work."""

    requested_at: str | None = None
    requested_by: str | None = None
    mode: StopMode | None = None
    observed_at: str | None = None
    completed_at: str | None = None


class PromptRun(BaseModel):
    """One run of a prompt over its target.

    ``prompt`` is a copy from the start of the run, so later edits of the prompt do not change it.
    ``media_counts`` maps a media type to the counters total, completed, failed, partial and cancelled.
    ``selected_media_counts`` maps it to the number of media with a result that the selection filter selects.
    ``progress_event_at`` is the time of the run's last progress event. ``awaited_imports`` are the import
    jobs whose media the run waits for.
    All counters are sums over the ``MediumState`` records of the run.
    """

    run_id: str
    tenant_id: str
    user_id: str
    prompt_id: str
    prompt: PromptDefinition
    prompt_type: PromptType = PromptType.CUSTOM
    options: RunOptions
    target: RunTarget
    index_id: str | None
    awaited_imports: list[str] = Field(default_factory=list)
    status: RunStatus = RunStatus.PENDING
    stop: StopState = Field(default_factory=StopState)
    executed_at: str
    started_at: str | None = None
    completed_at: str | None = None
    error_message: str | None = None
    media_counts: dict[MediaType, dict[str, int]] = Field(default_factory=dict)
    total_segments: int = 0
    completed_segments: int = 0
    field_extraction_failures: int = 0
    transcription_failures: int = 0
    image_embedding_failures: int = 0
    created_new_segments: bool = False
    total_seconds: float = 0.0
    video_level_counts: dict[str, int] = Field(default_factory=dict)
    selected_media_counts: dict[MediaType, int] = Field(default_factory=dict)
    selected_segments: int = 0
    progress_event_at: str | None = None
    planned: bool = Field(default=False, description="every medium of the target has its MediumState")
    billing_estimated_mt: float = 0.0
    billing_actual_mt: float = 0.0
    billing_status: BillingStatus = BillingStatus.PENDING
    marker: MarkerInfo | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether the run waits for imports. It has no job until they have ended."""
        return bool(self.awaited_imports) and not self.status.is_terminal


class VideoLevelOutcome(BaseModel):
    """The outcome of a media-wide result, without its content."""

    successful_segment_count: int = 0
    failed_segment_count: int = 0
    started_at: str | None = None
    completed_at: str | None = None
    error_message: str | None = None

    @classmethod
    def of(cls, result: "VideoResult") -> Self:
        return cls(
            successful_segment_count=result.successful_segment_count,
            failed_segment_count=result.failed_segment_count,
            started_at=result.started_at,
            completed_at=result.completed_at,
            error_message=result.error_message and result.error_message[:_MAX_ERROR_CHARACTERS],
        )


class MediumState(BaseModel):
    """The state of one medium in one run.

    ``starts`` counts how often a worker died while it processed the medium. ``failures`` are the results
    with a failed operation, without their content. It is None if they are not known, or too many to store
    here. ``failure_reasons`` counts the failed segments by their commonest error messages. ``is_selected``:
    the selection filter of the run selects a result of the medium.
    """

    model_config = ConfigDict(validate_assignment=True)

    run_id: str
    media_id: str
    index_id: str | None = None
    media_type: MediaType
    prompt_id: str
    ordinal: int
    status: RunStatus = RunStatus.PENDING
    partial: bool = False
    recipe: str = ""
    stage: MediumStage = MediumStage.PENDING
    starts: int = 0
    total_segments: int = 0
    processing_segments: int = 0
    successful_segments: int = 0
    failed_segments: int = 0
    field_extraction_failures: int = 0
    transcription_failures: int = 0
    image_embedding_failures: int = 0
    created_new_segments: bool = False
    video_level_status: VideoLevelStatus | None = None
    video_level: VideoLevelOutcome | None = None
    is_selected: bool = False
    selected_segments: int = 0
    duration_seconds: float = 0.0
    error_message: str | None = None
    failure_stage: MediumStage | None = None
    failure_code: str | None = None
    retryable: bool | None = None
    failures: "list[SegmentResult] | None" = None
    failure_reasons: dict[str, int] = Field(default_factory=dict)
    attempt_id: str | None = None
    created_at: str
    started_at: str | None = None
    completed_at: str | None = None
    updated_at: str


class OperationOutcome(BaseModel):
    """The outcome of one operation on one segment. ``succeeded`` None: the operation is disabled."""

    succeeded: bool | None = None
    error: str | None = None
    code: str | None = None
    retryable: bool | None = None


class SegmentResult(BaseModel):
    """The result of one segment in one run.

    ``metadata`` holds the fields of the schema and, if there is speech, ``transcription``. ``segment`` is
    a copy of the segment, which never changes, so a result needs one read only.
    """

    run_id: str
    media_id: str
    segment_id: str
    prompt_id: str
    ordinal: int
    start: float
    end: float
    segment: Segment | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)
    metadata_text: str = ""
    text_content: str = ""
    field_extraction: OperationOutcome = Field(default_factory=OperationOutcome)
    transcription: OperationOutcome = Field(default_factory=OperationOutcome)
    image_embedding: OperationOutcome = Field(default_factory=OperationOutcome)
    processing: OperationOutcome = Field(default_factory=OperationOutcome)
    failure_stage: SegmentStage | None = None
    warning: str | None = None
    indexed: bool = False
    attempt_id: str | None = None
    started_at: str | None = None
    completed_at: str
    executed_at: str

    @property
    def failed(self) -> bool:
        return self.field_extraction.succeeded is False or self.processing.succeeded is False

    @property
    def error_message(self) -> str | None:
        """Why the segment failed, or None if it did not."""
        return self.processing.error or self.field_extraction.error if self.failed else None

    @property
    def failed_operations(self) -> list[str]:
        """The failed operations, by their names in the API."""
        outcomes = {
            "field_extraction": self.field_extraction,
            "transcription": self.transcription,
            "image_embedding": self.image_embedding,
            "processing": self.processing,
        }
        return [name for name, outcome in outcomes.items() if outcome.succeeded is False]

    @property
    def without_content(self) -> "SegmentResult":
        """A copy with the outcomes of the operations, without segment, metadata and texts."""
        copy = self.model_copy()
        copy.segment = None
        copy.metadata = {}
        copy.metadata_text = copy.text_content = ""
        return copy


class VideoResult(BaseModel):
    """The media-wide result of a medium in a run. ``preview_segment`` is the segment that illustrates it."""

    run_id: str
    media_id: str
    prompt_id: str
    status: VideoLevelStatus
    metadata: dict[str, Any] = Field(default_factory=dict)
    metadata_text: str = ""
    raw_response: str | None = None
    warning: str | None = None
    successful_segment_count: int = 0
    failed_segment_count: int = 0
    source_fingerprint: str | None = None
    embedding_status: EmbeddingStatus | None = None
    embedding_error: str | None = None
    error_message: str | None = None
    preview_segment: Segment | None = None
    started_at: str | None = None
    completed_at: str | None = None
    executed_at: str


class ModelCall(BaseModel):
    """One call of an extraction model, with its prompt and response for debugging."""

    call_id: str
    run_id: str | None = None
    prompt_id: str | None = None
    media_id: str | None = None
    segment_id: str | None = None
    user_id: str = ""
    model: str
    purpose: CallPurpose
    status: CallStatus
    input_tokens: int = 0
    output_tokens: int = 0
    video_seconds: float = 0.0
    segment_start: float | None = None
    segment_end: float | None = None
    prompt_text: str | None = None
    response_text: str | None = None
    schema_used: str | None = None
    invoked_at: str
    completed_at: str | None = None
    duration_ms: int | None = None
    error_message: str | None = None
