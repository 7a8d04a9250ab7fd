"""Import jobs. Every import creates one; each source file becomes one or more media, its parts."""

from enum import StrEnum

from pydantic import BaseModel, Field

from shared.domain.connectors.connector import ImportMode
from shared.domain.imports.execution import ImportExecution
from shared.domain.imports.selection import ConnectorSelection


class ImportStatus(StrEnum):
    PENDING = "pending"
    SCANNING = "scanning"
    IMPORTING = "importing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_terminal(self) -> bool:
        return self in (ImportStatus.COMPLETED, ImportStatus.FAILED, ImportStatus.CANCELLED)


class ImportPhase(StrEnum):
    """The current activity of a job. The last four values state how it ended.

    The status of a job of which some files or parts failed is ``completed``, because clients know no other;
    its phase is ``COMPLETED_WITH_FAILURES``.
    """

    QUEUED = "queued"
    SCANNING = "scanning"
    FETCHING = "fetching"
    PROBING = "probing"
    MAKING_PLAYABLE = "making_playable"
    COMPLETED = "completed"
    COMPLETED_WITH_FAILURES = "completed_with_failures"
    FAILED = "failed"
    CANCELLED = "cancelled"


class ImportStage(StrEnum):
    """The step at which a source failed."""

    FETCH = "fetch"
    PROBE = "probe"
    MAKE = "make"
    REGISTER = "register"


class FileStatus(StrEnum):
    PENDING = "pending"
    IMPORTING = "importing"
    COMPLETED = "completed"
    FAILED = "failed"
    SKIPPED = "skipped"

    @property
    def is_terminal(self) -> bool:
        return self not in (FileStatus.PENDING, FileStatus.IMPORTING)


class OutputStatus(StrEnum):
    """Status of a part. ``DELETED``: its medium was deleted while other parts were still imported."""

    PENDING = "pending"
    COMPLETED = "completed"
    FAILED = "failed"
    DELETED = "deleted"

    @property
    def is_terminal(self) -> bool:
        return self is not OutputStatus.PENDING

    @property
    def became_medium(self) -> bool:
        """Whether the part became a medium. The medium may have been deleted since."""
        return self in (OutputStatus.COMPLETED, OutputStatus.DELETED)


class SourceKind(StrEnum):
    """How the source files of a job arrived."""

    UPLOAD = "upload"
    URI = "uri"
    ATTACHMENTS = "attachments"
    CONNECTOR = "connector"


class ImportFailure(BaseModel):
    """Why a source or a part failed. ``stage`` is an ``ImportPhase`` if the job as a whole was given up."""

    code: str
    message: str
    stage: ImportStage | ImportPhase
    retryable: bool


class ImportProgress(BaseModel):
    """Counters of the sources and parts of a job."""

    total_files: int = 0
    imported: int = 0
    failed: int = 0
    skipped: int = 0
    bytes_transferred: int = 0
    current_file: str | None = None
    parts_total: int = 0
    parts_completed: int = 0
    parts_failed: int = 0


class ImportFile(BaseModel):
    """One source file.

    ``source_key`` is its blob key, None until the bytes are stored. ``file_id`` of an attachment is the
    sender's. ``batch`` is the number of its batch. ``title`` is that of its media; empty means the title of
    the job. A file that a listing found has the ``path`` and the ``version`` of its object, and the
    ``fingerprint`` under which the version is remembered.
    """

    file_id: str
    job_id: str
    ordinal: int
    file_name: str
    status: FileStatus = FileStatus.PENDING
    source_key: str | None = None
    source_uri: str | None = None
    path: str | None = None
    version: str | None = None
    fingerprint: str | None = None
    batch: int = 0
    title: str = ""
    size_bytes: int = 0
    content_hash: str | None = None
    part_count: int | None = None
    parts_completed: int | None = None
    parts_failed: int | None = None
    failure: ImportFailure | None = None
    skip_reason: str | None = None


