"""Rules of the options of runs."""

from collections.abc import Callable
from typing import Final

from shared.domain.errors import InvalidRequest
from shared.domain.runs.prompt_run import RunOptions, SegmentationType

_MAX_SEGMENT_SECONDS: Final = 300

ResolveModel = Callable[[str | None], str]
"""Resolves a requested model (None: the default) to its catalogue name. Raises: InvalidRequest."""


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
