"""Stages and statuses that the records of a run hold. ``RunStatus`` is with the run."""

from enum import StrEnum


class MediumStage(StrEnum):
    """How far a medium has come in a run, or where it failed."""

    PENDING = "pending"
    ANALYSIS = "analysis"
    SEGMENTATION = "segmentation"
    EXTRACTION = "extraction"
    VIDEO_LEVEL = "video_level"
    FINISHED = "finished"


class SegmentStage(StrEnum):
    """Where a segment failed."""

    FIELD_EXTRACTION = "field_extraction"
    INDEXING = "indexing"


class SegmentStatus(StrEnum):
    PENDING = "pending"
    COMPLETED = "completed"
    FAILED = "failed"


class VideoLevelStatus(StrEnum):
    """Status of a media-wide result. ``PARTIAL``: made without the segments that failed."""

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
    """``RELEASED``: nothing was worked off, so the estimate is given back."""

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
    """``GRACEFUL``: nothing further is begun; what is done stays."""

    GRACEFUL = "graceful"


class PromptType(StrEnum):
    """``DEFAULT`` is the prompt that the server brings."""

    DEFAULT = "default"
    CUSTOM = "custom"


class CallPurpose(StrEnum):
    """What a model is called for. ``REPAIR``: to correct an answer that broke the schema."""

    METADATA_EXTRACTION = "metadata_extraction"
    VIDEO_LEVEL_EXTRACTION = "video_level_extraction"
    PROMPT_DEFINITION = "prompt_definition"
    REPAIR = "repair"


class CallStatus(StrEnum):
    SUCCESS = "success"
    FAILED = "failed"
