"""Snapshots of workflow searches. The pages of a search stay the same while the archive changes."""

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, Field, SerializerFunctionWrapHandler, model_serializer

from shared.domain.query.hits import RankedResult


class SearchMode(StrEnum):
    VECTOR = "vector"
    CONDITION = "condition"


class ScopeType(StrEnum):
    INDEX = "index"
    PLAYGROUND = "playground"
    VIDEOS = "videos"
    PROMPT_RUNS = "prompt_runs"


class SearchedScope(BaseModel):
    """The scope of a search. ``type`` names the widest restriction; the fields hold all of them."""

    type: ScopeType
    index_id: str | None = None
    index_name: str | None = None
    video_ids: list[str] | None = None
    prompt_run_ids: list[str] | None = None

    @model_serializer(mode="wrap")
    def _without_absent(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        body: dict[str, Any] = dump(self)
        return {name: value for name, value in body.items() if value is not None}


class SearchCoverage(BaseModel):
    """The number of results that a search found."""

    results: int


class SearchSnapshot(BaseModel):
    """The stored results of one search.

    ``result_level`` is segment or video. ``truncated``: the search found more than ``window`` results,
    and the snapshot holds the first of them.
    """

    search_id: str
    mode: SearchMode
    result_level: str
    limit: int
    window: int
    truncated: bool
    scope: SearchedScope
    coverage: SearchCoverage
    warnings: list[str] = Field(default_factory=list)
    ranked: list[RankedResult] = Field(default_factory=list)
    created_at: str
