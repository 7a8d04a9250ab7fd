"""The parts of an export, in the shape of ``shared.domain.exports.document``.

A segment is reshaped from its stored body: to build entities first would take most of the time of an export.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from shared.domain.exports.document import ExportedMarker, ExportedRun, ExportedVideoResult
from shared.domain.media import Media
from shared.domain.prompts.prompt import JsonObject
from shared.domain.query.hits import segment_result_id, video_result_id
from shared.domain.runs.prompt_run import PromptRun, VideoResult
from shared.services.library.file_links import FileLinks, time_fragment
from shared.services.library.markers.shown_markers import MediumMarkers

_NO_MARKERS: Final[JsonObject] = {
    "marker": ExportedMarker.of(None).model_dump(),
    "extracted_metadata_markers": {},
    "metadata_markers": {},
}
_NO_OUTCOME: Final[Mapping[str, Any]] = {}


@dataclass(frozen=True, slots=True)
class MediumOfExport:
    """A medium in a run, with its markers and the durable URI of its playable file."""

    run: PromptRun
    media: Media
    markers: MediumMarkers
    links: FileLinks
    playback_uri: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "playback_uri", self.links.playback_uri(self.media))


def exported_run(run: PromptRun) -> JsonObject:
    level = run.prompt.video_level
    return ExportedRun(
        run_id=run.run_id,
        index_id=run.index_id,
        status=run.status,
        executed_at=run.executed_at,
        completed_at=run.completed_at,
        prompt_id=run.prompt_id,
        prompt_name=run.prompt.name,
        prompt_text=run.prompt.prompt_text,
        json_schema=run.prompt.json_schema,
        video_level_instructions_text=level.instructions_text if level else None,
        video_level_json_schema=level.json_schema if level else None,
        marker=ExportedMarker.of(run.marker),
    ).model_dump()


def exported_medium(medium: MediumOfExport) -> JsonObject:
    """Return the facts of a medium, without its results."""
    media = medium.media
    return {
        "run_id": medium.run.run_id,
        "video_id": media.media_id,
        "title": media.title,
        "file_name": media.file_name,
        "index_id": media.index_id,
        "media_type": media.media_type,
        "duration_seconds": media.duration_seconds,
        "created_at": media.created_at,
        "gcs_uri": medium.playback_uri,
        "marker": ExportedMarker.of(media.marker).model_dump(),
    }


def exported_video_result(medium: MediumOfExport, result: VideoResult) -> JsonObject:
    preview = result.preview_segment
    return ExportedVideoResult(
        result_type="video",
        result_id=video_result_id(result.media_id, result.run_id),
        run_id=result.run_id,
        prompt_id=result.prompt_id,
        prompt_run_id=result.run_id,
        video_id=result.media_id,
        video_name=medium.media.title,
        source_index_id=medium.media.index_id,
        executed_at=result.executed_at,
        status=result.status,
        gcs_uri=medium.playback_uri,
        thumbnail_gcs_uri=medium.links.durable(medium.media.poster_key),
        gif_gcs_uri=medium.links.durable(medium.media.preview_key),
        thumbnail_available=medium.media.poster_key is not None,
        gif_available=medium.media.preview_key is not None,
        metadata=result.metadata,
        metadata_text=result.metadata_text,
        processing_warning=result.warning,
        successful_segment_count=result.successful_segment_count,
        failed_segment_count=result.failed_segment_count,
        embedding_status=result.embedding_status,
        embedding_error=result.embedding_error,
        error_message=result.error_message,
        started_at=result.started_at,
        completed_at=result.completed_at,
        preview_segment_id=preview.segment_id if preview else None,
        preview_start_time=preview.start if preview else None,
        preview_end_time=preview.end if preview else None,
        marker=ExportedMarker.of(medium.markers.of_video_result(result.run_id).own),
    ).model_dump()


def exported_segment(medium: MediumOfExport, body: Mapping[str, Any]) -> JsonObject:
    """Reshape the body of a ``SegmentResult``. Members that an older release did not write have the values
    that the model gives them."""
    media = medium.media
    segment: Mapping[str, Any] | None = body.get("segment")
    thumbnail = (segment["thumbnail_key"] if segment else None) or media.poster_key
    preview = segment["preview_key"] if segment else media.preview_key
    fields = body.get("field_extraction", _NO_OUTCOME)
    transcription = body.get("transcription", _NO_OUTCOME)
    embedding = body.get("image_embedding", _NO_OUTCOME)
    fragment = time_fragment(media, segment["start"], segment["end"]) if segment else ""
    return {
        "result_type": "segment",
        "result_id": segment_result_id(body["segment_id"], body["run_id"]),
        "segment_id": body["segment_id"],
        "video_id": body["media_id"],
        "run_id": body["run_id"],
        "prompt_id": body["prompt_id"],
        "prompt_run_id": body["run_id"],
        "video_name": media.title,
        "source_index_id": media.index_id,
        "executed_at": body["executed_at"],
        "start_time": body["start"],
        "end_time": body["end"],
        "gcs_uri": f"{medium.playback_uri}{fragment}",
        "thumbnail_gcs_uri": medium.links.durable(thumbnail),
        "gif_gcs_uri": medium.links.durable(preview),
        "thumbnail_available": thumbnail is not None,
        "gif_available": preview is not None,
        "metadata": body.get("metadata", {}),
        "metadata_text": body.get("metadata_text", ""),
        "processing_warning": body.get("warning"),
        "field_extraction_succeeded": fields.get("succeeded") is not False,
        "transcription_succeeded": transcription.get("succeeded"),
        "image_embedding_succeeded": embedding.get("succeeded"),
        "field_extraction_error": fields.get("error"),
        "transcription_error": transcription.get("error"),
        "image_embedding_error": embedding.get("error"),
        **(_markers(medium, body) if media.marker_count else _NO_MARKERS),
    }


def _markers(medium: MediumOfExport, body: Mapping[str, Any]) -> JsonObject:
    shown = medium.markers.of_segment_result(body["segment_id"], body["run_id"])
    fields = {path: ExportedMarker.of(each).model_dump() for path, each in shown.fields.items()}
    return {
        "marker": ExportedMarker.of(shown.own).model_dump(),
        "extracted_metadata_markers": fields,
        "metadata_markers": fields,
    }
