"""Rules of the options of runs."""

from collections.abc import Callable
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from shared.domain.errors import InvalidRequest
from shared.domain.prompts.prompt import Prompt
from shared.domain.runs.prompt_run import RunOptions, SegmentationType

_MAX_SEGMENT_SECONDS: Final = 300

ResolveModel = Callable[[str | None], str]
"""Resolves a requested model (None: the default) to its catalogue name. Raises: InvalidRequest."""


class GivenOptions(BaseModel):
    """Run options that a request sets, under the names of ``RunOptions``. None means the option saved with
    the prompt, else the server's default."""

    model_config = ConfigDict(frozen=True)

    video_segmentation_type: SegmentationType | None = None
    audio_segmentation_type: SegmentationType | None = None
    video_segment_duration: int | None = None
    audio_segment_duration: int | None = None
    processing_model: str | None = None
    enable_transcription: bool | None = None
    enable_image_embedding: bool | None = None


def saved_options(prompt: Prompt) -> dict[str, Any]:
    """Return the run options that are saved with a prompt."""
    config = prompt.execution_config or {}
    return {k: v for k, v in config.items() if k in RunOptions.model_fields and v is not None}


def check_options(options: RunOptions, resolve_model: ResolveModel) -> None:
    """Check the options of a run. Raises: InvalidRequest: they contradict each other."""
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
    resolve_model(options.processing_model)
