"""The course of an export."""

from datetime import UTC, datetime, timedelta
from typing import Final

from shared.domain.exports import course
from shared.domain.exports.content_scope import ExportType
from shared.domain.exports.export import (
    DestinationType,
    Export,
    ExportStatus,
    QueueStatus,
    RemovalReason,
)

NOW: Final = datetime(2026, 1, 2, tzinfo=UTC)
AT: Final = "2026-01-02T00:00:00.000Z"
NEW: Final = Export(
    export_id="exp_1",
    tenant_id="anna",
    user_id="usr_anna",
    export_type=ExportType.PROMPT_RUN,
    target_id="run_1",
    index_id="idx_1",
    created_at=AT,
    available_at=AT,
    updated_at=AT,
)
DONE: Final = course.completed(NEW, NOW, timedelta(days=30), None)


def test_completed_download_expires_and_a_delivery_does_not() -> None:
    assert (DONE.has_file, DONE.expires_at) == (True, "2026-02-01T00:00:00.000Z")
    to_store = NEW.model_copy(update={"destination_connector_id": "con_1"})
    delivered = course.completed(to_store, NOW, timedelta(days=30), "s3://films/a")
    assert (delivered.destination_type, delivered.has_file) == (DestinationType.CONNECTOR, False)
    assert (delivered.expires_at, delivered.object_uri) == (None, "s3://films/a")


def test_ended_export_does_not_change_any_more() -> None:
    failed = course.failed(NEW, "code", "It failed.", QueueStatus.FAILED, AT)
    for ended in (DONE, failed):
        assert course.begun(ended, 2, AT) == ended
        assert course.to_retry(ended, "error", NOW, timedelta(seconds=30)) == ended
        assert course.with_snapshot(ended, 0, runs=1, media=1, moment=AT) == ended
        assert course.with_file(ended, 0, size=1, segments=1, moment=AT) == ended
        assert course.failed(ended, "other", "other", QueueStatus.DEAD_LETTER, AT) == ended
    assert failed.status is ExportStatus.FAILED


def test_attempts_are_those_of_the_job_and_never_sums() -> None:
    assert course.begun(course.begun(NEW, 2, AT), 2, AT).attempts == 2
    assert course.begun(course.begun(NEW, 3, AT), 1, AT).attempts == 3


def test_steps_of_a_discarded_snapshot_have_no_effect() -> None:
    taken = course.with_snapshot(NEW, 0, runs=1, media=2, moment=AT)
    written = course.with_file(taken, 0, size=10, segments=3, moment=AT)
    discarded = course.without_content(written, AT)
    assert (discarded.revision, discarded.snapshot_taken, discarded.file_size_bytes) == (1, False, None)
    assert course.with_file(discarded, 0, size=10, segments=3, moment=AT) == discarded
    assert course.with_progress(discarded, 0, written.progress, AT) == discarded


def test_removal_says_why_once() -> None:
    removed = course.without_content(DONE, AT)
    assert (removed.has_file, removed.removal_reason) == (False, RemovalReason.CONTENT_DELETED)
    assert course.without_file(removed, RemovalReason.EXPIRED, AT) == removed


def test_object_key_follows_from_the_export() -> None:
    paths = {"destination_base_path": "out", "destination_subpath": "june"}
    assert NEW.model_copy(update=paths).object_key == "out/june/videovector-prompt-run-exp_1.json"
    assert NEW.object_key == NEW.file_name
