"""Import jobs and their manifests as they are on the wire."""

from typing import Any, Literal, Self

from pydantic import BaseModel, Field

from shared.domain import import_job


class ImportJobProgress(import_job.ImportProgress):
    """Counts of sources (files) and of planned parts; a part becomes one medium."""


class ImportOutput(BaseModel):
    """A planned part. ``status`` is pending, completed or failed; deleted, with no ``video_id``, for
    one whose medium was deleted while others are still imported. Afterwards such a part is not
    listed, nor counted in ``total``."""

    file_id: str
    file_name: str
    source_ordinal: int
    part_index: int
    part_count: int
    source_start_seconds: float
    source_end_seconds: float
    video_id: str
    title: str
    status: str

    @classmethod
    def of(cls, output: import_job.ImportOutput) -> Self:
        return cls(
            file_id=output.file_id,
            file_name=output.file_name,
            source_ordinal=output.source_ordinal,
            part_index=output.part_index,
            part_count=output.part_count,
            source_start_seconds=output.source_start_seconds,
            source_end_seconds=output.source_end_seconds,
            video_id=output.media_id,
            title=output.title,
            status=output.status,
        )


class ImportOutputsPage(BaseModel):
    """``next_cursor`` is null on the last page."""

    items: list[ImportOutput]
    next_cursor: str | None
    total: int


class ImportSourceFile(BaseModel):
    """A source. ``status`` is pending, importing, completed, failed or skipped; ``failure`` has
    code, message, stage and retryable."""

    file_id: str
    file_name: str
    source_ordinal: int
    status: str
    part_count: int | None
    parts_completed: int | None
    parts_failed: int | None
    failure: dict[str, Any] | None
    skip_reason: str | None

    @classmethod
    def of(cls, file: import_job.ImportFile) -> Self:
        return cls(
            file_id=file.file_id,
            file_name=file.file_name,
            source_ordinal=file.ordinal,
            status=file.status,
            part_count=file.part_count,
            parts_completed=file.parts_completed,
            parts_failed=file.parts_failed,
            failure=file.failure.model_dump(mode="json") if file.failure else None,
            skip_reason=file.skip_reason,
        )


class FailedFile(ImportSourceFile):
    """``path`` and ``error`` say the same as ``file_name`` and ``failure.message``."""

    path: str
    error: str

    @classmethod
    def of(cls, file: import_job.ImportFile) -> Self:
        return cls(
            path=file.file_name,
            error=file.failure.message if file.failure else "",
            file_id=file.file_id,
            file_name=file.file_name,
            source_ordinal=file.ordinal,
            status=file.status,
            part_count=file.part_count,
            parts_completed=file.parts_completed,
            parts_failed=file.parts_failed,
            failure=file.failure.model_dump(mode="json") if file.failure else None,
            skip_reason=file.skip_reason,
        )


class SkippedFile(BaseModel):
    path: str
    reason: str


class ImportFilesPage(BaseModel):
    """``next_cursor`` is null on the last page."""

    items: list[ImportSourceFile]
    next_cursor: str | None
    total: int


class ImportExecution(BaseModel):
    """A run that follows the import. None is requested here."""

    status: Literal["not_requested", "pending", "submitted", "blocked"] = "not_requested"
    run_id: str | None = None
    error_code: str | None = None
    error: str | None = None


class ImportJob(BaseModel):
    """``outputs`` and ``failed_files`` are first pages; ``video_ids`` are those of ``outputs`` that
    are ready. ``progress`` counts media that were deleted since."""

    job_id: str
    status: str
    phase: str | None
    source_kind: str
    connector_id: str | None = None
    target_index_id: str | None
    source_prefix: str = ""
    file_pattern: str = "*"
    recursive: bool = True
    created_at: str | None
    started_at: str | None
    completed_at: str | None
    error_message: str | None
    error_code: str | None
    progress: ImportJobProgress
    outputs: ImportOutputsPage
    execution: ImportExecution = Field(default_factory=ImportExecution)
    video_ids: list[str]
    failed_files: list[FailedFile]
    failed_files_next_cursor: str | None
    skipped_files: list[SkippedFile]
