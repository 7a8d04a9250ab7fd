"""A workflow search, frozen: its pages stay the same however the archive changes meanwhile."""

from typing import Any

from pydantic import BaseModel, Field

from shared.domain.query.hits import RankedResult


class SearchSnapshot(BaseModel):
    """``mode`` is vector or condition; ``result_level`` segment or video.

    ``truncated`` says that there were more results than the window holds.
    """

    search_id: str
    mode: str
    result_level: str
    limit: int
    window: int
    truncated: bool
    scope: dict[str, Any] = Field(default_factory=dict)
    coverage: dict[str, Any] = Field(default_factory=dict)
    warnings: list[str] = Field(default_factory=list)
    ranked: list[RankedResult] = Field(default_factory=list)
    created_at: str
