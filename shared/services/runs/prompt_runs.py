"""Prompt runs as clients use them: estimate, start, list, cancel."""

from collections.abc import Callable, Sequence

from shared.domain import keys
from shared.domain.access import Caller
from shared.domain.clock import timestamp
from shared.domain.errors import Conflict, NotFound, VersionConflict
from shared.domain.job import JobRequest, Workflow
from shared.domain.markers.marker import MarkerTargetType
from shared.domain.markers.rules import matches_color
from shared.domain.media import Index, Media, ProcessingStatus
from shared.domain.prompts.prompt import Prompt, PromptDefinition, definition_of
from shared.domain.prompts.rules import DEFAULT_PROMPT
from shared.domain.runs.card import RunCard
from shared.domain.runs.counts import new_media_run, sum_media
from shared.domain.runs.prompt_run import PromptRun, RunOptions, RunStatus, SegmentationType
from shared.domain.runs.statuses import BillingStatus, PromptType, StopMode
from shared.domain.runs.targets import MediaTarget, RunTarget
from shared.ports.jobs import Jobs
from shared.ports.records import ABSENT, MAX_WRITES, Put, Write
from shared.services.library.index_access import require_visible, visible_index
from shared.services.library.markers.marked import Marked
from shared.services.library.media_records import WRITES_PER_JOINED_MEDIUM, ChangeMedia, MediaRecords
from shared.services.library.visible_media import VisibleMedia
from shared.services.records.documents import Documents, put
from shared.services.records.pages import Page
from shared.services.records.transact import Decision
from shared.services.runs.estimate import Estimate, estimate
from shared.services.runs.run_events import run_ended
from shared.services.runs.run_options import ResolveModel, check_options
from shared.services.runs.targets import ResolvedTarget, RunTargets, require_own_target


