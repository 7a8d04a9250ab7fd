"""The end of imports that fail: what is recorded, and which stored files are deleted."""

import errno
from pathlib import Path

import pytest

from shared.domain.errors import Conflict, Unavailable, VersionConflict
from shared.domain.imports.import_job import (
    FileStatus,
    ImportFailure,
    ImportPhase,
    ImportStage,
    ImportStatus,
    OutputStatus,
)
from shared.domain.job import JobRequest, Workflow
from shared.domain.keys import Key
from shared.services.imports.ingest.cleanup import ImportCleanup, open_ledger
from shared.services.imports.ingest.failures import SourceFailure
from tests.unit.services.imports.import_records import (
    JOB_ID,
    TENANT,
    import_file,
    import_job,
    import_output,
    store,
    stored_files,
    stored_job,
    stored_outputs,
)
from tests.unit.services.storage import Storage

REQUEST = JobRequest(
    job_id=JOB_ID,
    workflow=Workflow.INGEST,
    arguments={"tenant_id": TENANT, "import_job_id": JOB_ID},
    requested_at="2030-01-01T00:00:00Z",
)
FAILURE = SourceFailure("No film.", code="broken", stage=ImportStage.PROBE, retryable=False)


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(tmp_path)


@pytest.fixture
def cleanup(storage: Storage) -> ImportCleanup:
    return ImportCleanup(storage.documents, storage.blobs)


def write(storage: Storage, *keys: str) -> None:
    for key in keys:
        storage.blobs.write(key, b"bytes", "video/mp4")


def disk_full() -> OSError:
    return OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize(
    ("error", "code", "message", "stage", "retryable"),
    [
        (FAILURE, "broken", "No film.", ImportStage.PROBE, False),
        (disk_full(), "storage_full", None, ImportPhase.MAKING_PLAYABLE, True),
        (Conflict("Busy."), "conflict", "Busy.", ImportPhase.MAKING_PLAYABLE, True),
        (Unavailable("Away.", code="store_away"), "store_away", "Away.", ImportPhase.MAKING_PLAYABLE, True),
        (
            VersionConflict(Key("tenant#anna", "x")),
            "internal_error",
            "The import failed for an internal reason.",
            ImportPhase.MAKING_PLAYABLE,
            True,
        ),
        (
            ValueError("secret detail"),
            "internal_error",
            "The import failed for an internal reason.",
            ImportPhase.MAKING_PLAYABLE,
            True,
        ),
    ],
)
def test_error_of_abandoned_job_is_described_for_clients(
    storage: Storage,
    cleanup: ImportCleanup,
    error: Exception,
    code: str,
    message: str | None,
    stage: ImportStage | ImportPhase,
    retryable: bool,
) -> None:
    store(storage.documents, import_job(phase=ImportPhase.MAKING_PLAYABLE), [import_file(0)])
    cleanup.give_up(REQUEST, error)
    [file] = stored_files(storage.documents)
    assert file.failure is not None
    assert (file.failure.code, file.failure.stage, file.failure.retryable) == (code, stage, retryable)
    assert message in (None, file.failure.message)
    job = stored_job(storage.documents)
    assert (job.status, job.error_code) == (ImportStatus.FAILED, code)


def test_abandoned_job_fails_only_open_sources_and_parts(storage: Storage, cleanup: ImportCleanup) -> None:
    earlier = ImportFailure(code="earlier", message="m", stage=ImportStage.FETCH, retryable=False)
    files = [
        import_file(0, FileStatus.COMPLETED),
        import_file(1, FileStatus.FAILED, failure=earlier),
        import_file(2, FileStatus.IMPORTING),
    ]
    outputs = [
        import_output(0, 0, OutputStatus.COMPLETED),
        import_output(2, 0, OutputStatus.COMPLETED),
        import_output(2, 1),
    ]
    store(storage.documents, import_job(), files, outputs)
    parts = [f"media/{TENANT}/vid_2_{part}/film.mp4" for part in (0, 1)]
    write(storage, *parts)
    cleanup.give_up(REQUEST, FAILURE)
    completed, failed, ended = stored_files(storage.documents)
    assert (completed, failed.failure) == (files[0], earlier)
    assert (ended.status, ended.failure) == (FileStatus.FAILED, FAILURE.details())
    assert (ended.part_count, ended.parts_completed, ended.parts_failed) == (2, 1, 1)
    assert [output.status for output in stored_outputs(storage.documents)] == [
        OutputStatus.COMPLETED,
        OutputStatus.COMPLETED,
        OutputStatus.FAILED,
    ]
    assert storage.blob_keys() == {parts[0]}
    assert stored_job(storage.documents).status is ImportStatus.COMPLETED


def test_source_without_planned_parts_has_no_part_counts(storage: Storage, cleanup: ImportCleanup) -> None:
    store(storage.documents, import_job(), [import_file(0)])
    cleanup.give_up(REQUEST, FAILURE)
    [file] = stored_files(storage.documents)
    assert (file.part_count, file.parts_completed, file.parts_failed) == (None, None, None)


def test_deleted_part_counts_as_completed(storage: Storage, cleanup: ImportCleanup) -> None:
    job, file = import_job(), import_file(0)
    store(storage.documents, job, [file], [import_output(0, 0, OutputStatus.DELETED)])
    cleanup.end_failed(open_ledger(storage.documents, REQUEST), job, file, FAILURE)
    [ended] = stored_files(storage.documents)
    assert (ended.part_count, ended.parts_completed, ended.parts_failed) == (1, 1, 0)


def test_failure_of_a_worker_without_its_hold_leaves_what_another_imported(
    storage: Storage, cleanup: ImportCleanup
) -> None:
    store(
        storage.documents,
        import_job(),
        [import_file(0, FileStatus.COMPLETED)],
        [import_output(0, 0, OutputStatus.COMPLETED)],
    )
    write(storage, "media/acme/vid_0_0/playback.mp4")
    cleanup.end_failed(open_ledger(storage.documents, REQUEST), import_job(), import_file(0), FAILURE)
    assert stored_files(storage.documents)[0].status is FileStatus.COMPLETED
    assert len(storage.blob_keys()) == 1


@pytest.mark.parametrize("status", [None, ImportStatus.COMPLETED, ImportStatus.CANCELLED])
def test_missing_or_ended_job_is_not_given_up(
    storage: Storage, cleanup: ImportCleanup, status: ImportStatus | None
) -> None:
    job = None if status is None else import_job(status=status)
    file = import_file(0)
    store(storage.documents, job, [file])
    write(storage, f"imports/{TENANT}/{JOB_ID}/fil_0/source")
    cleanup.give_up(REQUEST, FAILURE)
    assert stored_files(storage.documents) == [file]
    assert len(storage.blob_keys()) == 1


def test_source_files_are_deleted_wherever_they_are(storage: Storage, cleanup: ImportCleanup) -> None:
    """An upload session stores its file in a folder of its own."""
    own, elsewhere = f"imports/{TENANT}/{JOB_ID}/fil_0/source", f"imports/{TENANT}/upl_1/source"
    other = f"imports/{TENANT}/{JOB_ID}2/fil_0/source"
    files = [import_file(0, source_key=own), import_file(1, source_key=elsewhere), import_file(2)]
    store(storage.documents, import_job(), files)
    write(storage, own, f"imports/{TENANT}/{JOB_ID}/fil_0/half", elsewhere, other)
    for _ in range(2):
        cleanup.give_up(REQUEST, FAILURE)
        assert storage.blob_keys() == {other}
