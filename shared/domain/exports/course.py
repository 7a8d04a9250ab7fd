"""The course of an export: how it changes from its creation to the removal of its file.

Every function returns a changed copy, or the export itself if there is nothing to change. None of them reads
a clock or a record.
"""

from datetime import datetime, timedelta

from shared.domain.clock import isoformat
from shared.domain.exports.export import (
    Export,
    ExportProgress,
    ExportStatus,
    QueueStatus,
    RemovalReason,
)


def begun(export: Export, attempt: int, moment: str) -> Export:
    """Return the export at work in its ``attempt``-th try, counted from 1."""
    if export.status.is_terminal:
        return export
    return export.model_copy(
        update={
            "status": ExportStatus.PROCESSING,
            "queue_status": QueueStatus.RUNNING,
            "attempts": max(export.attempts, attempt),
            "started_at": export.started_at or moment,
            "updated_at": moment,
        }
    )


def to_retry(export: Export, error: str, moment: datetime, after: timedelta) -> Export:
    """Return the export after an attempt that failed for a reason that may pass."""
    if export.status.is_terminal:
        return export
    return export.model_copy(
        update={
            "queue_status": QueueStatus.QUEUED,
            "last_error": error,
            "available_at": isoformat(moment + after),
            "updated_at": isoformat(moment),
        }
    )


def with_snapshot(export: Export, revision: int, *, runs: int, media: int, moment: str) -> Export:
    """Return the export whose snapshot is stored, unless that one was discarded meanwhile."""
    if export.status.is_terminal or export.revision != revision or export.snapshot_taken:
        return export
    progress = ExportProgress(total_runs=runs, total_media=media)
    return export.model_copy(update={"snapshot_taken": True, "progress": progress, "updated_at": moment})


def with_progress(export: Export, revision: int, progress: ExportProgress, moment: str) -> Export:
    if export.status.is_terminal or export.revision != revision or export.progress == progress:
        return export
    return export.model_copy(update={"progress": progress, "updated_at": moment})


def with_file(export: Export, revision: int, *, size: int, segments: int, moment: str) -> Export:
    """Return the export whose file is written, and about to be stored."""
    if export.status.is_terminal or export.revision != revision:
        return export
    progress = export.progress.model_copy(update={"written_bytes": size, "segments": segments})
    return export.model_copy(update={"file_size_bytes": size, "progress": progress, "updated_at": moment})


def completed(export: Export, moment: datetime, keep: timedelta, object_uri: str | None) -> Export:
    """Return the completed export. A file to download expires after ``keep``."""
    at = isoformat(moment)
    delivered = 0 if object_uri is None else export.file_size_bytes or 0
    return export.model_copy(
        update={
            "status": ExportStatus.COMPLETED,
            "queue_status": QueueStatus.SUCCEEDED,
            "object_uri": object_uri,
            "progress": export.progress.model_copy(update={"delivered_bytes": delivered}),
            "expires_at": isoformat(moment + keep) if object_uri is None else None,
            "error_code": None,
            "error_message": None,
            "completed_at": at,
            "updated_at": at,
        }
    )


def failed(export: Export, code: str, message: str, queue_status: QueueStatus, moment: str) -> Export:
    """Return the failed export."""
    if export.status.is_terminal:
        return export
    return export.model_copy(
        update={
            "status": ExportStatus.FAILED,
            "queue_status": queue_status,
            "error_code": code,
            "error_message": message,
            "last_error": message,
            "file_size_bytes": None,
            "completed_at": moment,
            "updated_at": moment,
        }
    )


def without_content(export: Export, moment: str) -> Export:
    """Return the export after a medium in it was deleted. At work, it takes a new snapshot; completed, its
    file is gone."""
    if not export.status.is_terminal:
        return export.model_copy(
            update={
                "revision": export.revision + 1,
                "snapshot_taken": False,
                "file_size_bytes": None,
                "progress": ExportProgress(),
                "updated_at": moment,
            }
        )
    return without_file(export, RemovalReason.CONTENT_DELETED, moment)


def without_file(export: Export, reason: RemovalReason, moment: str) -> Export:
    """Return a completed export whose file is gone."""
    if not export.has_file:
        return export
    return export.model_copy(
        update={
            "file_removed_at": moment,
            "removal_reason": reason,
            "updated_at": moment,
        }
    )
