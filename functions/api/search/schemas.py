"""Wire models of search requests and results."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from functions.api.wire import ColorFilter, MarkerInfo, PaginationMeta

Identifiers = Annotated[list[Annotated[str, Field(min_length=1, max_length=100)]], Field(max_length=100)]
FieldPaths = Annotated[list[Annotated[str, Field(min_length=1, max_length=500)]], Field(max_length=100)]
QueryText = Annotated[str, Field(min_length=1, max_length=5000)]
Weight = Annotated[float, Field(ge=0, le=1)]


class Scoped(BaseModel):
    """The scope of a search. ``index_ids`` replaces the index of the path; ``run_ids`` restricts the runs."""

    run_ids: Identifiers = Field(default_factory=list)
    index_ids: Identifiers = Field(default_factory=list)


class TextSearchRequest(Scoped):
    """A search by text. ``search_fields`` restricts it to these field paths, such as ``people[].name``."""

    query: QueryText
    top_k: int = Field(30, ge=1, le=100)
    search_fields: FieldPaths = Field(default_factory=list)


class ImageSearchRequest(Scoped):
    """A search by picture. ``image_data`` is base64, with or without the prefix of a data URL."""

    image_data: str = Field(min_length=1)
    top_k: int = Field(20, ge=1, le=100)


class MultimodalSearchRequest(Scoped):
    """A search by text, picture or both. At least one of ``text_query`` and ``image_data`` is required.

    ``image_data`` is base64, with or without the prefix of a data URL. ``search_fields`` restricts the text
    search to these field paths.
    """

    text_query: Annotated[str, Field(max_length=5000)] | None = None
    image_data: str | None = None
    top_k: int = Field(20, ge=1, le=100)
    text_weight: Weight = 0.5
    image_weight: Weight = 0.5
    search_fields: FieldPaths = Field(default_factory=list)


class FilterSearchRequest(Scoped):
    """A search by one to four conditions, all of which must hold.

    A condition has the members ``field``, ``operator``, ``type`` and, unless the operator is ``is_empty``
    or ``is_not_empty``, ``value``. ``marker_color`` selects results with a marker of this color (``any``:
    with any marker) on them, their segment or medium, or a field of either. ``conditions`` may then be empty.
    """

    conditions: Annotated[list[dict[str, Any]], Field(max_length=100)]
    marker_color: ColorFilter | None = None
    page_size: int = Field(50, ge=1, le=100)
    cursor: str | None = None


class MultiRunSearchRequest(BaseModel):
    """A search over several runs. ``run_ids`` or ``index_id`` is required.

    ``aggregation``: ``best`` returns a segment once, with its best result; ``all`` returns the result of
    every run; ``weighted`` is like ``best``, but first multiplies each score by the recency of the run (1
    for the newest, then 0.9 for each step back).
    """

    query: QueryText
    aggregation: Literal["best", "all", "weighted"] = "best"
    top_k: int = Field(5, ge=1, le=50)
    run_ids: Identifiers = Field(default_factory=list)
    index_id: str | None = None


class PlaygroundSearchRequest(BaseModel):
    """A search by text in the playground."""

    query: QueryText
    top_k: int = Field(30, ge=1, le=100)


class MatchedFieldInstance(BaseModel):
    """A value that matches the query. ``score`` is in 0..1.

    ``field_path`` is the path of the field, such as ``people[].name``; ``field_instance_path`` is that of
    the value, such as ``people[2].name``.
    """

    field_path: str
    field_display_label: str | None
    field_instance_key: str
    field_instance_path: str
    field_instance_display_label: str | None
    score: float
    value_preview: str


class SearchResult(BaseModel):
    """A segment or a whole medium that matches a search.

    The times of a whole medium are null, and its ``preview_...`` fields describe the segment that
    illustrates it. ``match_type`` tells which part of the query matched. Ranks start at 1.
    """

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
    """A page of results, in both formats that clients read.

    ``data`` and ``pagination`` repeat ``results`` and ``next_page_token``.
    """

    results: list[SearchResult]
    next_page_token: str | None
    total_shown: int
    data: list[SearchResult]
    pagination: PaginationMeta
