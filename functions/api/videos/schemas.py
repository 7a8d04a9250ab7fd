"""Wire models of media. ``video`` in a name means video, audio or picture."""

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import BaseModel, Field, StringConstraints

from functions.api.wire import MarkerInfo
from shared.domain.media import Media, MediaWarning, SourceStream
from shared.domain.runs.prompt_run import RunStatus
from shared.domain.runs.segment_states import SegmentState
from shared.domain.runs.statuses import VideoLevelStatus
from shared.services.library.file_links import FileLinks
from shared.services.library.media_status import RunSnapshot

Identifier = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class CreateVideoRequest(BaseModel):
    """A medium to import from ``video_uri``. Without ``index_id`` it belongs to the playground.

    With ``source_connector_id``, ``video_uri`` is ``s3://bucket/key``, ``gs://bucket/key`` or
    ``az://container/key`` in the store of the connector. What follows the bucket is exactly the key of the
    object: nothing is decoded or normalised.
    """

    title: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    video_uri: Annotated[str, StringConstraints(min_length=1, max_length=8192)]
    index_id: Identifier | None = None
    source_connector_id: Identifier | None = None


class VideoIds(BaseModel):
    """The ids of the media to read."""

    video_ids: Annotated[list[Identifier], Field(min_length=1, max_length=100)]


class SignedUrlRequest(BaseModel):
    """The durable URI to sign. ``force_refresh`` has no effect: every link is new."""

    gcs_uri: Annotated[str, StringConstraints(min_length=1, max_length=4096)]
    force_refresh: bool = False


class SignedUrl(BaseModel):
    """A signed link, which needs no credentials."""

    signed_url: str
    expires_at: str


class SegmentRunProcessingStatus(BaseModel):
    """The processing status of a segment in a run. Times are seconds from the start of the medium."""

    segment_id: str
    video_id: str | None
    status: str
    start_time: float | None
    end_time: float | None
    started_at: str | None
    completed_at: str | None
    updated_at: str | None
    error_message: str | None
    failure_stage: str | None
    attempt_id: str | None

    @classmethod
    def of(cls, media_id: str, state: SegmentState) -> Self:
        return cls(
            segment_id=state.segment_id,
            video_id=media_id,
            status=state.status,
            start_time=state.start,
            end_time=state.end,
            started_at=state.started_at,
            completed_at=state.completed_at,
            updated_at=state.completed_at,
            error_message=state.error_message,
            failure_stage=state.failure_stage,
            attempt_id=state.attempt_id,
        )


class VideoLevelProcessingStatus(BaseModel):
    """The status of the media-wide result of a run."""

    status: str
    result_available: bool
    successful_segment_count: int
    failed_segment_count: int
    started_at: str | None
    completed_at: str | None
    updated_at: str | None
    error_message: str | None
    attempt_id: str | None

    @classmethod
    def of(cls, snapshot: RunSnapshot) -> Self | None:
        run, result = snapshot.run, snapshot.run.video_level
        if run.video_level_status is None:
            return None
        return cls(
            status=run.video_level_status,
            result_available=run.video_level_status in (VideoLevelStatus.COMPLETED, VideoLevelStatus.PARTIAL),
            successful_segment_count=result.successful_segment_count if result else run.successful_segments,
            failed_segment_count=result.failed_segment_count if result else run.failed_segments,
            started_at=result.started_at if result else None,
            completed_at=result.completed_at if result else None,
            updated_at=result.completed_at if result else run.updated_at,
            error_message=result.error_message if result else None,
            attempt_id=run.attempt_id,
        )


