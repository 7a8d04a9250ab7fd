"""Payload models of the events. Every field is a plain value, so that receivers need no model of ours.

Ids, statuses and counts have the names and the values of the API.
"""

from pydantic import Field

from shared.domain.events.event import EventPayload


class MediaPayload(EventPayload):
    """A medium."""

    video_id: str = Field(description="id of the medium: a video, a sound or a picture")
    index_id: str | None = Field(description="index of the medium, null for the playground")
    title: str = Field(description="title of the medium")
    media_type: str = Field(description="`video`, `audio` or `image`")
    status: str = Field(description="`not_processed`, `processing`, `processed` or `failed`")
    duration_seconds: float | None = Field(description="length in seconds, null for a picture")
    import_job_id: str | None = Field(description="import job that registered the medium")
    part_index: int = Field(description="number of the part of the source file, from 0")
    part_count: int = Field(description="number of parts of the source file, 1 for most files")


class MediaProcessingPayload(MediaPayload):
    """A medium in a run."""

    run_id: str = Field(description="run that processes the medium")
    prompt_id: str = Field(description="prompt of the run")
    run_status: str = Field(
        description="status of the medium in the run: `processing`, `completed`, "
        "`completed_with_failures` or `failed`"
    )
    total_segments: int = Field(description="number of segments, 0 before the medium is segmented")
    successful_segments: int = Field(description="segments with a successful result")
    failed_segments: int = Field(description="segments whose result failed")
    error_code: str | None = Field(description="code of the failure that ended the processing")
    error: str | None = Field(description="sentence about the failure that ended the processing")


class PromptRunPayload(EventPayload):
    """A prompt run and its counters."""

    run_id: str = Field(description="id of the run")
    prompt_id: str = Field(description="prompt of the run")
    index_id: str | None = Field(description="index of the target, null for the playground or several")
    status: str = Field(
        description="`processing`, `completed`, `completed_with_failures`, `failed` or `cancelled`"
    )
    total_media: int = Field(description="number of media of the run")
    completed_media: int = Field(description="media that were processed without failures")
    partial_media: int = Field(description="media that were processed with some failures")
    failed_media: int = Field(description="media that could not be processed")
    cancelled_media: int = Field(description="media that were cancelled or deleted")
    total_segments: int = Field(description="segments of the media that are segmented so far")
    completed_segments: int = Field(description="segments with a successful result")
    field_extraction_failures: int = Field(description="segments whose field extraction failed")
    error: str | None = Field(description="sentence about what failed")


class ImportJobPayload(EventPayload):
    """An import job and its counters."""

    job_id: str = Field(description="id of the import job")
    index_id: str | None = Field(description="index that receives the media, null for the playground")
    source_kind: str = Field(description="`upload`, `uri`, `attachments` or `connector`")
    status: str = Field(description="`scanning`, `importing`, `completed` or `failed`")
    phase: str = Field(description="activity of the job, or how it ended; finer than `status`")
    total_files: int = Field(description="number of source files")
    imported: int = Field(description="source files that were imported")
    failed: int = Field(description="source files that failed")
    skipped: int = Field(description="source files that were skipped")
    bytes_transferred: int = Field(description="bytes of the sources that have arrived")
    parts_total: int = Field(description="parts that the sources are cut into")
    parts_completed: int = Field(description="parts that became media")
    parts_failed: int = Field(description="parts that failed")
    error_code: str | None = Field(description="code of the failure")
    error: str | None = Field(description="sentence about what failed")


class ExportPayload(EventPayload):
    """An export."""

    export_id: str = Field(description="id of the export")
    export_type: str = Field(description="`index` or `prompt_run`")
    target_id: str = Field(description="id of the exported index or run")
    status: str = Field(description="status of the export")
    destination_connector_id: str | None = Field(
        default=None, description="connector that the export is delivered through"
    )
    error: str | None = Field(default=None, description="sentence about what failed")


