"""Prompt presets: a prompt and run options, frozen when an automation is saved."""

from datetime import datetime

from pydantic import ValidationError

from shared.domain.access import Caller
from shared.domain.automations.preset import PromptPreset
from shared.domain.clock import isoformat
from shared.domain.errors import InvalidRequest
from shared.domain.prompts.prompt import Prompt, definition_of
from shared.domain.runs.prompt_run import DEFAULT_FIXED_SECONDS, RunOptions, SegmentationType
from shared.services.prompts.prompts import Prompts
from shared.services.runs.run_options import GivenOptions, ResolveModel, check_options, saved_options


class GivenPreset(GivenOptions):
    """A preset as a client sends it."""

    prompt_id: str


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
    chosen = saved_options(prompt) | given.model_dump(exclude={"prompt_id"}, exclude_none=True)
    for kind in ("video", "audio"):
        if chosen.get(f"{kind}_segmentation_type") == SegmentationType.FIXED:
            chosen.setdefault(f"{kind}_segment_duration", DEFAULT_FIXED_SECONDS)
    try:
        return RunOptions.model_validate(chosen)
    except ValidationError as refused:  # a prompt of an earlier release may have any options
        first = refused.errors()[0]
        field = ".".join(str(step) for step in ("prompt_preset", *first["loc"]))
        raise InvalidRequest(field, first["msg"]) from refused
