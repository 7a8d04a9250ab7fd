"""Wire models of automations."""

from typing import Literal, Self

from pydantic import BaseModel

from shared.domain.automations.debounce import DebounceInterval
from shared.domain.automations.import_automation import WatchedBy
from shared.domain.automations.outcome import AutomationAction, AutomationOutcome
from shared.domain.automations.preset import PromptPreset
from shared.domain.prompts.prompt import PromptDefinition
from shared.domain.runs.prompt_run import SegmentationType
from shared.services.automations.connector_state import Obstacle
from shared.services.automations.export_automations import ExportAutomationView
from shared.services.automations.import_automations import ImportAutomationView

Status = Literal["active", "paused", "disabled", "blocked"]


class StatusReason(BaseModel):
    """Why an automation does nothing."""

    code: str
    message: str


class AutomationResult(BaseModel):
    """What an automation did at a time, or why it did nothing.

    ``times`` counts equal results that followed each other, from ``first_at`` to ``at``. ``code`` and
    ``message`` say why nothing was done, or no run was started.
    """

    action: AutomationAction
    at: str
    first_at: str
    times: int
    code: str | None
    message: str | None
    import_job_id: str | None
    run_id: str | None
    export_id: str | None

    @classmethod
    def of(cls, outcome: AutomationOutcome) -> Self:
        return cls.model_validate(outcome.model_dump())


class PromptSnapshot(PromptDefinition):
    """The prompt as it was when the automation was saved."""


class FrozenPreset(BaseModel):
    """The prompt as it was at ``captured_at``, and the options of the runs."""

    prompt_id: str
    captured_at: str
    prompt: PromptSnapshot
    video_segmentation_type: SegmentationType
    audio_segmentation_type: SegmentationType
    video_segment_duration: int | None
    audio_segment_duration: int | None
    processing_model: str | None
    enable_transcription: bool
    enable_image_embedding: bool

    @classmethod
    def of(cls, preset: PromptPreset) -> Self:
        return cls(
            prompt_id=preset.prompt_id,
            captured_at=preset.captured_at,
            prompt=PromptSnapshot.model_validate(preset.prompt.model_dump()),
            **preset.options.model_dump(),
        )


class ImportAutomation(BaseModel):
    """The import automation of an index.

    ``status`` is ``active`` if the automation works; else ``status_reason`` says why it does not.
    ``next_check_at`` is when it looks for new files again, null if it does not. ``announced_at`` is when the
    newest file that no import has taken yet was announced; where the prefix is listed, no file is announced.
    ``last_result`` is the newest of ``history``, which has at most 20 results, newest first.
    """

    automation_id: str
    index_id: str
    enabled: bool
    paused: bool
    status: Status
    status_reason: StatusReason | None
    connector_id: str
    source_prefix: str
    file_pattern: str
    recursive: bool
    debounce_interval: DebounceInterval
    prompt_preset: FrozenPreset | None
    watched_by: WatchedBy
    announced_at: str | None
    next_check_at: str | None
    last_checked_at: str | None
    last_import_job_id: str | None
    last_result: AutomationResult | None
    history: list[AutomationResult]
    created_at: str
    updated_at: str

    @classmethod
    def of(cls, view: ImportAutomationView) -> Self:
        found = view.automation
        history = [AutomationResult.of(outcome) for outcome in found.history]
        return cls(
            automation_id=found.automation_id,
            index_id=found.index_id,
            enabled=found.enabled,
            paused=found.paused,
            status=_status(found.enabled, found.paused, view.obstacle),
            status_reason=_reason(found.enabled, found.paused, view.obstacle),
            connector_id=found.connector_id,
            source_prefix=found.source_prefix,
            file_pattern=found.file_pattern,
            recursive=found.recursive,
            debounce_interval=found.debounce_interval,
            prompt_preset=FrozenPreset.of(found.prompt_preset) if found.prompt_preset else None,
            watched_by=found.watched_by,
            announced_at=found.announced_at,
            next_check_at=found.next_check_at,
            last_checked_at=found.last_checked_at,
            last_import_job_id=found.last_import_job_id,
            last_result=history[0] if history else None,
            history=history,
            created_at=found.created_at,
            updated_at=found.updated_at,
        )


class ExportAutomation(BaseModel):
    """The export automation of an index.

    ``status`` is ``active`` if the automation works; else ``status_reason`` says why it does not.
    ``last_result`` is the newest of ``history``, which has at most 20 results, newest first.
    """

    automation_id: str
    index_id: str
    enabled: bool
    paused: bool
    status: Status
    status_reason: StatusReason | None
    destination_connector_id: str
    destination_subpath: str | None
    last_result: AutomationResult | None
    history: list[AutomationResult]
    created_at: str
    updated_at: str

    @classmethod
    def of(cls, view: ExportAutomationView) -> Self:
        found = view.automation
        history = [AutomationResult.of(outcome) for outcome in found.history]
        return cls(
            automation_id=found.automation_id,
            index_id=found.index_id,
            enabled=found.enabled,
            paused=found.paused,
            status=_status(found.enabled, found.paused, view.obstacle),
            status_reason=_reason(found.enabled, found.paused, view.obstacle),
            destination_connector_id=found.destination_connector_id,
            destination_subpath=found.destination_subpath,
            last_result=history[0] if history else None,
            history=history,
            created_at=found.created_at,
            updated_at=found.updated_at,
        )


class AutomationList(BaseModel):
    """The automations of all indexes, in the order of their indexes' ids."""

    import_automations: list[ImportAutomation]
    export_automations: list[ExportAutomation]


def _status(enabled: bool, paused: bool, obstacle: Obstacle | None) -> Status:
    if not enabled:
        return "disabled"
    if paused:
        return "paused"
    return "active" if obstacle is None else "blocked"


def _reason(
    enabled: bool,
    paused: bool,
    obstacle: Obstacle | None,
) -> StatusReason | None:
    """Return the reason that has to be removed first: the obstacle outlasts a pause."""
    if obstacle is not None:
        return StatusReason(code=obstacle.code, message=obstacle.message)
    if not enabled:
        return StatusReason(code="automation_disabled", message="The automation is not enabled.")
    if paused:
        return StatusReason(code="automation_paused", message="The automation is paused.")
    return None
