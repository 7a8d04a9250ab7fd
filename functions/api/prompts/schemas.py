"""Wire models of prompts."""

from typing import Any, Self

from pydantic import BaseModel, Field

from shared.domain.prompts.prompt import (
    ConditionSet,
    JsonObject,
    PromptChanges,
    PromptDefinition,
    SemanticIndexing,
    VideoLevel,
)
from shared.domain.prompts.prompt import Prompt as DomainPrompt
from shared.services.prompts.prompts import PromptList, PromptUsage


class VideoLevelConfig(BaseModel):
    """Settings of the media-wide result, which is made from the segments of a medium.

    ``included_segment_fields`` are the segment fields that the model receives.
    """

    instructions_text: str
    json_schema: JsonObject
    included_segment_fields: list[str] = Field(default_factory=list, max_length=5000)

    def to_domain(self) -> VideoLevel:
        return VideoLevel(
            instructions_text=self.instructions_text,
            json_schema=self.json_schema,
            included_segment_fields=self.included_segment_fields,
        )


class SemanticIndexingConfig(BaseModel):
    """Fields that semantic search leaves out.

    Each entry is the path of a leaf of the schema, such as ``people[].name``. The values are still stored
    and can be filtered.
    """

    disabled_segment_fields: list[str] = Field(default_factory=list, max_length=5000)
    disabled_video_level_fields: list[str] = Field(default_factory=list, max_length=5000)

    def to_domain(self) -> SemanticIndexing:
        return SemanticIndexing(
            disabled_segment_fields=self.disabled_segment_fields,
            disabled_video_level_fields=self.disabled_video_level_fields,
        )


class PromptCreateRequest(BaseModel):
    """A new prompt. ``json_schema`` defines the fields to extract from each segment.

    ``selection_filter`` selects the results that the ``filtered`` stream of a run shows. It has
    ``conditions``: 1 to 4 conditions on fields of the schema, all of which a result must satisfy. A condition
    has ``field`` and ``value``; ``operator`` and ``type`` are optional.
    """

    name: str
    description: str | None = ""
    prompt_text: str
    json_schema: JsonObject
    video_level: VideoLevelConfig | None = None
    semantic_indexing: SemanticIndexingConfig | None = None
    execution_config: JsonObject | None = None
    selection_filter: ConditionSet | None = None

    def definition(self) -> PromptDefinition:
        indexing = self.semantic_indexing or SemanticIndexingConfig()
        return PromptDefinition(
            name=self.name,
            description=self.description or "",
            prompt_text=self.prompt_text,
            json_schema=self.json_schema,
            video_level=self.video_level and self.video_level.to_domain(),
            semantic_indexing=indexing.to_domain(),
            selection_filter=self.selection_filter,
        )


class PromptUpdateRequest(BaseModel):
    """Changes to a prompt. A field that is absent or null does not change.

    ``clear_video_level`` and ``clear_selection_filter`` remove the respective settings.
    """

    name: str | None = None
    description: str | None = None
    prompt_text: str | None = None
    json_schema: JsonObject | None = None
    video_level: VideoLevelConfig | None = None
    semantic_indexing: SemanticIndexingConfig | None = None
    execution_config: JsonObject | None = None
    selection_filter: ConditionSet | None = None
    is_active: bool | None = None
    clear_video_level: bool = False
    clear_selection_filter: bool = False

    def changes(self) -> PromptChanges:
        return PromptChanges(
            name=self.name,
            description=self.description,
            prompt_text=self.prompt_text,
            json_schema=self.json_schema,
            video_level=self.video_level and self.video_level.to_domain(),
            semantic_indexing=self.semantic_indexing and self.semantic_indexing.to_domain(),
            execution_config=self.execution_config,
            selection_filter=self.selection_filter,
            is_active=self.is_active,
        )


class Prompt(BaseModel):
    """A prompt: what to extract from each segment and, with ``video_level``, from each medium."""

    prompt_id: str
    user_id: str
    name: str
    description: str
    prompt_text: str
    json_schema: JsonObject
    video_level: VideoLevelConfig | None
    semantic_indexing: SemanticIndexingConfig
    is_active: bool
    execution_config: JsonObject | None
    selection_filter: ConditionSet | None
    created_at: str
    updated_at: str

    @classmethod
    def from_domain(cls, prompt: DomainPrompt) -> Self:
        return cls.model_validate(prompt.model_dump(exclude={"tenant_id"}))


class PromptListResponse(BaseModel):
    """A list of prompts. ``total_count`` and ``active_count`` count all prompts that the caller can see."""

    prompts: list[Prompt]
    total_count: int
    active_count: int

    @classmethod
    def from_domain(cls, found: PromptList) -> Self:
        return cls(
            prompts=[Prompt.from_domain(prompt) for prompt in found.prompts],
            total_count=found.total_count,
            active_count=found.active_count,
        )


class TestSchemaRequest(BaseModel):
    """A schema and a sample to validate against it. The sample may have at most 64 KiB of JSON."""

    json_schema: JsonObject
    sample_data: Any


class TestSchemaResponse(BaseModel):
    """The outcome of a schema test. ``error`` names the violations if ``valid`` is false."""

    valid: bool
    validated_data: JsonObject | None = None
    error: str | None = None
    message: str


class PromptUsageStats(BaseModel):
    """The usage of a prompt. ``schema_properties_count`` counts the properties at the root of the schema."""

    prompt_id: str
    name: str
    is_active: bool
    is_in_use: bool
    created_at: str
    schema_properties_count: int

    @classmethod
    def from_domain(cls, usage: PromptUsage) -> Self:
        return cls(
            **usage.prompt.model_dump(include={"prompt_id", "name", "is_active", "created_at"}),
            is_in_use=usage.is_in_use,
            schema_properties_count=usage.schema_properties_count,
        )


class GenerateRequest(BaseModel):
    """An instruction in plain language, of 3 to 5,000 characters."""

    instruction: str


class GeneratedPrompt(BaseModel):
    """A generated prompt that is not saved. ``POST /prompts`` accepts it as its body."""

    name: str
    description: str
    prompt_text: str
    json_schema: JsonObject
    video_level: VideoLevelConfig | None
    semantic_indexing: SemanticIndexingConfig

    @classmethod
    def from_domain(cls, definition: PromptDefinition) -> Self:
        return cls.model_validate(definition.model_dump(include=set(cls.model_fields)))


class DeleteResponse(BaseModel):
    """Confirmation of a deletion."""

    message: str
