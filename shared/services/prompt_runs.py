"""Prompt runs as callers see them: estimated, started, listed, stopped."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from shared.domain import keys
from shared.domain.access import Caller
from shared.domain.clock import timestamp
from shared.domain.errors import Conflict, InvalidRequest, NotFound
from shared.domain.job import JobRequest, Workflow
from shared.domain.media import Media, ProcessingStatus
from shared.domain.prompt import Prompt, PromptDefinition
from shared.domain.prompt_rules import DEFAULT_PROMPT
from shared.domain.prompt_run import MediaRun, PromptRun, RunOptions, SegmentationType
from shared.domain.run_counts import new_media_run, sum_media
from shared.ports.jobs import Jobs
from shared.ports.records import ABSENT, MAX_WRITES, Put, VersionConflict, Write
from shared.services.documents import Documents, Page, put
from shared.services.open_index import visible_index
from shared.services.run_estimate import Estimate, estimate
from shared.services.run_targets import ResolvedTarget, RunTargets
from shared.services.visible_media import VisibleMedia

_MAX_SEGMENT_SECONDS: Final = 300
_RECENT_RUNS: Final = 50

ResolveModel = Callable[[str | None], str]
"""From a requested model (None: the default) to its catalogue name. Raises: InvalidRequest."""


class PromptRuns:
    def __init__(self, documents: Documents, jobs: Jobs, resolve_model: ResolveModel) -> None:
        self._documents = documents
        self._jobs = jobs
        self._resolve_model = resolve_model
        self._targets = RunTargets(documents)

    def estimate(
        self, caller: Caller, prompt_id: str, target: Mapping[str, Any], options: RunOptions
    ) -> Estimate:
        """Raises: what ``execute`` does."""
        self._check(options)
        self._prompt(caller, prompt_id)
        return estimate(self._targets.resolve(caller.tenant_id, target).media, options)

    def execute(
        self,
        caller: Caller,
        prompt_id: str,
        target: Mapping[str, Any],
        options: RunOptions,
        run_id: str,
    ) -> PromptRun:
        """Start a run; asked twice with the same ``run_id`` it is started once.

        ``target`` is ``{"type": "index", "index_id"}``, ``{"type": "videos", "video_ids",
        "index_id"?}`` or ``{"type": "playground"}``.

        Raises:
            InvalidRequest: options or target break a rule, or the target holds nothing.
            NotFound: prompt, index or media.
        """
        started = self._started(caller, run_id)
        if started is not None:
            return started
        self._check(options)
        prompt = self._prompt(caller, prompt_id)
        resolved = self._targets.resolve(caller.tenant_id, target)
        run = _new_run(caller, run_id, prompt, resolved, options)
        return self._start(run, resolved)

    def process_media(
        self, caller: Caller, media_id: str, segment_duration: int, prompt_id: str | None, run_id: str
    ) -> PromptRun:
        """Run over one medium in pieces of ``segment_duration`` seconds, with the default prompt
        where none is named.

        Raises:
            Conflict: a run is at work on it (code ``video_already_processing``).
            InvalidRequest, NotFound: as ``execute``.
        """
        started = self._started(caller, run_id)
        if started is not None:
            return started
        options = RunOptions(
            video_segmentation_type=SegmentationType.FIXED,
            audio_segmentation_type=SegmentationType.FIXED,
            video_segment_duration=segment_duration,
            audio_segment_duration=segment_duration,
        )
        self._check(options)
        prompt = self._prompt(caller, prompt_id or DEFAULT_PROMPT.prompt_id)
        resolved = self._targets.resolve(caller.tenant_id, {"type": "videos", "video_ids": [media_id]})
        run = _new_run(caller, run_id, prompt, resolved, options)
        return self._start(run, resolved, self._claim(caller, media_id))

    def get(self, caller: Caller, run_id: str) -> PromptRun:
        """Raises: NotFound."""
        run = self._documents.get(PromptRun, keys.prompt_run(caller.tenant_id, run_id))
        if run is None:
            raise NotFound("prompt_run", run_id)
        return run

    def latest(self, caller: Caller, limit: int) -> list[PromptRun]:
        """Newest first."""
        return self._documents.page(
            PromptRun, keys.prompt_run(caller.tenant_id), limit=limit, descending=True
        ).items

    def list_for_index(
        self, caller: Caller, index_id: str, *, limit: int, after: str | None = None
    ) -> Page[PromptRun]:
        """Newest first. Raises: NotFound."""
        visible_index(self._documents, caller.tenant_id, index_id)
        pointers = self._documents.sort_keys(
            keys.index_run(caller.tenant_id, index_id), limit=limit, after=after, descending=True
        )
        return Page(self._runs(caller, pointers.items), pointers.next_after)

    def list_for_media(self, caller: Caller, media_id: str, limit: int) -> Sequence[PromptRun]:
        """Newest first. Raises: NotFound."""
        VisibleMedia(self._documents).get(caller.tenant_id, media_id)
        return self._runs_of_media(caller, media_id, limit)

    def cancel(self, caller: Caller, run_id: str) -> PromptRun:
        """Ask a run to stop: nothing further is begun once it has seen this. A run that has ended
        is returned as it is. Raises: NotFound."""

        def stop(run: PromptRun) -> PromptRun:
            if run.status.is_terminal or run.stop.requested_at is not None:
                return run
            run.stop.requested_at = timestamp()
            run.stop.requested_by = caller.user_id
            run.stop.mode = "graceful"
            return run

        run = self._documents.update(PromptRun, keys.prompt_run(caller.tenant_id, run_id), stop)
        if run is None:
            raise NotFound("prompt_run", run_id)
        return run

    def _started(self, caller: Caller, run_id: str) -> PromptRun | None:
        """The run of an earlier try, whose job is submitted again: it may have died in between."""
        run = self._documents.get(PromptRun, keys.prompt_run(caller.tenant_id, run_id))
        if run is not None and not run.status.is_terminal:
            self._jobs.submit(_job(run))
        return run

    def _start(self, run: PromptRun, resolved: ResolvedTarget, claim: Put | None = None) -> PromptRun:
        media_runs = [new_media_run(run, medium, i) for i, medium in enumerate(resolved.media)]
        run = sum_media(run, media_runs)
        pointers = [] if claim is None else [claim]
        if run.prompt_id != DEFAULT_PROMPT.prompt_id:
            pointers.append(Put(keys.prompt_usage(run.tenant_id, run.prompt_id, run.run_id), {}))
        # Last: those for which there is no room here are written when the run is planned.
        pointers += [
            Put(keys.index_run(run.tenant_id, index_id, run.run_id), {}) for index_id in resolved.index_ids
        ]
        job = _job(run)
        rows = media_run_writes(run, media_runs)
        run.planned = len(rows) + len(pointers) + 2 <= MAX_WRITES
        writes: list[Write] = [
            put(keys.prompt_run(run.tenant_id, run.run_id), run, expected_version=ABSENT),
            put(keys.job(job.job_id), job),
            *pointers[: MAX_WRITES - 2],
            *(rows if run.planned else ()),
        ]
        try:
            self._documents.write(*writes)
        except VersionConflict as conflict:
            return self._started_meanwhile(run, conflict)
        self._jobs.submit(job)
        return run

    def _started_meanwhile(self, run: PromptRun, conflict: VersionConflict) -> PromptRun:
        """Somebody else wrote first: the same run, or another over the same medium."""
        other = self._documents.get(PromptRun, keys.prompt_run(run.tenant_id, run.run_id))
        if other is None:
            raise _already_processing() from conflict
        self._jobs.submit(_job(other))
        return other

    def _claim(self, caller: Caller, media_id: str) -> Put:
        """A write that only one of two simultaneous starts can win."""
        if any(not run.status.is_terminal for run in self._runs_of_media(caller, media_id, _RECENT_RUNS)):
            raise _already_processing()
        record = self._documents.records.get(keys.media(caller.tenant_id, media_id))
        if record is None:
            raise NotFound("video", media_id)
        media = Media.model_validate(record.body)
        media.status = ProcessingStatus.PROCESSING
        return put(record.key, media, expected_version=record.version)

    def _runs_of_media(self, caller: Caller, media_id: str, limit: int) -> Sequence[PromptRun]:
        pointers = self._documents.sort_keys(
            keys.run_of_media(caller.tenant_id, media_id), limit=limit, descending=True
        )
        return self._runs(caller, pointers.items)

    def _runs(self, caller: Caller, run_ids: Sequence[str]) -> list[PromptRun]:
        """What the pointers lead to; a run that is gone is left out."""
        wanted = [keys.prompt_run(caller.tenant_id, run_id) for run_id in run_ids]
        return self._documents.get_many(PromptRun, wanted)

    def _prompt(self, caller: Caller, prompt_id: str) -> Prompt:
        if prompt_id == DEFAULT_PROMPT.prompt_id:
            return DEFAULT_PROMPT
        prompt = self._documents.get(Prompt, keys.prompt(caller.tenant_id, prompt_id))
        if prompt is None:
            raise NotFound("prompt", prompt_id)
        return prompt

    def _check(self, options: RunOptions) -> None:
        if options.audio_segmentation_type is SegmentationType.SMART:
            raise InvalidRequest("audio_segmentation_type", "must be content_aware or fixed")
        for kind, segmentation, seconds in (
            ("video", options.video_segmentation_type, options.video_segment_duration),
            ("audio", options.audio_segmentation_type, options.audio_segment_duration),
        ):
            field = f"{kind}_segment_duration"
            if segmentation is SegmentationType.FIXED and seconds is None:
                raise InvalidRequest(field, f"is required when {kind}_segmentation_type is fixed")
            if seconds is not None and not 1 <= seconds <= _MAX_SEGMENT_SECONDS:
                raise InvalidRequest(field, f"must be from 1 to {_MAX_SEGMENT_SECONDS}")
        self._resolve_model(options.processing_model)


def media_run_writes(run: PromptRun, media_runs: Sequence[MediaRun]) -> list[Write]:
    """Two writes a medium: its state, and the pointer from the medium to the run."""
    return [
        write
        for media_run in media_runs
        for write in (
            put(keys.media_run(run.tenant_id, run.run_id, media_run.media_id), media_run),
            Put(keys.run_of_media(run.tenant_id, media_run.media_id, run.run_id), {}),
        )
    ]


def _new_run(
    caller: Caller, run_id: str, prompt: Prompt, resolved: ResolvedTarget, options: RunOptions
) -> PromptRun:
    return PromptRun(
        run_id=run_id,
        tenant_id=caller.tenant_id,
        user_id=caller.user_id,
        prompt_id=prompt.prompt_id,
        prompt=PromptDefinition.model_validate(prompt.model_dump(include=set(PromptDefinition.model_fields))),
        prompt_type="default" if prompt is DEFAULT_PROMPT else "custom",
        options=options,
        target=resolved.target,
        index_id=resolved.index_id,
        executed_at=timestamp(),
        billing_estimated_mt=estimate(resolved.media, options).estimated_mt,
    )


def _already_processing() -> Conflict:
    return Conflict("A run is at work on this medium.", code="video_already_processing")


def _job(run: PromptRun) -> JobRequest:
    return JobRequest(
        job_id=run.run_id,
        workflow=Workflow.PROMPT_RUN,
        arguments={"tenant_id": run.tenant_id, "run_id": run.run_id},
        requested_at=run.executed_at,
    )
