"""The outcome of a segment retry, in the record that the client reads."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from shared.domain import keys
from shared.domain.clock import timestamp
from shared.domain.runs.prompt_run import PromptRun, SegmentResult
from shared.domain.runs.segment_retry import SegmentRetry
from shared.domain.runs.statuses import RetryStatus
from shared.services.records.documents import Documents
from shared.services.runs.execution.failures import Attempt, Failure
from shared.services.runs.run_events import segment_retried


def fail_retry(documents: Documents, run: PromptRun, arguments: Mapping[str, str], failure: Failure) -> None:
    """Record that a retry failed."""
    write_outcome(documents, run, arguments["retry_id"], Attempt(None, failure))


def write_outcome(
    documents: Documents, run: PromptRun, retry_id: str, outcome: Attempt[SegmentResult]
) -> None:
    """Write the final status of a retry, and its event."""
    key = keys.segment_retry(run.tenant_id, run.run_id, retry_id)
    change = partial(with_outcome, outcome)
    documents.update(SegmentRetry, key, change, further=partial(segment_retried, run))


def with_outcome(outcome: Attempt[SegmentResult], retry: SegmentRetry) -> SegmentRetry:
    """Set the final status of a retry: failed if any operation of the result failed."""
    result = outcome.value
    operations = (
        (result.field_extraction, result.transcription, result.image_embedding, result.processing)
        if result
        else ()
    )
    failed = next((operation for operation in operations if operation.succeeded is False), None)
    error = outcome.failure.message if outcome.failure else failed.error if failed else None
    retry.status = RetryStatus.FAILED if outcome.failure or failed else RetryStatus.COMPLETED
    retry.completed_at = timestamp()
    retry.error = error
    retry.field_extraction_succeeded = result.field_extraction.succeeded if result else None
    retry.transcription_succeeded = result.transcription.succeeded if result else None
    retry.image_embedding_succeeded = result.image_embedding.succeeded if result else None
    return retry
