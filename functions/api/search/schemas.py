"""Search requests and results as they are on the wire."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from functions.api.wire import MarkerInfo, PaginationMeta

Identifiers = Annotated[list[Annotated[str, Field(min_length=1, max_length=100)]], Field(max_length=100)]
FieldPaths = Annotated[list[Annotated[str, Field(min_length=1, max_length=500)]], Field(max_length=100)]
QueryText = Annotated[str, Field(min_length=1, max_length=5000)]
Weight = Annotated[float, Field(ge=0, le=1)]


class Scoped(BaseModel):
    """``index_ids`` replaces the index of the path; ``run_ids`` narrows to these runs."""

    run_ids: Identifiers = Field(default_factory=list)
    index_ids: Identifiers = Field(default_factory=list)


class TextSearchRequest(Scoped):
    query: QueryText
    top_k: int = Field(30, ge=1, le=100)
    search_fields: FieldPaths = Field(default_factory=list)


class ImageSearchRequest(Scoped):
    image_data: str = Field(min_length=1)
    top_k: int = Field(20, ge=1, le=100)


class MultimodalSearchRequest(Scoped):
    text_query: Annotated[str, Field(max_length=5000)] | None = None
    image_data: str | None = None
    top_k: int = Field(20, ge=1, le=100)
    text_weight: Weight = 0.5
    image_weight: Weight = 0.5
    search_fields: FieldPaths = Field(default_factory=list)


class FilterSearchRequest(Scoped):
    conditions: list[dict[str, Any]]
    page_size: int = Field(50, ge=1, le=100)
    cursor: str | None = None


class MultiRunSearchRequest(BaseModel):
    query: QueryText
    aggregation: Literal["best", "all", "weighted"] = "best"
    top_k: int = Field(5, ge=1, le=50)
    run_ids: Identifiers = Field(default_factory=list)
    index_id: str | None = None


class PlaygroundSearchRequest(BaseModel):
    query: QueryText
    top_k: int = Field(30, ge=1, le=100)


class MatchedFieldInstance(BaseModel):
    field_path: str
    field_display_label: str | None
    field_instance_key: str
    field_instance_path: str
    field_instance_display_label: str | None
    score: float
    value_preview: str


class SearchResult(BaseModel):
    """A segment, or a medium as a whole (then times are null and ``preview_*`` illustrates it)."""

    result_type: Literal["segment", "video"]
    result_id: str
    video_id: str
    video_uri: str | None
    video_name: str | None
    segment_id: str | None
    start_time: float | None
    end_time: float | None
    preview_segment_id: str | None
    preview_start_time: float | None
    preview_end_time: float | None
    preview_segment_uri: str | None
    preview_thumbnail_uri: str | None
    preview_gif_uri: str | None
    text_content: str
    content_preview: str
    metadata_text: str | None
    similarity_score: float | None
    reranked_score: float | None = None
    segment_uri: str | None
    gcs_uri: str | None
    thumbnail_gcs_uri: str | None
    gif_gcs_uri: str | None
    thumbnail_uri: str | None
    thumbnail_data: str | None = None
    thumbnail_available: bool
    gif_uri: str | None
    gif_data: str | None = None
    gif_available: bool
    media_type: Literal["video", "audio", "image"]
    metadata: dict[str, Any]
    extracted_metadata: dict[str, Any]
    field_scores: dict[str, float]
    field_instance_scores: dict[str, float]
    matched_field_paths: list[str]
    matched_field_instances: list[MatchedFieldInstance]
    fused_score: float
    text_score: float | None
    image_score: float | None
    text_rank: int | None
    image_rank: int | None
    match_type: Literal["both", "text_only", "image_only"]
    matched_image_uri: str | None
    matched_image_gcs_uri: str | None
    matched_image_timestamp: float | None
    matched_image_score: float | None
    shot_timestamp: float | None
    run_id: str
    source_run_id: str
    prompt_run_id: str
    prompt_id: str
    raw_llm_response: str | None = None
    source_index_id: str | None
    marker: MarkerInfo = Field(default_factory=MarkerInfo)
    extracted_metadata_markers: dict[str, MarkerInfo] = Field(default_factory=dict)


class FilterSearchResponse(BaseModel):
    """Both shapes that clients read: ``results``/``next_page_token`` and ``data``/``pagination``."""

    results: list[SearchResult]
    next_page_token: str | None
    total_shown: int
    data: list[SearchResult]
    pagination: PaginationMeta