class ImportOutput(BaseModel):
    """One planned part.

    ``media_id`` is assigned before the medium exists. It is empty if the medium was deleted. ``attempt`` is
    that of the job in which the part was completed.
    """

    job_id: str
    file_id: str
    file_name: str
    source_ordinal: int
    part_index: int
    part_count: int
    source_start_seconds: float
    source_end_seconds: float
    media_id: str
    title: str
    status: OutputStatus = OutputStatus.PENDING
    attempt: int = 0
    failure: ImportFailure | None = None

    @property
    def position(self) -> tuple[int, int]:
        """The ordinal of the source and the index of the part."""
        return self.source_ordinal, self.part_index


class ImportHead(BaseModel):
    """The first parts and files of a job, in order. The files have no source key and no source URI."""

    outputs: list[ImportOutput] = Field(default_factory=list)
    failed_files: list[ImportFile] = Field(default_factory=list)
    skipped_files: list[ImportFile] = Field(default_factory=list)


class ImportJob(BaseModel):
    """One import of one or more source files.

    ``parts_deleted`` and ``files_deleted`` count parts and files without records, because their media
    were deleted; ``progress`` still includes them. ``connector_id`` names the connector that fetches the
    sources, and ``source`` selects them if the job imports many. ``holds_place``: the job reserves
    ``places`` in the playground from its start to its end. ``progress_event_at`` is the time of its last
    progress event, ``counted_at`` that of its counters. ``automation_id`` names the automation that started
    the job, and ``execution`` is the prompt run that follows it.

    ``is_listed``: all files of the job have records. Until then, ``listed_until`` is the last key of the
    store that has been listed, after ``listed_files``, and ``listing_failure`` says why the listing was
    given up. Of ``batch_count`` batches, ``batches_ended`` have ended. ``attempt`` counts retries of the
    job; during a retry, ``reopen_from`` is the next batch to reopen, and ``files_before`` are the files that
    had ended before it.
    """

    job_id: str
    tenant_id: str
    user_id: str
    status: ImportStatus = ImportStatus.PENDING
    phase: ImportPhase = ImportPhase.QUEUED
    source_kind: SourceKind = SourceKind.UPLOAD
    connector_id: str | None = None
    index_id: str | None = None
    index_created: bool = False
    holds_place: bool = False
    places: int = 1
    source: ConnectorSelection | None = None
    automation_id: str | None = None
    execution: ImportExecution = Field(default_factory=ImportExecution)
    is_listed: bool = True
    listed_until: str = ""
    listed_files: int = 0
    listing_failure: ImportFailure | None = None
    reopen_from: int | None = None
    batch_count: int = 1
    batches_ended: int = 0
    attempt: int = 0
    files_before: int = 0
    cancel_requested_at: str | None = None
    title: str = ""
    created_at: str
    started_at: str | None = None
    completed_at: str | None = None
    error_message: str | None = None
    error_code: str | None = None
    progress: ImportProgress = Field(default_factory=ImportProgress)
    progress_event_at: str | None = None
    counted_at: str = ""
    head: ImportHead = Field(default_factory=ImportHead)
    parts_deleted: int = 0
    files_deleted: int = 0

    @property
    def imports_new_only(self) -> bool:
        """Whether objects that were imported in their present version are left out."""
        return self.source is not None and self.source.import_mode is ImportMode.NEW_ONLY

    @property
    def listing_has_ended(self) -> bool:
        """Whether no more files are added: all are listed, or the listing was given up or cancelled."""
        has_stopped = self.listing_failure is not None or self.cancel_requested_at is not None
        return self.is_listed or has_stopped or self.status.is_terminal

    @property
    def is_planned(self) -> bool:
        """Whether no batch will be added or reopened. The job ends when its batches have ended too."""
        if self.cancel_requested_at is not None:
            return True
        return self.reopen_from is None and (self.is_listed or self.listing_failure is not None)
