"""The workflow facade: one request starts a run from a target, a prompt or instruction, and saved options."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from shared.domain import keys
from shared.domain.access import Caller
from shared.domain.errors import Conflict, InvalidRequest, NotFound
from shared.domain.imports.import_job import ImportJob, ImportOutput, ImportStatus, OutputStatus
from shared.domain.prompts.prompt import Prompt
from shared.domain.runs.prompt_run import DEFAULT_FIXED_SECONDS, PromptRun, RunOptions, SegmentationType
from shared.domain.runs.targets import IndexTarget, MediaTarget, PlaygroundTarget, RunTarget
from shared.services.library.indexes import Indexes
from shared.services.prompts.prompts import Prompts
from shared.services.records.documents import Documents
from shared.services.runs.prompt_runs import PromptRuns
from shared.services.runs.run_options import GivenOptions, saved_options
from shared.services.runs.waiting.waiting_runs import WaitingRuns


@dataclass(frozen=True, slots=True)
class ProcessTarget:
    """Media to process: at most one kind of target; none means the whole playground."""

    import_job_id: str | None = None
    video_ids: Sequence[str] | None = None
    index_id: str | None = None
    index_name: str | None = None


@dataclass(frozen=True, slots=True)
class ProcessOptions:
    """Options of a request. ``None`` means the option saved with the prompt, else the server's default.
    ``given`` overrides ``segmentation_mode``."""

    segmentation_mode: SegmentationType | None = None
    fixed_segment_duration_seconds: int | None = None
    given: GivenOptions = field(default_factory=GivenOptions)


@dataclass(frozen=True, slots=True)
class Processed:
    """The run that a request started. ``prompt_created_inline``: its prompt was written for the request."""

    prompt: Prompt
    run: PromptRun
    prompt_created_inline: bool


class WorkflowFacade:
    """Starts runs over the services of prompts, imports and runs."""

    def __init__(
        self,
        documents: Documents,
        indexes: Indexes,
        prompts: Prompts,
        prompt_runs: PromptRuns,
        waiting_runs: WaitingRuns,
    ) -> None:
        self._documents = documents
        self._indexes = indexes
        self._prompts = prompts
        self._prompt_runs = prompt_runs
        self._waiting_runs = waiting_runs

    def process(
        self,
        caller: Caller,
        *,
        prompt_id: str | None,
        instruction: str | None,
        target: ProcessTarget,
        options: ProcessOptions,
        seed: str,
    ) -> Processed:
        """Start a run. A run over named media whose import has not ended waits for it.

        ``seed`` is a ULID: the same seed returns the prompt and the run of an earlier request.

        Raises:
            InvalidRequest: there is not exactly one prompt or instruction, or targets or options contradict
                each other.
            NotFound: the prompt, a medium, the index or the import job does not exist.
            NotPermitted: the target belongs to the default index.
            Conflict: the import job is not completed, or has nothing to process; the import of a named
                medium has failed.
        """
        if bool(prompt_id) == bool(instruction):
            raise InvalidRequest("prompt_id", "give exactly one of prompt_id and prompt_instruction")
        caller.require_own(target.import_job_id, target.index_id, *(target.video_ids or ()))
        resolved = self._target(caller, target)
        if prompt_id:
            prompt = self._prompts.get(caller, prompt_id)
        else:
            definition = self._prompts.define(caller, instruction or "")
            prompt = self._prompts.create(caller, definition, prompt_id=f"prm_{seed}")
        run = self._start(caller, prompt, resolved, run_options(prompt, options), f"run_{seed}")
        return Processed(prompt, run, prompt_created_inline=not prompt_id)

    def _start(
        self, caller: Caller, prompt: Prompt, target: RunTarget, options: RunOptions, run_id: str
    ) -> PromptRun:
        """Start a run, or store a run that waits for the import of its media."""

        def execute() -> PromptRun:
            return self._prompt_runs.execute(caller, prompt.prompt_id, target, options, run_id)

        try:
            return execute()
        except NotFound as missing:
            if not isinstance(target, MediaTarget) or missing.details["resource"] != "video":
                raise
        return self._waiting_runs.start(caller, prompt, target, options, run_id) or execute()

    def _target(self, caller: Caller, target: ProcessTarget) -> RunTarget:
        other_targets = (target.video_ids, target.index_id, target.index_name)
        if target.import_job_id and any(value is not None for value in other_targets):
            raise InvalidRequest("import_job_id", "cannot be combined with another target")
        if target.index_id and target.index_name:
            raise InvalidRequest("index_name", "cannot be combined with index_id")
        if target.import_job_id:
            return self._target_of_import(caller, target.import_job_id)
        index_id = target.index_id
        if target.index_name:
            index_id = self._indexes.find_by_name(caller, target.index_name).index_id
        if target.video_ids is not None:
            return MediaTarget.of(target.video_ids, index_id or None)
        return IndexTarget.of(index_id) if index_id else PlaygroundTarget()

    def _target_of_import(self, caller: Caller, job_id: str) -> MediaTarget:
        job = self._documents.get(ImportJob, keys.import_job(caller.tenant_id, job_id))
        if job is None:
            raise NotFound("import_job", job_id)
        if job.status is not ImportStatus.COMPLETED:
            raise Conflict(
                f"The import job is {job.status}; it can be processed once it is completed.",
                code="import_job_not_completed",
                details={"job_id": job_id, "status": job.status},
            )
        outputs = self._documents.every(ImportOutput, keys.import_output(caller.tenant_id, job_id))
        ready = [output.media_id for output in outputs if output.status is OutputStatus.COMPLETED]
        return MediaTarget.of(ready, job.index_id or None)


def run_options(prompt: Prompt, options: ProcessOptions) -> RunOptions:
    """Merge the options saved with the prompt and those of the request, which take precedence.

    Raises:
        InvalidRequest: a duration is given without ``fixed``.
    """
    mode, seconds = options.segmentation_mode, options.fixed_segment_duration_seconds
    if seconds is not None and mode is not SegmentationType.FIXED:
        raise InvalidRequest(
            "fixed_segment_duration_seconds", "is accepted only with segmentation_mode fixed"
        )
    chosen = saved_options(prompt)
    if mode is not None:
        chosen["video_segmentation_type"] = mode
        chosen["audio_segmentation_type"] = (
            SegmentationType.FIXED if mode is SegmentationType.FIXED else SegmentationType.CONTENT_AWARE
        )
    chosen |= options.given.model_dump(exclude_none=True)
    for kind in ("video", "audio"):
        if chosen.get(f"{kind}_segmentation_type") == SegmentationType.FIXED:
            chosen[f"{kind}_segment_duration"] = (
                seconds or chosen.get(f"{kind}_segment_duration") or DEFAULT_FIXED_SECONDS
            )
    return RunOptions.model_validate(chosen)
