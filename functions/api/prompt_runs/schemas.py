"""Wire models of prompt runs."""

from typing import Annotated, Any, Final, Literal, Self, assert_never

from pydantic import BaseModel, Field, StringConstraints

from functions.api.wire import MarkerInfo
from shared.domain.media import MediaType
from shared.domain.runs.prompt_run import PromptRun, RunOptions, RunStatus, SegmentationType
from shared.domain.runs.targets import IndexTarget, MediaTarget, PlaygroundTarget, RunTarget
from shared.services.runs.estimate import Estimate

Identifier = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Seconds = Annotated[int, Field(ge=1, le=300)]

_MEDIA_COUNTERS: Final = ("total", "completed", "failed", "partial", "cancelled")


class Target(BaseModel):
    """The media of a run.

    ``index``: all media of ``index_id``. ``videos``: the media in ``video_ids``; if ``index_id`` is given,
    they must belong to that index. ``playground``: all media without an index.
    """

    type: Literal["index", "videos", "playground"]
    index_id: Identifier | None = None
    video_ids: Annotated[list[Identifier], Field(max_length=5000)] | None = None

    def to_domain(self) -> RunTarget:
        """Convert to a domain target.

        Raises:
            InvalidRequest: an id that the type requires is missing or blank.
        """
        match self.type:
            case "index":
                return IndexTarget.of(self.index_id)
            case "videos":
                return MediaTarget.of(self.video_ids, self.index_id)
            case "playground":
                return PlaygroundTarget()
            case _:
                assert_never(self.type)


class ExecuteRequest(BaseModel):
    """The prompt, target and options of a run.

    A segmentation type of ``fixed`` requires the matching duration, in seconds.
    """

    prompt_id: Identifier
    target: Target
    video_segmentation_type: Literal["smart", "content_aware", "fixed"] = "smart"
    audio_segmentation_type: Literal["content_aware", "fixed"] = "content_aware"
    video_segment_duration: Seconds | None = None
    audio_segment_duration: Seconds | None = None
    processing_model: Annotated[str, StringConstraints(max_length=200)] | None = None
    enable_transcription: bool = True
    enable_image_embedding: bool = True

    def options(self) -> RunOptions:
        return RunOptions(
            video_segmentation_type=SegmentationType(self.video_segmentation_type),
            audio_segmentation_type=SegmentationType(self.audio_segmentation_type),
            video_segment_duration=self.video_segment_duration,
            audio_segment_duration=self.audio_segment_duration,
            processing_model=self.processing_model,
            enable_transcription=self.enable_transcription,
            enable_image_embedding=self.enable_image_embedding,
        )


class CostEstimate(BaseModel):
    """The estimated cost of a run in MT; one MT is one minute of extracted media.

    ``breakdown`` contains ``base_estimate_mt`` and ``prompt_run_estimate``. The balance of a self-hosted
    server is always sufficient.
    """

    estimated_mt: float
    breakdown: dict[str, Any]
    sufficient_balance: bool
    current_balance_mt: float

    @classmethod
    def from_domain(cls, estimate: Estimate) -> Self:
        return cls(
            estimated_mt=estimate.estimated_mt,
            breakdown=_breakdown(estimate),
            sufficient_balance=estimate.sufficient_balance,
            current_balance_mt=estimate.current_balance_mt,
        )


def _breakdown(estimate: Estimate) -> dict[str, Any]:
    return {
        "base_estimate_mt": estimate.estimated_mt,
        "prompt_run_estimate": {
            "eligible_item_count": estimate.item_count,
            "total_seconds": estimate.total_seconds,
            **{f"{kind}_count": count for kind, count in estimate.counts.items()},
        },
    }


class StopState(BaseModel):
    """The stop request of a run. All fields are null if none was made."""

    requested_at: str | None
    requested_by: str | None
    mode: str | None
    observed_at: str | None
    completed_at: str | None


