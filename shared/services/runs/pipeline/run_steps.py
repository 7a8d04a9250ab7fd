"""The steps of a prompt run that need records only: plan, call off, fail, finish.

On AWS each is a function of its own, and between them workers do the media; on a laptop
``PromptRunPipeline`` calls them in turn.
"""

from __future__ import annotations

from collections.abc import Callable

from shared.domain import keys
from shared.domain.clock import timestamp
from shared.domain.job import JobRequest, Workflow
from shared.domain.media import Media, ProcessingStatus
from shared.domain.runs.prompt_run import MediumState, PromptRun, RunStatus
from shared.services.records.documents import Documents
from shared.services.runs.execution.failures import Failure, describe
from shared.services.runs.execution.progress import Progress
from shared.services.runs.media_states import MediaStates
from shared.services.runs.pipeline.finish import end_medium, finish_run, media_status, unmade_video_level
from shared.services.runs.pipeline.plan import plan
from shared.services.runs.pipeline.retry_outcome import fail_retry
from shared.services.runs.pipeline.shard import Shard, shards_for

NOT_PROCESSED = Failure("The run ended before this medium was processed.", "not_processed", retryable=True)


class RunSteps:
    """Each step finds what is done already; of a run that is gone or has ended nothing is changed."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def run(self, tenant_id: str, run_id: str) -> PromptRun | None:
        """The run, if it is there and has not ended."""
        run = self._documents.get(PromptRun, keys.prompt_run(tenant_id, run_id))
        return None if run is None or run.status.is_terminal else run

    def begin(self, run: PromptRun) -> tuple[PromptRun, MediaStates]:
        """Mark the run as begun and write down its media, in order."""
        key = keys.prompt_run(run.tenant_id, run.run_id)
        run = self._documents.update(PromptRun, key, _begun) or run
        return run, plan(self._documents, run)

    def shards(self, tenant_id: str, run_id: str) -> list[Shard]:
        """Begin the run; how it is to be shared among workers. None where there is nothing to do."""
        run = self.run(tenant_id, run_id)
        return [] if run is None else shards_for(self.begin(run)[1].states)

    def proceed(self, tenant_id: str, run_id: str, shard: Shard) -> bool:
        """Whether a worker should do ``shard``. Of a run that was asked to stop, what had not begun
        is cancelled, without waiting for a worker."""
        run = self.run(tenant_id, run_id)
        if run is None:
            return False
        if run.stop.requested_at is None:
            return True
        _, left = self._settle(run, shard, RunStatus.CANCELLED, None, lambda m: m.status is RunStatus.PENDING)
        return bool(left)

    def fail(self, tenant_id: str, run_id: str, shard: Shard, failure: Failure) -> int:
        """End as failed what of ``shard`` has not ended; returns how many media these were."""
        run = self.run(tenant_id, run_id)
        if run is None:
            return 0
        settled, _ = self._settle(run, shard, RunStatus.FAILED, failure, lambda _: True)
        return settled

    def finish(self, tenant_id: str, run_id: str) -> RunStatus | None:
        """Settle the run, and before it media that nobody brought to an end."""
        run = self.run(tenant_id, run_id)
        if run is not None:
            stopped = run.stop.requested_at is not None
            status = RunStatus.CANCELLED if stopped else RunStatus.FAILED
            self._settle(run, Shard(), status, None if stopped else NOT_PROCESSED, lambda _: True)
            run = finish_run(self._documents, run)
        else:
            run = self._documents.get(PromptRun, keys.prompt_run(tenant_id, run_id))
        return run.status if run else None

    def give_up(self, job: JobRequest, error: Exception) -> None:
        """A run's job, or a segment retry's, will not be run again: what it left open ends as failed."""
        tenant_id, run_id = job.arguments["tenant_id"], job.arguments["run_id"]
        run = self._documents.get(PromptRun, keys.prompt_run(tenant_id, run_id))
        if run is None:
            return
        if job.workflow is Workflow.SEGMENT_RETRY:
            fail_retry(self._documents, run, job.arguments, describe(error))
        elif not run.status.is_terminal:
            self._settle(run, Shard(), RunStatus.FAILED, describe(error), lambda _: True)
            finish_run(self._documents, run)

    def _settle(
        self,
        run: PromptRun,
        shard: Shard,
        status: RunStatus,
        failure: Failure | None,
        chosen: Callable[[MediumState], bool],
    ) -> tuple[int, int]:
        """How many of the shard's media have ended with this, and how many are left. The run's are read
        once: there may be tens of thousands, and a function has little memory."""
        of_run = plan(self._documents, run)
        progress = Progress(self._documents, run, of_run, alone=shard.count == 1)
        open_media = [m for m in shard.of(of_run.states) if not m.status.is_terminal]
        doomed = [m for m in open_media if chosen(m)]
        for medium_state in doomed:
            settle_medium(progress, medium_state, status, failure)
        return len(doomed), len(open_media) - len(doomed)


def settle_medium(
    progress: Progress,
    medium_state: MediumState,
    status: RunStatus,
    failure: Failure | None,
) -> None:
    """End a medium that was not brought to its end."""

    def release(media: Media) -> Media:
        if media.status is ProcessingStatus.PROCESSING:
            media.status = media_status(status, media.metadata_keys)
        return media

    def ended(state: MediumState) -> MediumState:
        if state.video_level_status is not None:
            state.video_level_status = unmade_video_level(status)
        state.failures = None if state.recipe else []  # without segments, none has failed
        return end_medium(state, status, failure)

    progress.change(medium_state.media_id, ended, change_media=release)


def _begun(run: PromptRun) -> PromptRun:
    """Never before it was asked for, whatever this machine's clock says."""
    run.status = RunStatus.PROCESSING
    run.started_at = run.started_at or max(timestamp(), run.executed_at)
    return run
