"""Prompt presets: a prompt and run options, frozen when an automation is saved."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, ValidationError

from shared.domain.access import Caller
from shared.domain.automations.preset import PromptPreset
from shared.domain.clock import isoformat
from shared.domain.errors import InvalidRequest
from shared.domain.prompts.prompt import Prompt, definition_of
from shared.domain.runs.prompt_run import RunOptions, SegmentationType
from shared.services.prompts.prompts import Prompts
from shared.services.runs.run_options import ResolveModel, check_options

FIXED_SECONDS = 10
"""The length of segments of the type ``fixed`` if neither the preset nor the prompt has one."""


class GivenPreset(BaseModel):
    """A preset as a client sends it. None means the option saved with the prompt, else the server's
    default."""

    model_config = ConfigDict(frozen=True)

    prompt_id: str
    video_segmentation_type: SegmentationType | None = None
    audio_segmentation_type: SegmentationType | None = None
    video_segment_duration: int | None = None
    audio_segment_duration: int | None = None
    processing_model: str | None = None
    enable_transcription: bool | None = None
    enable_image_embedding: bool | None = None


class Presets:
    def __init__(self, prompts: Prompts, resolve_model: ResolveModel) -> None:
        self._prompts = prompts
        self._resolve_model = resolve_model

    def freeze(self, caller: Caller, given: GivenPreset, moment: datetime) -> PromptPreset:
        """Take a snapshot of a prompt as it is at ``moment``.

        Raises: NotFound: there is no such prompt. InvalidRequest: the options contradict each other.
        """
        prompt = self._prompts.get(caller, given.prompt_id)
        options = _options(prompt, given)
        check_options(options, self._resolve_model)
        return PromptPreset(
            prompt_id=prompt.prompt_id,
            prompt=definition_of(prompt),
            options=options,
            captured_at=isoformat(moment),
        )


def _options(prompt: Prompt, given: GivenPreset) -> RunOptions:
    saved = {name: prompt.execution_config.get(name) for name in _NAMES} if prompt.execution_config else {}
    chosen = {name: value for name, value in saved.items() if value is not None}
    chosen |= given.model_dump(include=_NAMES, exclude_none=True)
    for kind in ("video", "audio"):
        if chosen.get(f"{kind}_segmentation_type") == SegmentationType.FIXED:
            chosen.setdefault(f"{kind}_segment_duration", FIXED_SECONDS)
    try:
        return RunOptions.model_validate(chosen)
    except ValidationError as refused:  # a prompt of an earlier release may have any options
        first = refused.errors()[0]
        field = ".".join(str(step) for step in ("prompt_preset", *first["loc"]))
        raise InvalidRequest(field, first["msg"]) from refused


_NAMES = set(RunOptions.model_fields)
