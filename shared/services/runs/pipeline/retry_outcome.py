"""How a segment's retry ended, written where its caller looks."""

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


def fail_retry(documents: Documents, run: PromptRun, arguments: Mapping[str, str], failure: Failure) -> None:
    key = keys.segment_retry(run.tenant_id, run.run_id, arguments["retry_id"])
    documents.update(SegmentRetry, key, partial(ended, Attempt(None, failure)))


def ended(tried: Attempt[SegmentResult], retry: SegmentRetry) -> SegmentRetry:
    result = tried.value
    outcomes = (
        (result.field_extraction, result.transcription, result.image_embedding, result.processing)
        if result
        else ()
    )
    failed = next((outcome for outcome in outcomes if outcome.succeeded is False), None)
    error = tried.failure.message if tried.failure else failed.error if failed else None
    retry.status = RetryStatus.FAILED if tried.failure or failed else RetryStatus.COMPLETED
    retry.completed_at = timestamp()
    retry.error = error
    retry.field_extraction_succeeded = result.field_extraction.succeeded if result else None
    retry.transcription_succeeded = result.transcription.succeeded if result else None
    retry.image_embedding_succeeded = result.image_embedding.succeeded if result else None
    return retry