class PromptRunProcessingStatus(BaseModel):
    """The processing status of a medium in a run.

    ``segments`` holds the first 2,000 segments of the newest run, if the request is for one medium or for
    the status of media; it is empty otherwise. ``GET /videos/{video_id}/segments`` with ``run_id`` lists
    the segments of any run.
    """

    run_id: str
    prompt_id: str | None
    status: str
    total_segments: int
    pending_segments: int
    processing_segments: int
    successful_segments: int
    failed_segments: int
    created_at: str | None
    updated_at: str | None
    attempt_id: str | None
    video_level: VideoLevelProcessingStatus | None
    segments: list[SegmentRunProcessingStatus]

    @classmethod
    def of(cls, snapshot: RunSnapshot) -> Self:
        run = snapshot.run
        return cls(
            run_id=run.run_id,
            prompt_id=run.prompt_id,
            status=run.status,
            total_segments=run.total_segments,
            pending_segments=snapshot.pending_segments,
            processing_segments=run.processing_segments if run.status is RunStatus.PROCESSING else 0,
            successful_segments=run.successful_segments,
            failed_segments=run.failed_segments,
            created_at=run.created_at,
            updated_at=run.updated_at,
            attempt_id=run.attempt_id,
            video_level=VideoLevelProcessingStatus.of(snapshot),
            segments=[SegmentRunProcessingStatus.of(snapshot.media_id, state) for state in snapshot.segments],
        )


class VideoStatus(BaseModel):
    """The processing status of a medium, with one element for each run, newest first."""

    video_id: str
    status: str
    processing_status: list[PromptRunProcessingStatus]

    @classmethod
    def of(cls, media: Media, snapshots: Sequence[RunSnapshot]) -> Self:
        return cls(
            video_id=media.media_id,
            status=media.status,
            processing_status=[PromptRunProcessingStatus.of(snapshot) for snapshot in snapshots],
        )


class Video(BaseModel):
    """A medium: a video, an audio file or a picture.

    ``processing_status`` has one element for each run, newest first. Durations are in seconds. A long
    source file becomes several media: ``part_index``, ``part_count``, ``source_start_seconds`` and
    ``source_end_seconds`` locate the medium in its source file. ``source_streams`` lists the streams of that
    file and which of them are used; ``warnings`` says what the medium does not show of it.
    """

    video_id: str
    title: str
    video_uri: str
    status: str
    processing_status: list[PromptRunProcessingStatus]
    created_at: str
    updated_at: str
    metadata_keys: list[str]
    media_type: str
    marker: MarkerInfo
    index_id: str | None
    duration_seconds: float | None
    width: int | None
    height: int | None
    file_name: str
    part_index: int
    part_count: int
    source_start_seconds: float
    source_end_seconds: float
    import_job_id: str | None
    source_streams: list[SourceStream]
    warnings: list[MediaWarning]

    @classmethod
    def of(cls, media: Media, snapshots: Sequence[RunSnapshot], links: FileLinks) -> Self:
        return cls(
            video_id=media.media_id,
            title=media.title,
            video_uri=links.playback_uri(media),
            status=media.status,
            processing_status=[PromptRunProcessingStatus.of(snapshot) for snapshot in snapshots],
            created_at=media.created_at,
            updated_at=media.updated_at,
            metadata_keys=media.metadata_keys,
            media_type=media.media_type,
            marker=MarkerInfo.of(media.marker),
            index_id=media.index_id,
            duration_seconds=media.duration_seconds,
            width=media.width,
            height=media.height,
            file_name=media.file_name,
            part_index=media.part_index,
            part_count=media.part_count,
            source_start_seconds=media.source_start,
            source_end_seconds=media.source_end,
            import_job_id=media.import_job_id,
            source_streams=media.source_streams,
            warnings=media.warnings,
        )


class VideoWithDetails(Video):
    """A medium with small pictures in base64.

    ``first_thumbnail`` is a JPEG, ``gif_data`` an animated GIF. A picture is null if it does not exist or
    would make the response too large; thumbnails take precedence over GIFs.
    """

    first_thumbnail: str | None = None
    gif_data: str | None = None

    @classmethod
    def with_pictures(
        cls,
        media: Media,
        snapshots: Sequence[RunSnapshot],
        links: FileLinks,
        *,
        first_thumbnail: str | None,
        gif_data: str | None,
    ) -> Self:
        video = cls.of(media, snapshots, links)
        video.first_thumbnail = first_thumbnail
        video.gif_data = gif_data
        return video
