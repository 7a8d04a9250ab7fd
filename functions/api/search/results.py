"""Conversion of search hits to wire models, with matched fields, scores and links."""

from collections.abc import Sequence
from typing import Any

from functions.api.search.schemas import MatchedFieldInstance, SearchResult
from functions.api.wire import MarkerInfo
from shared.domain.media import Segment
from shared.domain.query.field_paths import display_label, instance_key
from shared.domain.query.hits import MatchedPassage, RankedResult
from shared.domain.runs.prompt_run import SegmentResult
from shared.runtime import Runtime
from shared.services.library.file_links import FileLinks
from shared.services.search.hits import Hit

_PREVIEW_CHARACTERS = 280


def search_results(hits: Sequence[Hit], runtime: Runtime) -> list[SearchResult]:
    return [search_result(hit, runtime) for hit in hits]


def search_result(hit: Hit, runtime: Runtime) -> SearchResult:
    links = runtime.library.file_links
    result, media = hit.result, hit.media
    text = _text_content(hit)
    return SearchResult.model_validate(
        {
            "result_type": "segment" if isinstance(result, SegmentResult) else "video",
            "result_id": hit.ranked.result_id,
            "video_id": media.media_id,
            "video_uri": links.playback_uri(media),
            "video_name": media.title,
            "media_type": media.media_type,
            "text_content": text,
            "content_preview": text[:_PREVIEW_CHARACTERS],
            "metadata_text": result.metadata_text,
            "metadata": result.metadata,
            "extracted_metadata": result.metadata,
            "run_id": result.run_id,
            "source_run_id": result.run_id,
            "prompt_run_id": result.run_id,
            "prompt_id": result.prompt_id,
            "source_index_id": media.index_id,
            **_place(hit, links),
            **_pictures(hit, links),
            "marker": MarkerInfo.of(hit.markers.own),
            "extracted_metadata_markers": MarkerInfo.of_fields(hit.markers),
            **_scores(hit.ranked),
            **_matched_picture(hit.ranked, links),
        }
    )


def _text_content(hit: Hit) -> str:
    if isinstance(hit.result, SegmentResult) and hit.result.text_content:
        return hit.result.text_content
    return hit.result.metadata_text


def _place(hit: Hit, links: FileLinks) -> dict[str, Any]:
    """Return the place of a hit: times and links.

    A media-wide result has no times. Its ``preview_...`` fields describe the segment that illustrates it.
    """
    if isinstance(hit.result, SegmentResult):
        start, end = hit.result.start, hit.result.end
        return {
            "segment_id": hit.result.segment_id,
            "start_time": start,
            "end_time": end,
            "segment_uri": links.signed_segment(hit.media, start, end),
            "gcs_uri": links.segment_uri(hit.media, start, end),
            **dict.fromkeys(_PREVIEW_FIELDS),
        }
    shown = hit.segment
    return {
        **dict.fromkeys(("segment_id", "start_time", "end_time", "segment_uri")),
        "gcs_uri": links.playback_uri(hit.media),
        **dict.fromkeys(_PREVIEW_FIELDS),
        "preview_thumbnail_uri": links.signed(links.thumbnail_key(hit.media, shown)),
        **(_preview(hit, shown, links) if shown else {}),
    }


_PREVIEW_FIELDS = (
    "preview_segment_id",
    "preview_start_time",
    "preview_end_time",
    "preview_segment_uri",
    "preview_thumbnail_uri",
    "preview_gif_uri",
)


def _preview(hit: Hit, shown: Segment, links: FileLinks) -> dict[str, Any]:
    return {
        "preview_segment_id": shown.segment_id,
        "preview_start_time": shown.start,
        "preview_end_time": shown.end,
        "preview_segment_uri": links.signed_segment(hit.media, shown.start, shown.end),
        "preview_gif_uri": links.signed(shown.preview_key),
    }


def _pictures(hit: Hit, links: FileLinks) -> dict[str, Any]:
    thumbnail = links.thumbnail_key(hit.media, hit.segment)
    preview = (hit.segment.preview_key if hit.segment else None) or hit.media.preview_key
    return {
        "thumbnail_gcs_uri": links.durable(thumbnail),
        "thumbnail_uri": links.signed(thumbnail),
        "thumbnail_available": thumbnail is not None,
        "gif_gcs_uri": links.durable(preview),
        "gif_uri": links.signed(preview),
        "gif_available": preview is not None,
    }


def _scores(ranked: RankedResult) -> dict[str, Any]:
    best: dict[str, float] = {}
    for match in ranked.matches:
        best[match.field_path] = max(best.get(match.field_path, 0.0), match.score)
    return {
        "similarity_score": ranked.score if ranked.similarity is None else ranked.similarity,
        "fused_score": ranked.score,
        "text_score": ranked.text_score,
        "image_score": ranked.image_score,
        "text_rank": ranked.text_rank,
        "image_rank": ranked.image_rank,
        "match_type": ranked.match_type,
        "field_scores": best,
        "field_instance_scores": {instance_key(m.instance_path): m.score for m in ranked.matches},
        "matched_field_paths": sorted(best, key=lambda path: -best[path]),
        "matched_field_instances": [_instance(match) for match in ranked.matches],
    }


def _instance(match: MatchedPassage) -> MatchedFieldInstance:
    return MatchedFieldInstance(
        field_path=match.field_path,
        field_display_label=display_label(match.field_path),
        field_instance_key=instance_key(match.instance_path),
        field_instance_path=match.instance_path,
        field_instance_display_label=display_label(match.instance_path),
        score=match.score,
        value_preview=match.text[:_PREVIEW_CHARACTERS],
    )


def _matched_picture(ranked: RankedResult, links: FileLinks) -> dict[str, Any]:
    return {
        "matched_image_uri": links.signed(ranked.picture_key),
        "matched_image_gcs_uri": links.durable(ranked.picture_key),
        "matched_image_timestamp": ranked.picture_timestamp,
        "matched_image_score": ranked.picture_score,
        "shot_timestamp": ranked.picture_timestamp,
    }
