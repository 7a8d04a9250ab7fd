"""Prompts: what to extract from each segment, and from each medium as a whole."""

from typing import Any

from pydantic import BaseModel, Field

JsonObject = dict[str, Any]


class VideoLevel(BaseModel):
    instructions_text: str
    json_schema: JsonObject
    included_segment_fields: list[str] = Field(default_factory=list)


class SemanticIndexing(BaseModel):
    """Canonical leaf paths whose values are kept and filterable but not embedded."""

    disabled_segment_fields: list[str] = Field(default_factory=list)
    disabled_video_level_fields: list[str] = Field(default_factory=list)


class PromptDefinition(BaseModel):
    name: str
    description: str = ""
    prompt_text: str
    json_schema: JsonObject
    video_level: VideoLevel | None = None
    semantic_indexing: SemanticIndexing = Field(default_factory=SemanticIndexing)


class Prompt(PromptDefinition):
    prompt_id: str
    tenant_id: str
    user_id: str
    is_active: bool = True
    execution_config: JsonObject | None = None
    selection_filter: JsonObject | None = None
    created_at: str
    updated_at: str
