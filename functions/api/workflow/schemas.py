"""The simplified workflow's requests and answers as they are on the wire."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field

from functions.api.prompt_runs.schemas import PromptRunWire
from functions.api.prompts.schemas import Prompt
from functions.api.search.schemas import SearchResult
from shared.domain.runs.prompt_run import SegmentationType
from shared.services.workflow.workflow import GivenOptions, ProcessOptions, ProcessTarget


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Identifiers = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=100)]],
    BeforeValidator(_as_list),
    Field(max_length=100),
]
Instruction = Annotated[str, Field(min_length=3, max_length=5000)]
IndexName = Annotated[str, Field(min_length=1, max_length=255)]


class DefineRequest(BaseModel):
    instruction: Instruction
    save: bool = True


class DefineResponse(BaseModel):
    prompt_id: str | None
    saved: bool
    definition: dict[str, Any]
    prompt: Prompt | None


class ProcessRequest(BaseModel):
    """Exactly one of ``prompt_id`` and ``prompt_instruction``; no target at all is the playground.

    Options are known under two names each, the workflow's own and those of prompt runs; what is
    absent is inherited from the prompt's saved settings.
    """

    prompt_id: str | None = None
    prompt_instruction: Instruction | None = None
    import_job_id: str | None = None
    video_ids: Identifiers | None = None
    index_id: str | None = None
    index_name: IndexName | None = None
    segmentation_mode: Literal["content_aware", "fixed", "smart"] | None = None
    fixed_segment_duration_seconds: int | None = Field(None, ge=1, le=300)
    advanced_transcription: bool | None = None
    create_image_embeddings: bool | None = None
    video_segmentation_type: Literal["smart", "content_aware", "fixed"] | None = None
    audio_segmentation_type: Literal["content_aware", "fixed"] | None = None
    video_segment_duration: int | None = Field(None, ge=1, le=300)
    audio_segment_duration: int | None = Field(None, ge=1, le=300)
    processing_model: str | None = None
    enable_transcription: bool | None = None
    enable_image_embedding: bool | None = None

    def target(self) -> ProcessTarget:
        return ProcessTarget(self.import_job_id, self.video_ids, self.index_id, self.index_name)

    def options(self) -> ProcessOptions:
        """The names of prompt runs override the workflow's own."""
        given = GivenOptions(
            video_segmentation_type=_segmentation(self.video_segmentation_type),
            audio_segmentation_type=_segmentation(self.audio_segmentation_type),
            video_segment_duration=self.video_segment_duration,
            audio_segment_duration=self.audio_segment_duration,
            processing_model=self.processing_model,
            enable_transcription=_first(self.enable_transcription, self.advanced_transcription),
            enable_image_embedding=_first(self.enable_image_embedding, self.create_image_embeddings),
        )
        mode = _segmentation(self.segmentation_mode)
        return ProcessOptions(mode, self.fixed_segment_duration_seconds, given)


def _segmentation(name: str | None) -> SegmentationType | None:
    return None if name is None else SegmentationType(name)


def _first(*values: bool | None) -> bool | None:
    return next((value for value in values if value is not None), None)


class ProcessResponse(BaseModel):
    prompt: Prompt
    run: PromptRunWire
    run_id: str
    status_url: str
    results_url: str
    prompt_created_inline: bool


class WorkflowSearchRequest(BaseModel):
    query: Annotated[str, Field(max_length=5000)] | None = None
    filters: list[dict[str, Any]] = Field(default_factory=list)
    result_level: Literal["segment", "video"] = "segment"
    limit: int = Field(10, ge=1, le=50)
    video_ids: Identifiers = Field(default_factory=list)
    prompt_run_ids: Identifiers = Field(default_factory=list)
    index_id: str | None = None
    index_name: IndexName | None = None


class WorkflowPagination(BaseModel):
    limit: int
    count: int
    has_more: bool
    next_cursor: str | None
    result_window: int
    truncated: bool


class WorkflowSearchResponse(BaseModel):
    data: list[SearchResult]
    mode: Literal["vector", "condition"]
    result_level: Literal["segment", "video"]
    scope: dict[str, Any]
    coverage: dict[str, Any]
    warnings: list[str]
    pagination: WorkflowPagination
