"""The flow of a prompt run, from its job to its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Final

from shared.domain import keys
from shared.domain.errors import Unavailable
from shared.domain.job import JobRequest, Workflow
from shared.domain.media import Media
from shared.domain.runs.prompt_run import MediumState, PromptRun, RunStatus
from shared.ports.blobs import Blobs
from shared.ports.jobs import Interrupted
from shared.ports.models import Extractor, ModelPack
from shared.ports.search_index import SearchIndex
from shared.services.records.documents import Documents
from shared.services.runs.execution.context import MediumWork, PipelinePorts
from shared.services.runs.execution.failures import Failure
from shared.services.runs.execution.progress import Progress
from shared.services.runs.execution.supervision import RunCancelled, Supervision
from shared.services.runs.pipeline.medium import process_medium
from shared.services.runs.pipeline.retry import retry_segment
from shared.services.runs.pipeline.run_steps import RunSteps, settle_medium
from shared.services.runs.pipeline.shard import Shard
from shared.services.runs.prompt_runs import ResolveModel

Stopping = Callable[[], bool]

GONE: Final = Failure("The medium was deleted.", "media_deleted", retryable=False)
WORKER_DIED: Final = Failure(
    "The worker died at this medium each time, which is mostly for want of memory.",
    "worker_died",
    retryable=True,
)


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
        self._ports = PipelinePorts(documents, blobs, search_index, models)
        self._steps = RunSteps(documents)
        self._resolve_model = resolve_model
        self._parallel = parallel

    def run(self, job: JobRequest, stopping: Stopping) -> None:
        """All steps in turn. Raises: Interrupted: the server stops; Unavailable: a store does not
        answer. The job is to be run again then, and goes on where it was."""
        tenant_id, run_id = job.arguments["tenant_id"], job.arguments["run_id"]
        if job.workflow is Workflow.SEGMENT_RETRY:
            self.retry(job, stopping)
            return
        self.process(tenant_id, run_id, Shard(), stopping)
        self._steps.finish(tenant_id, run_id)

    def retry(self, job: JobRequest, stopping: Stopping) -> None:
        """Do one segment of a finished run again. Raises: Interrupted, Unavailable."""
        run = self._ports.documents.get(PromptRun, _run_key(job.arguments))
        if run is None:
            return
        supervision = Supervision(
            self._ports.documents, run.tenant_id, run.run_id, stopping, heed_cancel=False
        )
        retry_segment(self._ports, run, job.arguments, self._extractor(run), supervision)

    def process(
        self,
        tenant_id: str,
        run_id: str,
        shard: Shard,
        stopping: Stopping,
        *,
        most_starts: int | None = None,
    ) -> None:
        """Bring the media of ``shard`` to their ends, one after another.

        A medium at which the process died ``most_starts`` times is failed by itself; None: whoever
        runs the job counts.

        Raises: Interrupted, Unavailable.
        """
        run = self._steps.run(tenant_id, run_id)
        if run is None:
            return
        run, of_run = self._steps.begin(run)
        documents = self._ports.documents
        progress = Progress(documents, run, of_run, alone=shard.count == 1)
        supervision = Supervision(documents, run.tenant_id, run.run_id, stopping)
        extractor = self._extractor(run)
        for medium_state in shard.of(of_run.states):
            if medium_state.status.is_terminal:
                continue
            supervision.check_interrupted()
            if medium_state.status is RunStatus.PENDING and _is_cancelled(supervision):
                settle_medium(progress, medium_state, RunStatus.CANCELLED, None)
            elif most_starts is None:
                self._medium(run, medium_state, extractor, supervision, progress)
            elif medium_state.starts >= most_starts:
                settle_medium(progress, medium_state, RunStatus.FAILED, WORKER_DIED)
            else:
                with _counted(progress, medium_state):
                    self._medium(run, medium_state, extractor, supervision, progress)

    def give_up(self, job: JobRequest, error: Exception) -> None:
        """The job will not be run again: what it left open ends as failed."""
        self._steps.give_up(job, error)

    def _medium(
        self,
        run: PromptRun,
        medium_state: MediumState,
        extractor: Extractor,
        supervision: Supervision,
        progress: Progress,
    ) -> None:
        media = self._ports.documents.get(Media, keys.media(run.tenant_id, medium_state.media_id))
        if media is None:
            settle_medium(progress, medium_state, RunStatus.CANCELLED, GONE)
            return
        watched = supervision.over(media.media_id)
        work = MediumWork(self._ports, run, media, extractor, watched, progress)
        process_medium(work, parallel=self._parallel)

    def _extractor(self, run: PromptRun) -> Extractor:
        return self._ports.models.extractors[self._resolve_model(run.options.processing_model)]


@contextmanager
def _counted(progress: Progress, medium_state: MediumState) -> Iterator[None]:
    """Counted before the work, or a medium that kills the process would do so for ever; what ends in
    order, whatever way, does not count."""
    progress.change(medium_state.media_id, partial(_with_starts, medium_state.starts + 1))
    try:
        yield
    except (Interrupted, Unavailable):
        progress.change(medium_state.media_id, partial(_with_starts, 0))
        raise


def _with_starts(starts: int, medium_state: MediumState) -> MediumState:
    medium_state.starts = starts
    return medium_state


def _is_cancelled(supervision: Supervision) -> bool:
    try:
        supervision.check_cancelled()
    except RunCancelled:
        return True
    return False


def _run_key(arguments: Mapping[str, str]) -> keys.Key:
    return keys.prompt_run(arguments["tenant_id"], arguments["run_id"])
