"""Indexes, media and segments."""

from enum import StrEnum

from pydantic import BaseModel, Field


class MediaType(StrEnum):
    VIDEO = "video"
    AUDIO = "audio"
    IMAGE = "image"


class ProcessingStatus(StrEnum):
    NOT_PROCESSED = "not_processed"
    PROCESSING = "processing"
    PROCESSED = "processed"
    FAILED = "failed"


class Index(BaseModel):
    index_id: str
    tenant_id: str
    user_id: str
    name: str
    created_at: str
    description: str | None = None
    deleting: bool = False


class DeletingIndexes(BaseModel):
    """The indexes of a tenant that are being deleted. An id is entered in the transaction that starts
    the deletion and taken out with the index's own record, when no medium of it is left."""

    index_ids: list[str] = Field(default_factory=list)


class PlaygroundSize(BaseModel):
    """``media`` counts those that belong to no index, ``reserved`` imports that may bring one."""

    media: int = 0
    reserved: int = 0


class Media(BaseModel):
    """A playable video (part), audio file or picture. Keys are blob keys.

    ``content_hash`` is the SHA-256 of the playable bytes: what was learnt from them is kept under
    it. ``source_start`` and ``source_end`` locate a part in the file that was uploaded.
    """

    media_id: str
    tenant_id: str
    user_id: str
    index_id: str | None
    title: str
    file_name: str
    media_type: MediaType
    status: ProcessingStatus = ProcessingStatus.NOT_PROCESSED
    content_hash: str
    playback_key: str
    playback_type: str
    poster_key: str | None = None
    preview_key: str | None = None
    duration_seconds: float | None = None
    width: int | None = None
    height: int | None = None
    frame_rate: float | None = None
    has_audio: bool = False
    size_bytes: int = 0
    import_job_id: str | None = None
    part_index: int = 0
    part_count: int = 1
    source_start: float = 0.0
    source_end: float = 0.0
    metadata_keys: list[str] = Field(default_factory=list)
    created_at: str
    updated_at: str
    deleting: bool = False


class Segment(BaseModel):
    """(medium, recipe, ordinal); see ``shared.domain.ids``. Keys are blob keys."""

    segment_id: str
    media_id: str
    recipe: str
    ordinal: int
    start: float
    end: float
    thumbnail_key: str | None = None
    preview_key: str | None = None
    created_at: str


class DeletionStatus(StrEnum):
    DRAINING = "draining"
    DELETING = "deleting"
    DELETED = "deleted"


class DeletionKind(StrEnum):
    INDEX = "index"
    MEDIA = "media"


class Deletion(BaseModel):
    """Outlives what it deletes. Of an index, media are hidden one after another: those up to
    ``hidden_up_to`` are, and all of them since ``hidden_at``."""

    deletion_id: str
    tenant_id: str
    kind: DeletionKind
    target_id: str
    status: DeletionStatus = DeletionStatus.DRAINING
    created_at: str
    completed_at: str | None = None
    hidden_up_to: str | None = None
    hidden_at: str | None = None
