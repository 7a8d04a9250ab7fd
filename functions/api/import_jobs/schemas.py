"""Wire models of import jobs and their manifests."""

from typing import Any, Self

from pydantic import BaseModel

from shared.domain.connectors.connector import ImportMode
from shared.domain.imports import execution, import_job


class ImportJobProgress(import_job.ImportProgress):
    """Counts of source files and of planned parts. Each part becomes one medium."""


class ImportOutput(BaseModel):
    """A planned part of a source file. ``failure``, of a part that failed, is like that of a source file.

    ``status`` is pending, completed, failed or deleted. A part is ``deleted``, with an empty ``video_id``,
    if its medium was deleted while other parts are still imported. After the import, such a part is
    neither listed nor counted in ``total``.
    """

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
    failure: dict[str, Any] | None = None

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
            failure=output.failure.model_dump(mode="json") if output.failure else None,
        )


class ImportOutputsPage(BaseModel):
    """A page of planned parts. ``next_cursor`` is null on the last page; ``total`` counts all pages."""

    items: list[ImportOutput]
    next_cursor: str | None
    total: int


class ImportSourceFile(BaseModel):
    """A source file.

    ``status`` is pending, importing, completed, failed or skipped. ``failure`` has the members code,
    message, stage and retryable. ``path`` is the key of an object of a store, otherwise the file name.
    """

    file_id: str
    file_name: str
    path: str
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
            path=file.path or file.file_name,
            source_ordinal=file.ordinal,
            status=file.status,
            part_count=file.part_count,
            parts_completed=file.parts_completed,
            parts_failed=file.parts_failed,
            failure=file.failure.model_dump(mode="json") if file.failure else None,
            skip_reason=file.skip_reason,
        )


class FailedFile(ImportSourceFile):
    """A source file that failed. ``error`` repeats ``failure.message``."""

    error: str

    @classmethod
    def of(cls, file: import_job.ImportFile) -> Self:
        return cls(
            path=file.path or file.file_name,
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
    """A source file that was skipped, and why."""

    path: str
    reason: str


class ImportFilesPage(BaseModel):
    """A page of source files. ``next_cursor`` is null on the last page; ``total`` counts all pages."""

    items: list[ImportSourceFile]
    next_cursor: str | None
    total: int


class ImportExecution(execution.ImportExecution):
    """A prompt run that follows an import.

    ``status`` is ``not_requested`` if none was asked for, ``pending`` until the import has ended,
    ``submitted`` with the ``run_id``, or ``blocked`` with the reason why no run could be started.
    """


class ImportJob(BaseModel):
    """An import of one or more source files.

    ``outputs`` and ``failed_files`` are first pages. ``video_ids`` are the media of completed parts in
    ``outputs``. ``progress`` still counts media that have been deleted since.

    A job of which some files or parts failed has the status ``completed``, the phase and the error code
    ``completed_with_failures``, and an ``error_message`` that counts them and gives the most frequent reason.
    A job of which everything failed has the status ``failed``.

    ``is_listed`` is true once no more files are added: the store is listed, or its listing was given up or
    cancelled. Until then, ``progress.total_files`` grows. ``files_per_second`` and ``seconds_left`` are null
    while they are unknown; the time left is known once all files are listed. ``import_mode`` is that of an
    import of many files of a connector. ``automation_id`` names the automation that started the job.
    """

    job_id: str
    status: str
    phase: str | None
    source_kind: str
    connector_id: str | None = None
    target_index_id: str | None
    source_prefix: str = ""
    file_pattern: str = "*"
    recursive: bool = True
    import_mode: ImportMode | None = None
    created_at: str | None
    started_at: str | None
    completed_at: str | None
    error_message: str | None
    error_code: str | None
    progress: ImportJobProgress
    outputs: ImportOutputsPage
    execution: ImportExecution
    video_ids: list[str]
    failed_files: list[FailedFile]
    failed_files_next_cursor: str | None
    skipped_files: list[SkippedFile]
    is_listed: bool
    files_per_second: float | None
    seconds_left: float | None
    automation_id: str | None