class PromptRunWire(BaseModel):
    """A prompt run.

    The counters include everything that is recorded so far. ``partial`` media are not ``completed`` media.
    The ``..._succeeded`` fields are null until the run has ended, and if the operation is disabled.
    """

    run_id: str
    prompt_id: str
    prompt_name: str
    prompt_type: str
    executed_at: str
    executed_by: str
    started_at: str | None
    completed_at: str | None
    status: RunStatus
    run_context: dict[str, Any]
    total_videos: int
    completed_videos: int
    failed_videos: int
    partial_videos: int
    cancelled_videos: int
    total_audios: int
    completed_audios: int
    failed_audios: int
    partial_audios: int
    cancelled_audios: int
    total_images: int
    completed_images: int
    failed_images: int
    partial_images: int
    cancelled_images: int
    total_segments: int
    completed_segments: int
    field_extraction_failures: int
    transcription_failures: int
    image_embedding_failures: int
    field_extraction_succeeded: bool | None
    transcription_succeeded: bool | None
    image_embedding_succeeded: bool | None
    error_message: str | None
    video_segmentation_type: str
    audio_segmentation_type: str
    image_segmentation_type: Literal["image"] = "image"
    video_segment_duration: int | None
    audio_segment_duration: int | None
    created_new_segments: bool
    processing_model: str | None
    total_video_seconds: float
    enable_transcription: bool
    enable_image_embedding: bool
    video_level_enabled: bool
    video_level_total_items: int
    video_level_completed_items: int
    video_level_failed_items: int
    video_level_partial_items: int
    stop_state: StopState
    billing_estimated_mt: float
    billing_actual_mt: float
    billing_status: str | None
    billing_error: str | None = None
    marker: MarkerInfo = Field(default_factory=MarkerInfo)

    @classmethod
    def from_domain(cls, run: PromptRun) -> Self:
        options, levels = run.options, run.video_level_counts
        return cls.model_validate(
            {
                **run.model_dump(include=_SAME_NAMES),
                **options.model_dump(mode="json"),
                **_media_counters(run),
                **_successes(run),
                "prompt_name": run.prompt.name,
                "executed_by": run.user_id,
                "run_context": run_context(run),
                "total_video_seconds": run.total_seconds,
                "video_level_enabled": run.prompt.video_level is not None,
                "video_level_total_items": levels.get("total", 0),
                "video_level_completed_items": levels.get("completed", 0),
                "video_level_failed_items": levels.get("failed", 0),
                "video_level_partial_items": levels.get("partial", 0),
                "stop_state": run.stop.model_dump(),
                "marker": MarkerInfo.of(run.marker),
            }
        )

    @classmethod
    def listed(cls, run: PromptRun) -> Self:
        """Return the run for a list. The list is shortened if the target names many media."""
        context = run_context(run)
        video_ids = context.get("video_ids", ())
        if len(video_ids) > _MAX_LISTED_VIDEO_IDS:
            context |= {"video_ids": video_ids[:_MAX_LISTED_VIDEO_IDS], "video_count": len(video_ids)}
        return cls.from_domain(run).model_copy(update={"run_context": context})


_MAX_LISTED_VIDEO_IDS: Final = 100
"""Maximum number of ids of the target in a list of runs. ``video_count`` is their full number."""

_SAME_NAMES: Final = {
    "run_id",
    "prompt_id",
    "prompt_type",
    "executed_at",
    "started_at",
    "completed_at",
    "status",
    "total_segments",
    "completed_segments",
    "field_extraction_failures",
    "transcription_failures",
    "image_embedding_failures",
    "error_message",
    "created_new_segments",
    "billing_estimated_mt",
    "billing_actual_mt",
    "billing_status",
}


def run_context(run: PromptRun) -> dict[str, Any]:
    """Return the target as the server resolved it, and the imports that the run waits for. Media without an
    index belong to the playground."""
    context = run.target.model_dump(mode="json")
    if run.is_waiting:
        context |= {"waits_for_import_jobs": run.awaited_imports}
    if run.index_id is not None:
        return context | {"index_id": run.index_id}
    return context | {"is_playground": True}


def _media_counters(run: PromptRun) -> dict[str, int]:
    return {
        f"{counter}_{kind}s": run.media_counts.get(kind, {}).get(counter, 0)
        for kind in MediaType
        for counter in _MEDIA_COUNTERS
    }


def _successes(run: PromptRun) -> dict[str, bool | None]:
    ended = run.status.is_terminal and run.total_segments > 0
    return {
        "field_extraction_succeeded": run.field_extraction_failures == 0 if ended else None,
        "transcription_succeeded": run.transcription_failures == 0
        if ended and run.options.enable_transcription
        else None,
        "image_embedding_succeeded": run.image_embedding_failures == 0
        if ended and run.options.enable_image_embedding
        else None,
    }


class ProcessingStarted(BaseModel):
    """Processing that has started. ``run_id`` is the id of its prompt run."""

    message: str
    run_id: str
