"""Doing one segment of a finished run again."""

from typing import Final

from shared.domain import ids, keys
from shared.domain.access import Caller
from shared.domain.clock import timestamp
from shared.domain.errors import Conflict, NotFound
from shared.domain.job import JobRequest, Workflow
from shared.domain.prompt_run import PromptRun, SegmentResult, SegmentRetry
from shared.ports.jobs import Jobs
from shared.ports.records import ABSENT
from shared.services.documents import Documents, put
from shared.services.visible_media import VisibleMedia

PENDING: Final = "pending"
UNFINISHED: Final = ("pending", "processing")


class SegmentRetries:
    def __init__(self, documents: Documents, jobs: Jobs) -> None:
        self._documents = documents
        self._jobs = jobs

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
        """Asked twice with the same ``retry_id``, it is started once.

        Raises:
            NotFound: run, medium, or a segment that the run has no result for.
            Conflict: the run is not finished, or this segment is being retried.
        """
        self._require_finished(caller, run_id)
        self._require_result(caller, run_id, media_id, segment_id)
        key = keys.segment_retry(caller.tenant_id, run_id, retry_id)
        retry = self._documents.get(SegmentRetry, key)
        if retry is None:
            self._require_idle(caller, run_id, segment_id)
            retry = SegmentRetry(
                retry_id=retry_id,
                run_id=run_id,
                media_id=media_id,
                segment_id=segment_id,
                idempotency_key=idempotency_key,
                created_at=timestamp(),
            )
            job = _job(caller, retry)
            self._documents.write(put(key, retry, expected_version=ABSENT), put(keys.job(job.job_id), job))
        if retry.status in UNFINISHED:
            self._jobs.submit(_job(caller, retry))
        return retry

    def get(self, caller: Caller, run_id: str, media_id: str, segment_id: str, retry_id: str) -> SegmentRetry:
        """Raises: NotFound."""
        retry = self._documents.get(SegmentRetry, keys.segment_retry(caller.tenant_id, run_id, retry_id))
        if retry is None or (retry.media_id, retry.segment_id) != (media_id, segment_id):
            raise NotFound("segment_retry", retry_id)
        return retry

    def _require_finished(self, caller: Caller, run_id: str) -> None:
        run = self._documents.get(PromptRun, keys.prompt_run(caller.tenant_id, run_id))
        if run is None:
            raise NotFound("prompt_run", run_id)
        if not run.status.is_terminal:
            raise Conflict("A segment can be retried once its run has ended.", code="prompt_run_not_finished")

    def _require_result(self, caller: Caller, run_id: str, media_id: str, segment_id: str) -> None:
        VisibleMedia(self._documents).get(caller.tenant_id, media_id)
        located = ids.parse_segment_id(segment_id)
        key = keys.segment_result(caller.tenant_id, run_id, media_id, segment_id)
        if located is None or self._documents.get(SegmentResult, key) is None:
            raise NotFound("segment", segment_id)

    def _require_idle(self, caller: Caller, run_id: str, segment_id: str) -> None:
        others = self._documents.every(SegmentRetry, keys.segment_retry(caller.tenant_id, run_id))
        if any(r.segment_id == segment_id and r.status in UNFINISHED for r in others):
            raise Conflict("This segment is being retried.", code="segment_retry_in_progress")


def _job(caller: Caller, retry: SegmentRetry) -> JobRequest:
    return JobRequest(
        job_id=retry.retry_id,
        workflow=Workflow.SEGMENT_RETRY,
        arguments={
            "tenant_id": caller.tenant_id,
            "run_id": retry.run_id,
            "media_id": retry.media_id,
            "segment_id": retry.segment_id,
            "retry_id": retry.retry_id,
        },
        requested_at=retry.created_at,
    )
