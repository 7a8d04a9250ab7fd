"""Indexes, media, segments and deletions."""

from enum import StrEnum

from pydantic import BaseModel, Field

from shared.domain.markers.marker import MarkerInfo


class MediaType(StrEnum):
    VIDEO = "video"
    AUDIO = "audio"
    IMAGE = "image"


class ProcessingStatus(StrEnum):
    NOT_PROCESSED = "not_processed"
    PROCESSING = "processing"
    PROCESSED = "processed"
    FAILED = "failed"


class StreamKind(StrEnum):
    VIDEO = "video"
    AUDIO = "audio"
    COVER = "cover"
    SUBTITLES = "subtitles"
    DATA = "data"


class SourceStream(BaseModel):
    """A stream of the imported file.

    ``index`` is its position in the file, ``codec`` FFmpeg's name, ``language`` and ``title`` what the file
    says. ``is_default``: the file marks it as the stream to play. ``is_used``: it is seen or heard in the
    medium and analysed. ``is_kept``: it is also a track of the playable file.
    """

    index: int
    kind: StreamKind
    codec: str
    language: str | None = None
    title: str | None = None
    is_default: bool = False
    is_used: bool = False
    is_kept: bool = False


class MediaWarning(BaseModel):
    """Something in the imported file that its medium does not show. ``code`` is stable; ``message`` is a
    sentence for the owner of the file."""

    code: str
    message: str


class Index(BaseModel):
    index_id: str
    tenant_id: str
    user_id: str
    name: str
    created_at: str
    description: str | None = None
    deleting: bool = False


class DeletingIndexes(BaseModel):
    """The indexes of a tenant that are being deleted.

    The transaction that starts a deletion adds the id. The transaction that deletes the index record,
    when no medium of the index is left, removes it.
    """

    index_ids: list[str] = Field(default_factory=list)


class PlaygroundSize(BaseModel):
    """The size of a playground: ``media`` without an index, and places ``reserved`` by running imports."""

    media: int = 0
    reserved: int = 0


class Media(BaseModel):
    """A playable video or part of a video, an audio file or a picture.

    ``..._key`` fields are blob keys. ``content_hash`` is the SHA-256 of the playable bytes; the analysis
    of the bytes is stored under it. ``source_start`` and ``source_end`` locate a part in the source file,
    in seconds. ``marker_count`` is the number of markers on the medium, its segments, its results and their
    fields; readers look for markers only if there are any.
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
    source_ordinal: int = 0
    part_index: int = 0
    part_count: int = 1
    source_start: float = 0.0
    source_end: float = 0.0
    metadata_keys: list[str] = Field(default_factory=list)
    source_streams: list[SourceStream] = Field(default_factory=list)
    warnings: list[MediaWarning] = Field(default_factory=list)
    created_at: str
    updated_at: str
    deleting: bool = False
    marker: MarkerInfo | None = None
    marker_count: int = 0


class Segment(BaseModel):
    """A segment of a medium, identified by medium, recipe and ordinal (see ``shared.domain.ids``).

    ``start`` and ``end`` are seconds from the start of the medium. ``..._key`` fields are blob keys.
    """

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
    """The deletion of an index or a medium. The record outlives its target. ``index_id`` is the index, or the
    index of the medium. ``user_id`` requested the deletion.

    The media of an index are hidden one by one: those up to ``hidden_up_to`` are hidden, and all of them
    are hidden since ``hidden_at``.
    """

    deletion_id: str
    tenant_id: str
    kind: DeletionKind
    target_id: str
    index_id: str | None = None
    user_id: str | None = None
    status: DeletionStatus = DeletionStatus.DRAINING
    created_at: str
    completed_at: str | None = None
    hidden_up_to: str | None = None
    hidden_at: str | None = None
