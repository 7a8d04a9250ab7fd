"""Stages and statuses in the records of a run. ``RunStatus`` is in ``prompt_run``."""

from enum import StrEnum


class MediumStage(StrEnum):
    """The processing stage that a medium has reached in a run, or at which it failed."""

    PENDING = "pending"
    ANALYSIS = "analysis"
    SEGMENTATION = "segmentation"
    EXTRACTION = "extraction"
    VIDEO_LEVEL = "video_level"
    FINISHED = "finished"


class SegmentStage(StrEnum):
    """The processing stage at which a segment failed."""

    FIELD_EXTRACTION = "field_extraction"
    INDEXING = "indexing"


class SegmentStatus(StrEnum):
    PENDING = "pending"
    COMPLETED = "completed"
    FAILED = "failed"


class VideoLevelStatus(StrEnum):
    """Status of a media-wide result. ``PARTIAL``: the result leaves out the segments that failed."""

    PENDING = "pending"
    COMPLETED = "completed"
    PARTIAL = "partial"
    FAILED = "failed"
    CANCELLED = "cancelled"


class EmbeddingStatus(StrEnum):
    """Whether a media-wide result is in the search index."""

    COMPLETED = "completed"
    FAILED = "failed"
    SKIPPED = "skipped"


class BillingStatus(StrEnum):
    """Status of a cost. ``RELEASED``: no work was completed, so the reserved estimate is released."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    RELEASED = "released"


class RetryStatus(StrEnum):
    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"

    @property
    def is_terminal(self) -> bool:
        return self in (RetryStatus.COMPLETED, RetryStatus.FAILED)


class StopMode(StrEnum):
    """Mode of a stop request. ``GRACEFUL``: the run starts no further work and keeps its results."""

    GRACEFUL = "graceful"


class PromptType(StrEnum):
    """Type of a prompt. ``DEFAULT`` is the built-in prompt of the server."""

    DEFAULT = "default"
    CUSTOM = "custom"


class CallPurpose(StrEnum):
    """Purpose of a model call. ``REPAIR`` corrects a response that does not fit the schema."""

    METADATA_EXTRACTION = "metadata_extraction"
    VIDEO_LEVEL_EXTRACTION = "video_level_extraction"
    PROMPT_DEFINITION = "prompt_definition"
    REPAIR = "repair"


class CallStatus(StrEnum):
    SUCCESS = "success"
    FAILED = "failed"
