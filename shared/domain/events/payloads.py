"""Payload models of the events. Every field is a plain value, so that receivers need no model of ours."""

from shared.domain.events.event import EventPayload


class MediaPayload(EventPayload):
    """A medium. ``status`` is its processing status. ``error`` says why its processing failed."""

    video_id: str
    index_id: str | None
    title: str
    media_type: str
    status: str
    duration_seconds: float | None
    import_job_id: str | None
    run_id: str | None = None
    error: str | None = None


class PromptRunPayload(EventPayload):
    """A prompt run and its counters. Percentages are of segments, or of media before segmentation."""

    run_id: str
    prompt_id: str
    index_id: str | None
    status: str
    total_media: int
    completed_media: int
    failed_media: int
    total_segments: int
    completed_segments: int
    error: str | None = None


class ImportJobPayload(EventPayload):
    """An import job and its counters."""

    job_id: str
    index_id: str | None
    source_kind: str
    status: str
    phase: str
    total_files: int
    imported: int
    failed: int
    skipped: int
    bytes_transferred: int
    parts_total: int
    parts_completed: int
    parts_failed: int
    error: str | None = None


class ExportPayload(EventPayload):
    """An export."""

    export_id: str
    export_type: str
    target_id: str
    status: str
    destination_connector_id: str | None = None
    error: str | None = None


class SegmentPayload(EventPayload):
    """The result of one segment in one run. ``succeeded`` is false if its extraction failed."""

    segment_id: str
    video_id: str
    run_id: str
    ordinal: int
    start_seconds: float
    end_seconds: float
    succeeded: bool
    retry_id: str | None = None
    error: str | None = None


class DeletionPayload(EventPayload):
    """A deletion of an index or a medium. ``kind`` is ``index`` or ``media``."""

    deletion_id: str
    kind: str
    target_id: str
    status: str


class ConnectorPayload(EventPayload):
    """A connector. It never holds credentials. ``success`` is the outcome of a test."""

    connector_id: str
    name: str
    provider: str
    status: str
    success: bool | None = None
    error: str | None = None


class WebhookPayload(EventPayload):
    """A webhook, and why it was disabled."""

    webhook_id: str
    name: str
    status: str
    reason: str | None = None
