"""Wire models of segments."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, model_validator

from functions.api.videos.schemas import Identifier
from functions.api.wire import MarkerInfo
from shared.domain.runs.prompt_run import RunStatus
from shared.services.library.file_links import FileLinks
from shared.services.library.segments import SegmentPage, SegmentView


class SegmentsTarget(BaseModel):
    """The segments of a medium in a run, or without ``run_id`` in its media-wide view."""

    video_id: Identifier
    run_id: Identifier | None = None


class BatchSegmentsRequest(BaseModel):
    """The media whose segments to read. Exactly one of ``video_ids`` and ``targets`` is required."""

    video_ids: Annotated[list[Identifier], Field(min_length=1, max_length=50)] | None = None
    targets: Annotated[list[SegmentsTarget], Field(min_length=1, max_length=50)] | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.video_ids is None) == (self.targets is None):
            raise ValueError("give exactly one of video_ids and targets")
        return self

    def wanted(self) -> list[SegmentsTarget]:
        return self.targets or [SegmentsTarget(video_id=video_id) for video_id in self.video_ids or []]


class Segment(BaseModel):
    """A segment with its result.

    Times are seconds from the start of the medium. ``gcs_uri`` is the durable URI of the medium with a time
    fragment. The pictures are those of the medium if the segment has none. ``from_run_id`` is the run of
    ``metadata``.
    """

    segment_id: str
    video_id: str
    start_time: float
    end_time: float
    gcs_uri: str | None
    thumbnail_gcs_uri: str | None
    gif_gcs_uri: str | None
    thumbnail_uri: str | None
    gif_uri: str | None
    processed: bool
    processing_failed: bool
    segment_status: str
    failure_stage: str | None
    failure_message: str | None
    attempt_id: str | None
    status_source: str | None
    metadata: dict[str, Any] | None
    metadata_text: str | None
    created_at: str | None
    processed_at: str | None
    error_message: str | None
    processing_warning: str | None
    thumbnail_data: str | None
    thumbnail_available: bool
    gif_data: str | None
    gif_available: bool
    from_run_id: str | None
    marker: MarkerInfo
    metadata_markers: dict[str, MarkerInfo]
    field_extraction_succeeded: bool | None
    transcription_succeeded: bool | None
    image_embedding_succeeded: bool | None
    field_extraction_error: str | None
    transcription_error: str | None
    image_embedding_error: str | None

    @classmethod
    def of(cls, view: SegmentView, links: FileLinks) -> Self:
        segment, result = view.segment, view.result
        thumbnail = links.thumbnail_key(view.media, segment)
        preview = segment.preview_key or view.media.preview_key
        error = result.error_message if result else None
        return cls(
            segment_id=segment.segment_id,
            video_id=segment.media_id,
            start_time=segment.start,
            end_time=segment.end,
            gcs_uri=links.segment_uri(view.media, segment.start, segment.end),
            thumbnail_gcs_uri=links.durable(thumbnail),
            gif_gcs_uri=links.durable(preview),
            thumbnail_uri=links.signed(thumbnail),
            gif_uri=links.signed(preview),
            processed=result is not None and not result.failed,
            processing_failed=result is not None and result.failed,
            segment_status=_status(view),
            failure_stage=result.failure_stage if result else None,
            failure_message=error,
            attempt_id=result.attempt_id if result else None,
            status_source="segment_result" if result else "media_run",
            metadata=result.metadata if result else None,
            metadata_text=result.metadata_text if result else None,
            created_at=segment.created_at,
            processed_at=result.completed_at if result else None,
            error_message=error,
            processing_warning=result.warning if result else None,
            thumbnail_data=None,
            thumbnail_available=thumbnail is not None,
            gif_data=None,
            gif_available=preview is not None,
            from_run_id=result.run_id if result else None,
            marker=MarkerInfo.of(view.markers.own),
            metadata_markers=MarkerInfo.of_fields(view.markers),
            field_extraction_succeeded=result.field_extraction.succeeded if result else None,
            transcription_succeeded=result.transcription.succeeded if result else None,
            image_embedding_succeeded=result.image_embedding.succeeded if result else None,
            field_extraction_error=result.field_extraction.error if result else None,
            transcription_error=result.transcription.error if result else None,
            image_embedding_error=result.image_embedding.error if result else None,
        )


class VideoSegments(BaseModel):
    """The segments of a medium. ``run_id`` is the requested run, or null for the media-wide view."""

    video_id: str
    run_id: str | None
    segments: list[Segment]

    @classmethod
    def of(cls, video_id: str, page: SegmentPage, links: FileLinks) -> Self:
        return cls(
            video_id=video_id,
            run_id=page.run_id,
            segments=[Segment.of(view, links) for view in page.views.items],
        )


def _status(view: SegmentView) -> str:
    if view.result is not None:
        return "failed" if view.result.failed else "completed"
    return "processing" if view.run.status is RunStatus.PROCESSING else "pending"
