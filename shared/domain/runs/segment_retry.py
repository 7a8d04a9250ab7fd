"""Retries of one segment of a run."""

from pydantic import BaseModel, Field

from shared.domain.runs.statuses import RetryStatus


class RetriesOfSegment(BaseModel):
    """The retries of one segment, in order of request. Only the last can be unfinished."""

    retry_ids: list[str] = Field(default_factory=list)


class SegmentRetry(BaseModel):
    """One retry of a segment. ``index_id`` is the index of its medium, None for the playground."""

    retry_id: str
    run_id: str
    media_id: str
    segment_id: str
    index_id: str | None = None
    status: RetryStatus = RetryStatus.PENDING
    idempotency_key: str | None = None
    created_at: str
    started_at: str | None = None
    completed_at: str | None = None
    error: str | None = None
    field_extraction_succeeded: bool | None = None
    transcription_succeeded: bool | None = None
    image_embedding_succeeded: bool | None = None

    @property
    def is_finished(self) -> bool:
        return self.status.is_terminal
