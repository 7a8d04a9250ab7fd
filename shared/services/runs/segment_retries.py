"""Retries of single segments of finished runs."""

from shared.domain import ids, keys
from shared.domain.access import Caller
from shared.domain.clock import timestamp
from shared.domain.errors import Conflict, NotFound
from shared.domain.job import JobRequest, Workflow
from shared.domain.media import Media
from shared.domain.runs.prompt_run import PromptRun, SegmentResult
from shared.domain.runs.segment_retry import RetriesOfSegment, SegmentRetry
from shared.ports.jobs import Jobs
from shared.ports.records import ABSENT, Write
from shared.services.library.visible_media import VisibleMedia
from shared.services.records.documents import Batch, Documents, put
from shared.services.records.transact import Decision


class SegmentRetries:
    def __init__(self, documents: Documents, jobs: Jobs) -> None:
        self._documents = documents
        self._jobs = jobs
        self._visible = VisibleMedia(documents)

    def start(
        self,
        caller: Caller,
        run_id: str,
        media_id: str,
        segment_id: str,
        *,
        retry_id: str,
        idempotency_key: str | None = None,
    ) -> SegmentRetry:
        """Start a retry, once per ``retry_id``. Of several concurrent retries of a segment, one starts.

        Raises:
            NotFound: there is no such run or medium, or the run has no result for the segment.
            NotPermitted: the run, the medium or the segment belongs to the default index.
            Conflict: the run is not finished, or this segment is being retried.
        """
        caller.require_own(run_id, media_id, segment_id)
        retry = SegmentRetry(
            retry_id=retry_id,
            run_id=run_id,
            media_id=media_id,
            segment_id=segment_id,
            idempotency_key=idempotency_key,
            created_at=timestamp(),
        )

        def decide() -> Decision[SegmentRetry]:
            media, batch = self._retryable(caller, retry)
            existing = batch.get(SegmentRetry, keys.segment_retry(caller.tenant_id, run_id, retry_id))
            if existing is not None:
                return Decision(existing)
            new = retry.model_copy(update={"index_id": media.index_id})
            return Decision(new, self._writes(media, batch, new))

        started = self._documents.transact(decide)
        if not started.is_finished:
            self._jobs.submit(_job(caller.tenant_id, started))
        return started

    def get(self, caller: Caller, run_id: str, media_id: str, segment_id: str, retry_id: str) -> SegmentRetry:
        """Read a retry. Raises: NotFound."""
        retry = self._documents.get(SegmentRetry, keys.segment_retry(caller.tenant_id, run_id, retry_id))
        if retry is None or (retry.media_id, retry.segment_id) != (media_id, segment_id):
            raise NotFound("segment_retry", retry_id)
        return retry

    def _retryable(self, caller: Caller, retry: SegmentRetry) -> tuple[Media, Batch]:
        """Read the medium, and the records of the segment and its retries, in one request.

        Raises: NotFound; Conflict: the run is not finished.
        """
        tenant_id, run_id, media_id = caller.tenant_id, retry.run_id, retry.media_id
        run_key = keys.prompt_run(tenant_id, run_id)
        result_key = keys.segment_result(tenant_id, run_id, media_id, retry.segment_id)
        wanted = [run_key, keys.segment_retry(tenant_id, run_id, retry.retry_id)]
        if is_segment := ids.parse_segment_id(retry.segment_id) is not None:
            wanted += [result_key, keys.retries_of_segment(tenant_id, run_id, media_id, retry.segment_id)]
        media, batch = self._visible.find_with(tenant_id, [media_id], wanted)
        run = batch.get(PromptRun, run_key)
        if run is None:
            raise NotFound("prompt_run", run_id)
        if not run.status.is_terminal:
            raise Conflict("A segment can be retried once its run has ended.", code="prompt_run_not_finished")
        if not media:
            raise NotFound("video", media_id)
        if not is_segment or batch.get(SegmentResult, result_key) is None:
            raise NotFound("segment", retry.segment_id)
        return media[0], batch

    def _writes(self, media: Media, batch: Batch, retry: SegmentRetry) -> list[Write]:
        """Build the writes of ``retry`` and its job. They fail if another retry, or the medium's deletion,
        starts meanwhile.

        Raises: Conflict: the segment is being retried.
        """
        tenant_id, media_key = media.tenant_id, keys.media(media.tenant_id, media.media_id)
        claim_key = keys.retries_of_segment(tenant_id, retry.run_id, retry.media_id, retry.segment_id)
        claim = batch.get(RetriesOfSegment, claim_key) or RetriesOfSegment()
        self._require_finished(tenant_id, retry.run_id, claim)
        claimed = RetriesOfSegment(retry_ids=[*claim.retry_ids, retry.retry_id])
        job = _job(tenant_id, retry)
        return [
            put(claim_key, claimed, expected_version=batch.version(claim_key)),
            put(media_key, media, expected_version=batch.version(media_key)),
            put(keys.segment_retry(tenant_id, retry.run_id, retry.retry_id), retry, expected_version=ABSENT),
            put(keys.job(job.job_id), job),
        ]

    def _require_finished(self, tenant_id: str, run_id: str, claim: RetriesOfSegment) -> None:
        """Check the last retry of the segment. Raises: Conflict: it is not finished."""
        if not claim.retry_ids:
            return
        key = keys.segment_retry(tenant_id, run_id, claim.retry_ids[-1])
        last = self._documents.get(SegmentRetry, key)
        if last is not None and not last.is_finished:
            raise Conflict("This segment is being retried.", code="segment_retry_in_progress")


def _job(tenant_id: str, retry: SegmentRetry) -> JobRequest:
    return JobRequest(
        job_id=retry.retry_id,
        workflow=Workflow.SEGMENT_RETRY,
        arguments={
            "tenant_id": tenant_id,
            "run_id": retry.run_id,
            "media_id": retry.media_id,
            "segment_id": retry.segment_id,
            "retry_id": retry.retry_id,
        },
        requested_at=retry.created_at,
    )
