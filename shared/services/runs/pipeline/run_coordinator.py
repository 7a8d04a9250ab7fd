"""Coordination of a prompt run, which needs records only: plan, cancel, fail, finish.

On AWS each step is a separate function, and workers process the media between them. On a laptop
``PromptRunPipeline`` calls the steps in sequence.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from shared.domain import keys
from shared.domain.clock import timestamp
from shared.domain.errors import Unavailable
from shared.domain.job import JobRequest, Workflow
from shared.domain.media import Media, ProcessingStatus
from shared.domain.runs.prompt_run import MediumState, PromptRun, RunStatus, SegmentResult
from shared.domain.runs.selection import MediumSelection
from shared.services.records.documents import Documents
from shared.services.runs.execution.failures import Failure, attempt, describe
from shared.services.runs.execution.progress import Progress
from shared.services.runs.media_states import MediaStates
from shared.services.runs.pipeline.finish import (
    finish_run,
    mark_ended,
    missing_video_level_status,
    processing_status,
)
from shared.services.runs.pipeline.plan import plan
from shared.services.runs.pipeline.retry_outcome import fail_retry
from shared.services.runs.pipeline.shard import Shard, shards_for
from shared.services.runs.run_events import run_started
from shared.services.runs.selection import select_results

if TYPE_CHECKING:  # only the function that finishes runs loads the tables
    from shared.services.runs.tables.tables import RunTables

log: Final = logging.getLogger(__name__)

_RESULTS_PER_READ: Final = 100
"""Results in memory at a time: a function that finishes runs has little."""

NOT_PROCESSED = Failure("The run ended before this medium was processed.", "not_processed", retryable=True)


class RunCoordinator:
    """Steps that can be repeated: completed work is not done again. A deleted or finished run is not
    changed.

    ``tables`` gets the table of a run before the run ends. Without it, the first reader builds the table.
    """

    def __init__(self, documents: Documents, tables: RunTables | None = None) -> None:
        self._documents = documents
        self._tables = tables

    def active_run(self, tenant_id: str, run_id: str) -> PromptRun | None:
        """Return the run, or None if it does not exist or has ended."""
        run = self._documents.get(PromptRun, keys.prompt_run(tenant_id, run_id))
        return None if run is None or run.status.is_terminal else run

    def begin(self, run: PromptRun) -> tuple[PromptRun, MediaStates]:
        """Mark the run as started, and write the states of its media. Return both, the states in order."""
        key = keys.prompt_run(run.tenant_id, run.run_id)
        run = self._documents.update(PromptRun, key, _with_start, further=run_started) or run
        return run, plan(self._documents, run)

    def plan_shards(self, tenant_id: str, run_id: str) -> list[Shard]:
        """Start the run, and return the shards for its workers. A run without work has no shards."""
        run = self.active_run(tenant_id, run_id)
        return [] if run is None else shards_for(self.begin(run)[1].states)

    def should_process(self, tenant_id: str, run_id: str, shard: Shard) -> bool:
        """Return whether a worker is needed for ``shard``. If the run is cancelled, pending media are
        cancelled here, without a worker."""
        run = self.active_run(tenant_id, run_id)
        if run is None:
            return False
        if run.stop.requested_at is None:
            return True
        _, open_count = self._settle(
            run, shard, RunStatus.CANCELLED, None, lambda m: m.status is RunStatus.PENDING
        )
        return open_count > 0

    def fail_shard(self, tenant_id: str, run_id: str, shard: Shard, failure: Failure) -> int:
        """Fail the open media of ``shard``. Return the number of these media."""
        run = self.active_run(tenant_id, run_id)
        if run is None:
            return 0
        settled, _ = self._settle(run, shard, RunStatus.FAILED, failure, lambda _: True)
        return settled

    def finish(
        self,
        tenant_id: str,
        run_id: str,
        check: Callable[[], None] = lambda: None,
        *,
        max_table_segments: int | None = None,
    ) -> RunStatus | None:
        """Write the run's table and its final status. Media without a final status are cancelled or fail.

        ``check`` is called while the table is built and may raise an exception to stop. A run with more than
        ``max_table_segments`` segments gets its table from its first reader.
        """
        run = self.active_run(tenant_id, run_id)
        if run is not None:
            cancelled = run.stop.requested_at is not None
            status = RunStatus.CANCELLED if cancelled else RunStatus.FAILED
            self._settle(run, Shard(), status, None if cancelled else NOT_PROCESSED, lambda _: True)
            self._prepare_table(run, check, max_table_segments)
            run = finish_run(self._documents, run)
        else:
            run = self._documents.get(PromptRun, keys.prompt_run(tenant_id, run_id))
        return run.status if run else None

    def give_up(self, job: JobRequest, error: Exception) -> None:
        """Fail the unfinished work of a job that is not retried: of a run, or of a segment retry."""
        tenant_id, run_id = job.arguments["tenant_id"], job.arguments["run_id"]
        run = self._documents.get(PromptRun, keys.prompt_run(tenant_id, run_id))
        if run is None:
            return
        if job.workflow is Workflow.SEGMENT_RETRY:
            fail_retry(self._documents, run, job.arguments, describe(error))
        elif not run.status.is_terminal:
            self._settle(run, Shard(), RunStatus.FAILED, describe(error), lambda _: True)
            finish_run(self._documents, run)

    def _prepare_table(self, run: PromptRun, check: Callable[[], None], max_segments: int | None) -> None:
        """Build the table of a run, if possible: a run ends without its table too."""
        if self._tables is None:
            return
        try:
            built = attempt(partial(self._tables.prepare, run, check, max_segments=max_segments))
        except Unavailable as error:
            log.warning("the table of run %s is not built: %s", run.run_id, error.message)
            return
        if built.failure is not None:
            log.warning("the table of run %s is not built: %s", run.run_id, built.failure.message)

    def _settle(
        self,
        run: PromptRun,
        shard: Shard,
        status: RunStatus,
        failure: Failure | None,
        selects: Callable[[MediumState], bool],
    ) -> tuple[int, int]:
        """End the open media of the shard for which ``selects`` is true. Return the number of ended and of
        still open media.

        The media of the run are read once: there may be tens of thousands, and a function has little memory.
        """
        run_media = plan(self._documents, run)
        progress = Progress(self._documents, run, run_media, sole_worker=shard.count == 1)
        open_media = [m for m in shard.select(run_media.states) if not m.status.is_terminal]
        selected = [m for m in open_media if selects(m)]
        for medium_state in selected:
            selection = selection_of_stored(self._documents, run, medium_state)
            settle_medium(progress, medium_state, status, failure, selection)
        return len(selected), len(open_media) - len(selected)


def selection_of_stored(
    documents: Documents, run: PromptRun, medium_state: MediumState
) -> MediumSelection | None:
    """Evaluate the filter of a run over the results that a broken-off medium has left, and store the
    selection. None without a filter, or before the medium is segmented."""
    if not medium_state.recipe:
        return None
    results = keys.segment_result(run.tenant_id, run.run_id, medium_state.media_id)
    read = documents.each(SegmentResult, results, limit=_RESULTS_PER_READ)
    return select_results(documents, run, medium_state.media_id, read)


def settle_medium(
    progress: Progress,
    medium_state: MediumState,
    status: RunStatus,
    failure: Failure | None,
    selection: MediumSelection | None = None,
) -> None:
    """End a medium whose processing did not reach a final status, and release it."""

    def release(media: Media) -> Media:
        if media.status is ProcessingStatus.PROCESSING:
            media.status = processing_status(status, media.metadata_keys)
        return media

    def end(state: MediumState) -> MediumState:
        if state.video_level_status is not None:
            state.video_level_status = missing_video_level_status(status)
        if selection is not None:
            state.is_selected, state.selected_segments = not selection.is_empty, len(selection.ordinals)
        state.failures = None if state.recipe else []  # a medium without segments has no failed segments
        return mark_ended(state, status, failure)

    progress.change(medium_state.media_id, end, change_media=release)


def _with_start(run: PromptRun) -> PromptRun:
    """Mark a run as started, unless it has ended meanwhile. The start is never before the request, even if
    this machine's clock is behind."""
    if run.status.is_terminal:
        return run
    run.status = RunStatus.PROCESSING
    run.started_at = run.started_at or max(timestamp(), run.executed_at)
    return run