class PromptRuns:
    def __init__(self, documents: Documents, jobs: Jobs, resolve_model: ResolveModel) -> None:
        self._documents = documents
        self._jobs = jobs
        self._resolve_model = resolve_model
        self._targets = RunTargets(documents)
        self._records = MediaRecords(documents)
        self._visible = VisibleMedia(documents)
        self._marked = Marked(documents)

    def estimate(self, caller: Caller, prompt_id: str, target: RunTarget, options: RunOptions) -> Estimate:
        """Estimate the cost of a run.

        Raises: the errors of ``execute``.
        """
        check_options(options, self._resolve_model)
        require_own_target(caller, target)
        self._prompt(caller, prompt_id)
        return estimate(self._targets.resolve(caller.tenant_id, target).media, options)

    def execute(
        self,
        caller: Caller,
        prompt_id: str,
        target: RunTarget,
        options: RunOptions,
        run_id: str,
        *,
        frozen: PromptDefinition | None = None,
    ) -> PromptRun:
        """Start a run. Repeated calls with the same ``run_id`` start it once.

        ``frozen`` is the prompt as it was earlier, which may have changed or be deleted since.

        Raises:
            InvalidRequest: the options or the target are invalid, or the target contains no media.
            NotFound: the prompt, the index or a medium does not exist.
            NotPermitted: the target belongs to the default index.
        """
        check_options(options, self._resolve_model)
        require_own_target(caller, target)

        def prepare() -> tuple[PromptRun, ResolvedTarget]:
            prompt = frozen or self._prompt(caller, prompt_id)
            resolved = self._targets.resolve(caller.tenant_id, target)
            return new_run(caller, run_id, prompt_id, prompt, resolved, options), resolved

        return self._start(caller, run_id, prepare)

    def process_media(
        self, caller: Caller, media_id: str, segment_duration: int, prompt_id: str | None, run_id: str
    ) -> PromptRun:
        """Start a run over one medium with fixed segments of ``segment_duration`` seconds. Without
        ``prompt_id``, the default prompt is used.

        Raises:
            Conflict: another run is processing the medium (code ``video_already_processing``).
            InvalidRequest, NotFound, NotPermitted: as ``execute``.
        """
        caller.require_own(media_id)
        options = RunOptions(
            video_segmentation_type=SegmentationType.FIXED,
            audio_segmentation_type=SegmentationType.FIXED,
            video_segment_duration=segment_duration,
            audio_segment_duration=segment_duration,
        )
        check_options(options, self._resolve_model)

        def prepare() -> tuple[PromptRun, ResolvedTarget]:
            prompt = self._prompt(caller, prompt_id or DEFAULT_PROMPT.prompt_id)
            resolved = self._targets.resolve(caller.tenant_id, MediaTarget.of([media_id]))
            self._require_idle(caller, media_id)
            return new_run(caller, run_id, prompt.prompt_id, prompt, resolved, options), resolved

        return self._start(caller, run_id, prepare, change_media=_with_processing_status)

    def get(self, caller: Caller, run_id: str) -> PromptRun:
        """Read a run. Raises: NotFound."""
        run = self._documents.get(PromptRun, keys.prompt_run(caller.tenant_of(run_id), run_id))
        if run is None:
            raise NotFound("prompt_run", run_id)
        return run

    def latest(self, caller: Caller, limit: int, *, marker_color: str | None = None) -> list[PromptRun]:
        """Return the latest runs, newest first. ``marker_color`` selects those with a marker of the color."""
        if marker_color is not None:
            tenant_id = caller.tenant_id
            return self._marked.page(
                tenant_id,
                MarkerTargetType.PROMPT_RUN,
                marker_color,
                lambda run_ids: [(run.run_id, run) for run in self._runs(tenant_id, run_ids)],
                limit=limit,
                after=None,
            ).items
        return self._documents.page(
            PromptRun, keys.prompt_run(caller.tenant_id), limit=limit, descending=True
        ).items

    def list_for_index(
        self,
        caller: Caller,
        index_id: str,
        *,
        marker_color: str | None = None,
        limit: int,
        after: str | None = None,
    ) -> Page[PromptRun]:
        """Return the runs of an index, newest first. ``marker_color`` selects those with a marker of the
        color. Raises: NotFound."""
        tenant_id = caller.tenant_of(index_id)
        if marker_color is not None:
            visible_index(self._documents, tenant_id, index_id)
            return self._marked.page(
                tenant_id,
                MarkerTargetType.PROMPT_RUN,
                marker_color,
                lambda run_ids: self._of_index(tenant_id, index_id, run_ids),
                limit=limit,
                after=after,
            )
        pointers = self._documents.sort_keys(
            keys.index_run(tenant_id, index_id), limit=limit, after=after, descending=True
        )
        index = keys.index(tenant_id, index_id)
        runs = [keys.prompt_run(tenant_id, run_id) for run_id in pointers.items]
        batch = self._documents.batch([index, *runs])
        require_visible(batch.get(Index, index), index_id)
        return Page(batch.get_many(PromptRun, runs), pointers.next_after)

    def list_for_media(
        self, caller: Caller, media_id: str, limit: int, *, marker_color: str | None = None
    ) -> Sequence[PromptRun]:
        """Return the latest runs of a medium, newest first. ``marker_color`` selects those with a marker of
        the color. Raises: NotFound."""
        tenant_id = caller.tenant_of(media_id)
        key = keys.run_card(tenant_id, media_id)
        _, batch = self._visible.get_with(tenant_id, media_id, key)
        card = batch.get(RunCard, key)
        run_ids = card.run_ids if card else []
        if marker_color is None:
            return self._runs(tenant_id, run_ids[:limit])
        runs = self._runs(tenant_id, run_ids)
        return [run for run in runs if matches_color(marker_color, [run.marker])][:limit]

    def cancel(self, caller: Caller, run_id: str) -> PromptRun:
        """Request the cancellation of a run. Once the run observes it, no further work starts. A run that
        waits for an import ends at once. A finished run is returned unchanged.

        Raises: NotFound. NotPermitted: the run belongs to the default index.
        """
        caller.require_own(run_id)

        def request_stop(run: PromptRun) -> PromptRun:
            if run.status.is_terminal or run.stop.requested_at is not None:
                return run
            run.stop.requested_at = timestamp()
            run.stop.requested_by = caller.user_id
            run.stop.mode = StopMode.GRACEFUL
            return _cancelled_before_start(run) if run.is_waiting else run

        key = keys.prompt_run(caller.tenant_id, run_id)
        run = self._documents.update(PromptRun, key, request_stop, further=_end_of_cancelled)
        if run is None:
            raise NotFound("prompt_run", run_id)
        return run

    def _start(
        self,
        caller: Caller,
        run_id: str,
        prepare: Callable[[], tuple[PromptRun, ResolvedTarget]],
        change_media: ChangeMedia | None = None,
    ) -> PromptRun:
        """Start the run that ``prepare`` builds, unless an earlier request has started it. ``prepare`` is
        called again if a medium, its runs or its index change before the run is written.

        If an earlier request has started the run, its job is submitted again, because that request may have
        ended before it submitted the job.

        Raises: VersionConflict: each of 20 attempts met one.
        """

        def decide() -> Decision[PromptRun]:
            started = self._documents.get(PromptRun, keys.prompt_run(caller.tenant_id, run_id))
            if started is not None:
                return Decision(started)
            run, resolved = prepare()
            return Decision(run, self._writes(run, resolved, change_media))

        run = self._documents.transact(decide)
        if not run.status.is_terminal and not run.is_waiting:
            self._jobs.submit(job_of_run(run))
        return run

    def _writes(
        self, run: PromptRun, resolved: ResolvedTarget, change_media: ChangeMedia | None
    ) -> list[Write]:
        """Build the writes that start ``run``. The media states are included only if all of them fit into the
        transaction. Otherwise the plan step writes them.

        Raises: VersionConflict: a medium has been deleted meanwhile.
        """
        job = job_of_run(run)
        pointers: list[Put] = []
        if run.prompt_id != DEFAULT_PROMPT.prompt_id:
            pointers.append(Put(keys.prompt_usage(run.tenant_id, run.prompt_id, run.run_id), {}))
        # Index pointers come last: those that do not fit are written by the plan step.
        pointers += [
            Put(keys.index_run(run.tenant_id, index_id, run.run_id), {}) for index_id in resolved.index_ids
        ]
        writes_per_medium = WRITES_PER_JOINED_MEDIUM + (change_media is not None)
        run.planned = len(resolved.media) * writes_per_medium + len(pointers) + 2 <= MAX_WRITES
        state_writes: list[Write] = []
        if run.planned:
            joined, state_writes = self._records.join(run, resolved.media, 0, change_media=change_media)
            if len(joined) < len(resolved.media):
                raise VersionConflict(keys.prompt_run(run.tenant_id, run.run_id))
        return [
            put(keys.prompt_run(run.tenant_id, run.run_id), run, expected_version=ABSENT),
            put(keys.job(job.job_id), job),
            *pointers[: MAX_WRITES - 2],
            *state_writes,
        ]

    def _require_idle(self, caller: Caller, media_id: str) -> None:
        """Raise Conflict if a run is processing the medium. Two concurrent starts may both pass; both then
        write the medium's card, and the second one gets a version conflict."""
        card = self._documents.get(RunCard, keys.run_card(caller.tenant_id, media_id))
        recent = [run.run_id for run in card.runs] if card else []
        if any(not run.status.is_terminal for run in self._runs(caller.tenant_id, recent)):
            raise Conflict("A run is processing this medium.", code="video_already_processing")

    def _of_index(self, tenant_id: str, index_id: str, run_ids: Sequence[str]) -> list[tuple[str, PromptRun]]:
        """Read those of ``run_ids`` that are runs over media of an index."""
        pointers = {run_id: keys.index_run(tenant_id, index_id, run_id) for run_id in run_ids}
        runs = {run_id: keys.prompt_run(tenant_id, run_id) for run_id in run_ids}
        batch = self._documents.batch([*pointers.values(), *runs.values()])
        listed = [run_id for run_id, pointer in pointers.items() if batch.version(pointer) != ABSENT]
        return [(run.run_id, run) for run in batch.get_many(PromptRun, [runs[each] for each in listed])]

    def _runs(self, tenant_id: str, run_ids: Sequence[str]) -> list[PromptRun]:
        """Read runs by id. Missing runs are left out."""
        run_keys = [keys.prompt_run(tenant_id, run_id) for run_id in run_ids]
        return self._documents.get_many(PromptRun, run_keys)

    def _prompt(self, caller: Caller, prompt_id: str) -> Prompt:
        if prompt_id == DEFAULT_PROMPT.prompt_id:
            return DEFAULT_PROMPT
        prompt = self._documents.get(Prompt, keys.prompt(caller.tenant_id, prompt_id))
        if prompt is None:
            raise NotFound("prompt", prompt_id)
        return prompt


