"""Wire models of the failures of a prompt run, and of segment retries."""

from typing import Self, assert_never

from pydantic import BaseModel

from shared.domain.runs.prompt_run import OperationOutcome, SegmentResult
from shared.domain.runs.segment_retry import SegmentRetry
from shared.domain.runs.statuses import BillingStatus, RetryStatus
from shared.services.runs.failure_manifest import FailedMedium, Failures


class OperationCounts(BaseModel):
    """The number of failures of each operation."""

    field_extraction: int = 0
    transcription: int = 0
    image_embedding: int = 0
    processing: int = 0


class FailedSegment(BaseModel):
    """A segment with a failed operation. ``retryable`` is false if a retry cannot succeed."""

    segment_id: str
    failed_operations: list[str]
    field_extraction_error: str | None
    transcription_error: str | None
    image_embedding_error: str | None
    failure_stage: str | None
    failure_message: str | None
    failure_code: str | None
    retryable: bool | None
    start_time: float | None
    end_time: float | None
    projection_only: bool = False

    @classmethod
    def from_domain(cls, result: SegmentResult) -> Self:
        failed = [o for o in _outcomes(result) if o.succeeded is False]
        first = failed[0] if failed else OperationOutcome()
        operations = result.failed_operations
        return cls(
            segment_id=result.segment_id,
            failed_operations=operations,
            field_extraction_error=result.field_extraction.error,
            transcription_error=result.transcription.error,
            image_embedding_error=result.image_embedding.error,
            failure_stage=result.failure_stage or (operations[0] if operations else None),
            failure_message=first.error,
            failure_code=first.code,
            retryable=any(o.retryable is not False for o in failed),
            start_time=result.start,
            end_time=result.end,
        )


class FailedVideo(BaseModel):
    """A medium with failures.

    The ``failure_...`` fields are set if the medium failed as a whole. ``truncated``: ``segments`` lists
    only a part of the failed segments, and the counts are lower bounds.
    """

    video_id: str
    failed_segments: int
    operation_counts: OperationCounts
    segments: list[FailedSegment]
    truncated: bool = False
    failure_stage: str | None
    failure_message: str | None
    failure_code: str | None
    retryable: bool | None

    @classmethod
    def from_domain(cls, failed: FailedMedium) -> Self:
        state = failed.medium_state
        return cls(
            video_id=state.media_id,
            failed_segments=failed.failed_segments,
            operation_counts=OperationCounts(**failed.operations),
            truncated=failed.truncated,
            segments=[FailedSegment.from_domain(result) for result in failed.segments],
            failure_stage=state.failure_stage,
            failure_message=state.error_message,
            failure_code=state.failure_code,
            retryable=state.retryable,
        )


class FailedSegmentsManifest(BaseModel):
    """The failures of a prompt run.

    ``truncated``: there are more failures than one response can list, and the counts are lower bounds.
    ``GET /prompt-runs/{run_id}/results`` lists all results of a medium, page by page.
    """

    run_id: str
    status: str
    videos_with_failures: int
    failed_segments: int
    operation_counts: OperationCounts
    videos: list[FailedVideo]
    truncated: bool = False

    @classmethod
    def from_domain(cls, failures: Failures) -> Self:
        return cls(
            run_id=failures.run.run_id,
            status=failures.run.status,
            videos_with_failures=failures.media_with_failures,
            failed_segments=failures.failed_segments,
            operation_counts=OperationCounts(**failures.operations),
            truncated=failures.truncated,
            videos=[FailedVideo.from_domain(medium) for medium in failures.media],
        )


class RetryState(BaseModel):
    """The state of a segment retry. A self-hosted server charges nothing for it."""

    run_id: str
    retry_id: str
    status: str
    video_id: str
    segment_id: str
    created_at: str
    started_at: str | None
    completed_at: str | None
    error: str | None
    billing_estimated_mt: float = 0.0
    billing_actual_mt: float = 0.0
    billing_status: str | None
    billing_error: str | None = None


class SegmentRetryStarted(RetryState):
    """A segment retry that was started."""

    message: str
    idempotency_key: str | None

    @classmethod
    def from_domain(cls, retry: SegmentRetry) -> Self:
        return cls(
            run_id=retry.run_id,
            retry_id=retry.retry_id,
            status=retry.status,
            video_id=retry.media_id,
            segment_id=retry.segment_id,
            created_at=retry.created_at,
            started_at=retry.started_at,
            completed_at=retry.completed_at,
            error=retry.error,
            billing_status=_billing_status(retry.status),
            message="The segment is being processed again.",
            idempotency_key=retry.idempotency_key,
        )


class SegmentRetryStatus(RetryState):
    """The state of a segment retry. The ``..._succeeded`` fields are null until it has ended."""

    field_extraction_succeeded: bool | None
    transcription_succeeded: bool | None
    image_embedding_succeeded: bool | None

    @classmethod
    def from_domain(cls, retry: SegmentRetry) -> Self:
        return cls(
            run_id=retry.run_id,
            retry_id=retry.retry_id,
            status=retry.status,
            video_id=retry.media_id,
            segment_id=retry.segment_id,
            created_at=retry.created_at,
            started_at=retry.started_at,
            completed_at=retry.completed_at,
            error=retry.error,
            billing_status=_billing_status(retry.status),
            field_extraction_succeeded=retry.field_extraction_succeeded,
            transcription_succeeded=retry.transcription_succeeded,
            image_embedding_succeeded=retry.image_embedding_succeeded,
        )


def _outcomes(result: SegmentResult) -> tuple[OperationOutcome, ...]:
    return (result.field_extraction, result.transcription, result.image_embedding, result.processing)


def _billing_status(status: RetryStatus) -> BillingStatus:
    match status:
        case RetryStatus.PENDING | RetryStatus.PROCESSING:
            return BillingStatus.PENDING
        case RetryStatus.COMPLETED:
            return BillingStatus.CONFIRMED
        case RetryStatus.FAILED:
            return BillingStatus.RELEASED
        case _:
            assert_never(status)
