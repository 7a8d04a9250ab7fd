"""The flow of a prompt run, from its job to its end."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from shared.domain import keys
from shared.domain.clock import timestamp
from shared.domain.job import JobRequest, Workflow
from shared.domain.media import Media
from shared.domain.prompt_run import MediaRun, PromptRun, RunStatus
from shared.ports.blobs import Blobs
from shared.ports.models import Extractor, ModelPack
from shared.ports.search_index import SearchIndex
from shared.services.documents import Documents
from shared.services.pipeline.context import MediumWork, Ports
from shared.services.pipeline.failures import Failure, describe
from shared.services.pipeline.finish import finish_run
from shared.services.pipeline.medium import process_medium
from shared.services.pipeline.plan import plan
from shared.services.pipeline.progress import Progress
from shared.services.pipeline.retry import fail_retry, retry_segment
from shared.services.pipeline.supervision import RunCancelled, Supervision
from shared.services.prompt_runs import ResolveModel

Stopping = Callable[[], bool]


class PromptRunPipeline:
    """Does the jobs of prompt runs and of segment retries.

    ``models.extractors`` are by catalogue name; ``resolve_model`` gives a run's. ``parallel`` is how
    many segments are extracted at a time: more than one helps where the extractor is an endpoint.
    """

    def __init__(
        self,
        documents: Documents,
        blobs: Blobs,
        search_index: SearchIndex,
        models: ModelPack,
        resolve_model: ResolveModel,
        *,
        parallel: int = 1,
    ) -> None:
        self._ports = Ports(documents, blobs, search_index, models)
        self._resolve_model = resolve_model
        self._parallel = parallel

    def run(self, job: JobRequest, stopping: Stopping) -> None:
        """Raises: Interrupted: the server stops; Unavailable: a store does not answer. The job is
        to be run again then, and goes on where it was."""
        run = self._ports.documents.get(PromptRun, _run_key(job.arguments))
        if run is None:
            return
        if job.workflow is Workflow.SEGMENT_RETRY:
            supervision = Supervision(
                self._ports.documents, run.tenant_id, run.run_id, stopping, heed_cancel=False
            )
            retry_segment(self._ports, run, job.arguments, self._extractor(run), supervision)
        elif not run.status.is_terminal:
            self._run(run, stopping)

    def give_up(self, job: JobRequest, error: Exception) -> None:
        """The job will not be run again: what it left open ends as failed."""
        run = self._ports.documents.get(PromptRun, _run_key(job.arguments))
        if run is None:
            return
        failure = describe(error)
        if job.workflow is Workflow.SEGMENT_RETRY:
            fail_retry(self._ports.documents, run, job.arguments, failure)
        elif not run.status.is_terminal:
            self._fail(run, failure)

    def _run(self, run: PromptRun, stopping: Stopping) -> None:
        documents = self._ports.documents
        run = documents.update(PromptRun, _key(run), _begun) or run
        media_runs = plan(documents, run)
        progress = Progress(documents, run, media_runs)
        supervision = Supervision(documents, run.tenant_id, run.run_id, stopping)
        extractor = self._extractor(run)
        for media_run in media_runs:
            if media_run.status.is_terminal:
                continue
            supervision.check_interrupted()
            if media_run.status is RunStatus.PENDING and _is_cancelled(supervision):
                progress.note(media_run.media_id, **_settled(media_run, RunStatus.CANCELLED, None))
            else:
                self._medium(run, media_run, extractor, supervision, progress)
        finish_run(documents, run)

    def _medium(
        self,
        run: PromptRun,
        media_run: MediaRun,
        extractor: Extractor,
        supervision: Supervision,
        progress: Progress,
    ) -> None:
        media = self._ports.documents.get(Media, keys.media(run.tenant_id, media_run.media_id))
        if media is None:
            gone = Failure("The medium was deleted.", "media_deleted", retryable=False)
            progress.note(media_run.media_id, **_settled(media_run, RunStatus.CANCELLED, gone))
            return
        watched = supervision.over(media.media_id)
        work = MediumWork(self._ports, run, media, extractor, watched, progress)
        process_medium(work, parallel=self._parallel)

    def _extractor(self, run: PromptRun) -> Extractor:
        return self._ports.models.extractors[self._resolve_model(run.options.processing_model)]

    def _fail(self, run: PromptRun, failure: Failure) -> None:
        documents = self._ports.documents
        progress = Progress(documents, run, plan(documents, run))
        for media_run in progress.media_runs:
            if not media_run.status.is_terminal:
                progress.note(media_run.media_id, **_settled(media_run, RunStatus.FAILED, failure))
        finish_run(documents, run)


def _settled(media_run: MediaRun, status: RunStatus, failure: Failure | None) -> dict[str, object]:
    return {
        "status": status,
        "completed_at": timestamp(),
        "processing_segments": 0,
        "video_level_status": media_run.video_level_status and status.value,
        "error_message": failure.message if failure else None,
        "failure_stage": media_run.stage if failure else None,
        "failure_code": failure.code if failure else None,
        "retryable": failure.retryable if failure else None,
    }


def _is_cancelled(supervision: Supervision) -> bool:
    try:
        supervision.check_cancelled()
    except RunCancelled:
        return True
    return False


def _run_key(arguments: Mapping[str, str]) -> keys.Key:
    return keys.prompt_run(arguments["tenant_id"], arguments["run_id"])


def _key(run: PromptRun) -> keys.Key:
    return keys.prompt_run(run.tenant_id, run.run_id)


def _begun(run: PromptRun) -> PromptRun:
    run.status = RunStatus.PROCESSING
    run.started_at = run.started_at or timestamp()
    return run