class SegmentPayload(EventPayload):
    """The result of one segment in one run."""

    segment_id: str = Field(description="id of the segment")
    video_id: str = Field(description="medium of the segment")
    index_id: str | None = Field(description="index of the medium, null for the playground")
    run_id: str = Field(description="run that made the result")
    prompt_id: str = Field(description="prompt of the run")
    ordinal: int = Field(description="number of the segment in the medium, from 0")
    start_seconds: float = Field(description="start of the segment in the medium, in seconds")
    end_seconds: float = Field(description="end of the segment in the medium, in seconds")
    succeeded: bool = Field(description="false if the field extraction failed")
    error: str | None = Field(description="sentence about what failed")


class SegmentRetryPayload(EventPayload):
    """The outcome of the retry of one segment. A success flag is null if its operation was not retried."""

    retry_id: str = Field(description="id of the retry")
    segment_id: str = Field(description="id of the segment")
    video_id: str = Field(description="medium of the segment")
    index_id: str | None = Field(description="index of the medium, null for the playground")
    run_id: str = Field(description="run of the segment")
    prompt_id: str = Field(description="prompt of the run")
    status: str = Field(description="`completed` or `failed`")
    field_extraction_succeeded: bool | None = Field(description="outcome of the field extraction")
    transcription_succeeded: bool | None = Field(description="outcome of the transcription")
    image_embedding_succeeded: bool | None = Field(description="outcome of the image embedding")
    error: str | None = Field(description="sentence about what failed")


class DeletionPayload(EventPayload):
    """A deletion of an index or a medium."""

    deletion_id: str = Field(description="id of the deletion")
    kind: str = Field(description="`index` or `media`")
    target_id: str = Field(description="id of the deleted index or medium")
    index_id: str | None = Field(default=None, description="the index, or the index of the medium")
    status: str = Field(description="`draining` while work on the target ends, `deleted` at the end")


class ConnectorPayload(EventPayload):
    """A connector. It never holds credentials."""

    connector_id: str = Field(description="id of the connector")
    name: str = Field(description="name of the connector")
    provider: str = Field(description="`s3`, `gcs` or `azure`")
    status: str = Field(description="status of the connector")
    success: bool | None = Field(default=None, description="outcome of a test")
    error: str | None = Field(default=None, description="sentence about what a test found wrong")


class WebhookPayload(EventPayload):
    """A webhook, and why it was disabled."""

    webhook_id: str = Field(description="id of the webhook")
    name: str = Field(description="name of the webhook")
    status: str = Field(description="`active`, `paused` or `disabled`")
    reason: str | None = Field(default=None, description="sentence about why it was disabled")


class MatchedSegmentPayload(EventPayload):
    """A segment that matches a saved search."""

    segment_id: str = Field(description="id of the segment")
    video_id: str = Field(description="medium of the segment")
    index_id: str | None = Field(description="index of the medium, null for the playground")
    start_seconds: float = Field(description="start of the segment in the medium, in seconds")
    end_seconds: float = Field(description="end of the segment in the medium, in seconds")
    score: float | None = Field(description="score of the segment, null if the search has no threshold")


class SearchMatchPayload(EventPayload):
    """The segments of a run that match a saved search.

    The scores, and `min_score`, have the scale `score_scale` in the space `score_space`; all four are null if
    the search has conditions only.
    """

    saved_search_id: str = Field(description="id of the saved search")
    name: str = Field(description="name of the saved search")
    run_id: str = Field(description="run that made the results of the segments")
    score_space: str | None = Field(description="`text`, `picture` or `words`")
    score_scale: str | None = Field(description="`cosine` or `bm25_share`")
    score_model: str | None = Field(description="embedding model of the scores, null for `words`")
    min_score: float | None = Field(description="lowest score that matches")
    segments: list[MatchedSegmentPayload] = Field(description="the best segments, at most 20")
    has_more: bool = Field(description="true if further segments match")