def new_run(
    caller: Caller,
    run_id: str,
    prompt_id: str,
    prompt: PromptDefinition,
    resolved: ResolvedTarget,
    options: RunOptions,
) -> PromptRun:
    """Build a run that has not started, with a copy of its prompt."""
    run = PromptRun(
        run_id=run_id,
        tenant_id=caller.tenant_id,
        user_id=caller.user_id,
        prompt_id=prompt_id,
        prompt=definition_of(prompt),
        prompt_type=PromptType.DEFAULT if prompt_id == DEFAULT_PROMPT.prompt_id else PromptType.CUSTOM,
        options=options,
        target=resolved.target,
        index_id=resolved.index_id,
        executed_at=timestamp(),
        billing_estimated_mt=estimate(resolved.media, options).estimated_mt,
    )
    return sum_media(run, [new_media_run(run, medium, i) for i, medium in enumerate(resolved.media)])


def _with_processing_status(media: Media) -> Media:
    media.status = ProcessingStatus.PROCESSING
    return media


def _cancelled_before_start(run: PromptRun) -> PromptRun:
    """End a run that waits for an import. It keeps ``awaited_imports``, by which its pointers are deleted."""
    run.status = RunStatus.CANCELLED
    run.completed_at = run.stop.observed_at = run.stop.completed_at = run.stop.requested_at
    run.billing_status = BillingStatus.RELEASED
    return run


def _end_of_cancelled(before: PromptRun, after: PromptRun) -> list[Put]:
    return run_ended(before, after) if after.status.is_terminal else []


def job_of_run(run: PromptRun) -> JobRequest:
    """Return the job that executes a run."""
    return JobRequest(
        job_id=run.run_id,
        workflow=Workflow.PROMPT_RUN,
        arguments={"tenant_id": run.tenant_id, "run_id": run.run_id},
        requested_at=run.executed_at,
    )
