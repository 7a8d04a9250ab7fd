"""Exports: files with the results of runs, to download or delivered through a connector."""

from enum import StrEnum
from typing import Final

from pydantic import BaseModel, Field

from shared.domain.due import Due, DueKind
from shared.domain.exports.content_scope import ExportType, ResultScope
from shared.domain.exports.export_format import ExportFormat

MAX_ATTEMPTS: Final = 3
"""How often the work of an export is tried. The runners of jobs have the same number."""


class ExportStatus(StrEnum):
    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"

    @property
    def is_terminal(self) -> bool:
        return self in (ExportStatus.COMPLETED, ExportStatus.FAILED)


class QueueStatus(StrEnum):
    """State of an export's job. ``failed``: it cannot succeed. ``dead_letter``: no attempt is left."""

    QUEUED = "queued"
    LEASED = "leased"
    RUNNING = "running"
    FAILED = "failed"
    SUCCEEDED = "succeeded"
    DEAD_LETTER = "dead_letter"


class DestinationType(StrEnum):
    DOWNLOAD = "download"
    CONNECTOR = "connector"


class RemovalReason(StrEnum):
    """Why the file of a completed export is gone."""

    EXPIRED = "expired"
    CONTENT_DELETED = "content_deleted"


class ExportProgress(BaseModel):
    """How far the work has come. ``written_bytes`` and ``delivered_bytes`` grow during an attempt."""

    total_runs: int = 0
    total_media: int = 0
    written_bytes: int = 0
    delivered_bytes: int = 0
    segments: int | None = None


class ExportOptions(BaseModel):
    """What a client chooses. ``prompt_run_ids`` empty: every run of the index that has ended."""

    prompt_run_ids: list[str] = Field(default_factory=list)
    destination_connector_id: str | None = None
    destination_subpath: str | None = None
    result_scope: ResultScope = ResultScope.ALL
    format: ExportFormat = ExportFormat.JSON
    include_embeddings: bool = False


class Export(ExportOptions):
    """One export.

    ``index_id`` is the index whose deletion deletes the export: the target, or the index of the run.
    ``destination_base_path`` is that of the connector when the export was created. ``object_uri`` names the
    delivered object. ``revision`` counts how often the snapshot was discarded because a medium in it was
    deleted; ``snapshot_taken`` belongs to the present revision. ``file_size_bytes`` is set before the file is
    stored. ``automation_id`` names the automation that created the export.
    """

    export_id: str
    tenant_id: str
    user_id: str
    export_type: ExportType
    target_id: str
    index_id: str | None
    destination_base_path: str | None = None
    status: ExportStatus = ExportStatus.PENDING
    queue_status: QueueStatus = QueueStatus.QUEUED
    attempts: int = 0
    max_attempts: int = MAX_ATTEMPTS
    revision: int = 0
    snapshot_taken: bool = False
    progress: ExportProgress = Field(default_factory=ExportProgress)
    file_size_bytes: int | None = None
    object_uri: str | None = None
    error_code: str | None = None
    error_message: str | None = None
    last_error: str | None = None
    created_at: str
    available_at: str
    started_at: str | None = None
    completed_at: str | None = None
    updated_at: str
    expires_at: str | None = None
    file_removed_at: str | None = None
    removal_reason: RemovalReason | None = None
    automation_id: str | None = None

    @property
    def destination_type(self) -> DestinationType:
        by_connector = self.destination_connector_id is not None
        return DestinationType.CONNECTOR if by_connector else DestinationType.DOWNLOAD

    @property
    def file_name(self) -> str:
        """The name of the file, which is also the end of a delivered object's key."""
        return f"videovector-{self.export_type.value.replace('_', '-')}-{self.export_id}.{self.format}"

    @property
    def object_key(self) -> str:
        """The key of the delivered object."""
        folders = (self.destination_base_path, self.destination_subpath)
        return "/".join([*(folder for folder in folders if folder), self.file_name])

    @property
    def expiry(self) -> Due | None:
        """The due record of the removal of the file; None if it does not expire."""
        if self.expires_at is None:
            return None
        return Due(
            kind=DueKind.EXPORT_EXPIRY,
            tenant_id=self.tenant_id,
            subject=self.export_id,
            due_at=self.expires_at,
        )

    @property
    def has_file(self) -> bool:
        """Whether the file can be downloaded."""
        return (
            self.status is ExportStatus.COMPLETED
            and self.destination_type is DestinationType.DOWNLOAD
            and self.file_removed_at is None
        )
