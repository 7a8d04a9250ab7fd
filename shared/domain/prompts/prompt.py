"""Prompts. A prompt defines the metadata to extract from each segment and from each whole medium."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

JsonObject = dict[str, Any]
"""JSON from a client: a schema, or settings that the server stores unchanged."""


ConditionSet = JsonObject | list[JsonObject]
"""The conditions of a selection as a client sends them. ``selection_filter`` defines their rules."""


class VideoLevel(BaseModel):
    """The media-wide part of a prompt: one result for a whole medium."""

    instructions_text: str
    json_schema: JsonObject
    included_segment_fields: list[str] = Field(default_factory=list)


class SemanticIndexing(BaseModel):
    """Canonical paths of leaves that are stored and can be filtered, but are not embedded."""

    disabled_segment_fields: list[str] = Field(default_factory=list)
    disabled_video_level_fields: list[str] = Field(default_factory=list)


class PromptDefinition(BaseModel):
    """The content of a prompt, without its identity and run options. A run keeps a copy of it.

    ``selection_filter`` selects results of a run; see ``shared.domain.prompts.selection_filter``.
    """

    name: str
    description: str = ""
    prompt_text: str
    json_schema: JsonObject
    video_level: VideoLevel | None = None
    semantic_indexing: SemanticIndexing = Field(default_factory=SemanticIndexing)
    selection_filter: ConditionSet | None = None


def definition_of(prompt: PromptDefinition) -> PromptDefinition:
    """Return the content of a prompt alone, as a copy that later changes of the prompt do not reach."""
    return PromptDefinition.model_validate(prompt.model_dump(include=set(PromptDefinition.model_fields)))


class PromptChanges(BaseModel):
    """New values of a prompt's fields; None leaves a field as it is."""

    model_config = ConfigDict(frozen=True)

    name: str | None = None
    description: str | None = None
    prompt_text: str | None = None
    json_schema: JsonObject | None = None
    video_level: VideoLevel | None = None
    semantic_indexing: SemanticIndexing | None = None
    execution_config: JsonObject | None = None
    selection_filter: ConditionSet | None = None
    is_active: bool | None = None


class Prompt(PromptDefinition):
    """A stored prompt."""

    prompt_id: str
    tenant_id: str
    user_id: str
    is_active: bool = True
    execution_config: JsonObject | None = None
    created_at: str
    updated_at: str

    def changed(self, changes: PromptChanges) -> Self:
        """Return a copy with ``changes``. A null inside free JSON is a value and is stored."""
        given = {name: value for name, value in changes if value is not None}
        return self.model_copy(update=given, deep=True)
