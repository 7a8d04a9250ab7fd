"""The execution of a prompt run's job, from its plan to its final status."""

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
from shared.services.runs.execution.stop_check import RunCancelled, StopCheck
from shared.services.runs.pipeline.medium import process_medium
from shared.services.runs.pipeline.retry import retry_segment
from shared.services.runs.pipeline.run_coordinator import RunCoordinator, selection_of_stored, settle_medium
from shared.services.runs.pipeline.shard import Shard
from shared.services.runs.run_options import ResolveModel
from shared.services.runs.tables.tables import RunTables

Stopping = Callable[[], bool]

MEDIUM_DELETED: Final = Failure("The medium was deleted.", "media_deleted", retryable=False)
WORKER_DIED: Final = Failure(
    "The worker died at this medium each time, usually because of insufficient memory.",
    "worker_died",
    retryable=True,
)


class PromptRunPipeline:
    """Executes the jobs of prompt runs and of segment retries.

    ``models.extractors`` maps catalogue names to extractors, and ``resolve_model`` returns the catalogue name
    for a run. ``parallel`` segments are extracted at the same time; a value above one helps if the extractor
    is a remote endpoint.
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
        self._coordinator = RunCoordinator(documents, RunTables(documents, blobs))
        self._resolve_model = resolve_model
        self._parallel = parallel

    def run(self, job: JobRequest, stopping: Stopping) -> None:
        """Execute a job: all steps of a run, or the retry of a segment.

        Raises:
            Interrupted: the server is stopping.
            Unavailable: a store is unavailable. In both cases the retried job resumes the work.
        """
        tenant_id, run_id = job.arguments["tenant_id"], job.arguments["run_id"]
        if job.workflow is Workflow.SEGMENT_RETRY:
            self.retry(job, stopping)
            return
        self.process(tenant_id, run_id, Shard(), stopping)
        self._coordinator.finish(tenant_id, run_id, partial(_check_not_stopping, stopping))

    def retry(self, job: JobRequest, stopping: Stopping) -> None:
        """Retry one segment of a finished run.

        Raises: Interrupted, Unavailable.
        """
        run = self._ports.documents.get(PromptRun, _run_key(job.arguments))
        if run is None:
            return
        stop_check = StopCheck(
            self._ports.documents, run.tenant_id, run.run_id, stopping, ignores_cancellation=True
        )
        retry_segment(self._ports, run, job.arguments, self._extractor(run), stop_check)

    def process(
        self,
        tenant_id: str,
        run_id: str,
        shard: Shard,
        stopping: Stopping,
        *,
        max_starts: int | None = None,
    ) -> None:
        """Process the media of ``shard``, one after another, until each has a final status.

        A medium at which the process died ``max_starts`` times fails, and the other media continue. With
        None, the runner of the job counts the starts.

        Raises: Interrupted, Unavailable.
        """
        run = self._coordinator.active_run(tenant_id, run_id)
        if run is None:
            return
        run, run_media = self._coordinator.begin(run)
        documents = self._ports.documents
        progress = Progress(documents, run, run_media, sole_worker=shard.count == 1)
        stop_check = StopCheck(documents, run.tenant_id, run.run_id, stopping)
        extractor = self._extractor(run)
        for medium_state in shard.select(run_media.states):
            if medium_state.status.is_terminal:
                continue
            stop_check.check_server_and_medium()
            if medium_state.status is RunStatus.PENDING and _is_cancelled(stop_check):
                settle_medium(progress, medium_state, RunStatus.CANCELLED, None)
            elif max_starts is None:
                self._process_medium(run, medium_state, extractor, stop_check, progress)
            elif medium_state.starts >= max_starts:
                selection = selection_of_stored(documents, run, medium_state)
                settle_medium(progress, medium_state, RunStatus.FAILED, WORKER_DIED, selection)
            else:
                with _count_start(progress, medium_state):
                    self._process_medium(run, medium_state, extractor, stop_check, progress)

    def give_up(self, job: JobRequest, error: Exception) -> None:
        """Fail everything that the job has not finished. The job is not retried."""
        self._coordinator.give_up(job, error)

    def _process_medium(
        self,
        run: PromptRun,
        medium_state: MediumState,
        extractor: Extractor,
        stop_check: StopCheck,
        progress: Progress,
    ) -> None:
        media = self._ports.documents.get(Media, keys.media(run.tenant_id, medium_state.media_id))
        if media is None:
            settle_medium(progress, medium_state, RunStatus.CANCELLED, MEDIUM_DELETED)
            return
        medium_check = stop_check.for_medium(media.media_id)
        work = MediumWork(self._ports, run, media, extractor, medium_check, progress)
        process_medium(work, parallel=self._parallel)

    def _extractor(self, run: PromptRun) -> Extractor:
        return self._ports.models.extractors[self._resolve_model(run.options.processing_model)]


@contextmanager
def _count_start(progress: Progress, medium_state: MediumState) -> Iterator[None]:
    """Count a start before the work, so that a medium that kills the process is not retried for ever. A start
    that ends with a result, or with Interrupted or Unavailable, does not count."""
    progress.change(medium_state.media_id, partial(_with_starts, medium_state.starts + 1))
    try:
        yield
    except (Interrupted, Unavailable):
        progress.change(medium_state.media_id, partial(_with_starts, 0))
        raise


def _check_not_stopping(stopping: Stopping) -> None:
    if stopping():
        raise Interrupted


def _with_starts(starts: int, medium_state: MediumState) -> MediumState:
    medium_state.starts = starts
    return medium_state


def _is_cancelled(stop_check: StopCheck) -> bool:
    try:
        stop_check.check_cancelled()
    except RunCancelled:
        return True
    return False


def _run_key(arguments: Mapping[str, str]) -> keys.Key:
    return keys.prompt_run(arguments["tenant_id"], arguments["run_id"])
