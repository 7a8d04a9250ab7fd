"""The records of one import job: a step that runs twice counts once."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from shared.domain import keys
from shared.domain.imports.import_job import (
    FileStatus,
    ImportFailure,
    ImportJob,
    ImportPhase,
    ImportStage,
    ImportStatus,
    OutputStatus,
)
from shared.domain.media import PlaygroundSize
from shared.ports.records import MAX_WRITES
from shared.services.imports.ingest.ledger import ImportLedger
from shared.services.records.documents import put
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

BROKEN = ImportFailure(code="broken", message="No film.", stage=ImportStage.PROBE, retryable=False)
LATER = ImportFailure(code="later", message="Another.", stage=ImportStage.MAKE, retryable=True)


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(tmp_path)


@pytest.fixture
def ledger(storage: Storage) -> ImportLedger:
    return ImportLedger(storage.documents, TENANT, JOB_ID)


def test_phase_of_running_job_is_recorded(storage: Storage, ledger: ImportLedger) -> None:
    store(storage.documents, import_job())
    ledger.enter_phase(ImportStatus.IMPORTING, ImportPhase.FETCHING, "a.mp4")
    first = stored_job(storage.documents)
    ledger.enter_phase(ImportStatus.IMPORTING, ImportPhase.PROBING)
    second = stored_job(storage.documents)
    assert (first.phase, first.progress.current_file) == (ImportPhase.FETCHING, "a.mp4")
    assert (second.phase, second.progress.current_file) == (ImportPhase.PROBING, None)
    assert second.started_at == first.started_at is not None


def test_ended_job_enters_no_phase(storage: Storage, ledger: ImportLedger) -> None:
    ended = import_job(status=ImportStatus.CANCELLED)
    store(storage.documents, ended)
    ledger.enter_phase(ImportStatus.IMPORTING, ImportPhase.FETCHING)
    assert stored_job(storage.documents) == ended


def test_transferred_bytes_never_decrease_until_counted(storage: Storage, ledger: ImportLedger) -> None:
    store(storage.documents, import_job(), [import_file(0)])
    for size in (10, 30, 20):
        ledger.record_transfer(size)
    assert stored_job(storage.documents).progress.bytes_transferred == 30
    ledger.save_file(import_file(0, size_bytes=25))
    assert stored_job(storage.documents).progress.bytes_transferred == 25


@pytest.mark.parametrize("is_counted", [True, False])
def test_file_that_another_worker_has_imported_stays_so(
    storage: Storage, ledger: ImportLedger, monkeypatch: pytest.MonkeyPatch, is_counted: bool
) -> None:
    store(storage.documents, import_job(), [import_file(0, FileStatus.COMPLETED), import_file(1)])
    monkeypatch.setattr(ledger, "_next_count", 0.0 if is_counted else float("inf"))
    for status in (FileStatus.IMPORTING, FileStatus.FAILED, FileStatus.SKIPPED):
        ledger.save_file(import_file(0, status))
    ledger.save_files([import_file(0, FileStatus.SKIPPED), import_file(1, FileStatus.SKIPPED)])
    statuses = [file.status for file in stored_files(storage.documents)]
    assert statuses == [FileStatus.COMPLETED, FileStatus.SKIPPED]
    ledger.count()
    assert stored_job(storage.documents).progress.imported == 1


def test_file_that_was_deleted_meanwhile_is_not_written_again(storage: Storage, ledger: ImportLedger) -> None:
    store(storage.documents, import_job())
    ledger.save_file(import_file(0, FileStatus.FAILED))
    assert stored_files(storage.documents) == []


def test_repeated_plan_keeps_known_parts(storage: Storage, ledger: ImportLedger) -> None:
    store(storage.documents, import_job(), [import_file(0)])
    planned = [import_output(0, part) for part in range(3)]
    ledger.plan(import_file(0), planned[:2])
    made = planned[0].model_copy(update={"status": OutputStatus.COMPLETED})
    store(storage.documents, outputs=[made])
    again = [output.model_copy(update={"media_id": "vid_new"}) for output in planned]
    ledger.plan(import_file(0, part_count=3), again)
    assert [output.media_id for output in stored_outputs(storage.documents)] == [
        "vid_0_0",
        "vid_0_1",
        "vid_new",
    ]
    assert stored_files(storage.documents)[0].part_count == 3
    job = stored_job(storage.documents)
    assert (job.progress.parts_total, job.progress.parts_completed) == (3, 1)


def test_plan_may_exceed_one_transaction(storage: Storage, ledger: ImportLedger) -> None:
    store(storage.documents, import_job())
    ledger.plan(import_file(0), [import_output(0, part) for part in range(MAX_WRITES + 1)])
    assert stored_job(storage.documents).progress.parts_total == MAX_WRITES + 1


def test_parts_of_one_source_are_read_apart(storage: Storage, ledger: ImportLedger) -> None:
    store(storage.documents, outputs=[import_output(1, 0), import_output(1, 1), import_output(10, 0)])
    assert [output.media_id for output in ledger.outputs(import_file(1))] == ["vid_1_0", "vid_1_1"]


@pytest.mark.parametrize(
    ("failures", "completed", "expected", "code"),
    [
        ([], 0, ImportPhase.COMPLETED, None),
        ([], 1, ImportPhase.COMPLETED, None),
        ([BROKEN], 0, ImportPhase.FAILED, "broken"),
        ([BROKEN, BROKEN], 0, ImportPhase.FAILED, "broken"),
        ([BROKEN, LATER], 0, ImportPhase.FAILED, "all_files_failed"),
        ([BROKEN], 1, ImportPhase.COMPLETED_WITH_FAILURES, "completed_with_failures"),
    ],
)
def test_job_fails_only_if_nothing_was_completed(
    storage: Storage,
    ledger: ImportLedger,
    failures: Sequence[ImportFailure],
    completed: int,
    expected: ImportPhase,
    code: str | None,
) -> None:
    files = [import_file(n, FileStatus.FAILED, failure=failure) for n, failure in enumerate(failures)]
    outputs = [import_output(9, part, OutputStatus.COMPLETED) for part in range(completed)]
    store(storage.documents, import_job(), files, outputs)
    ledger.finish()
    job = stored_job(storage.documents)
    has_failed = expected is ImportPhase.FAILED
    assert job.status is (ImportStatus.FAILED if has_failed else ImportStatus.COMPLETED)
    assert (job.phase, job.error_code) == (expected, code)
    assert ("No film." in (job.error_message or "")) is bool(failures)
    assert job.completed_at is not None
    ledger.finish()
    assert stored_job(storage.documents) == job


def test_cancelled_job_stays_cancelled(storage: Storage, ledger: ImportLedger) -> None:
    store(storage.documents, import_job(status=ImportStatus.CANCELLED))
    ledger.finish()
    assert stored_job(storage.documents).status is ImportStatus.CANCELLED


def test_finish_removes_parts_whose_medium_was_deleted(storage: Storage, ledger: ImportLedger) -> None:
    deleted = [import_output(0, part, OutputStatus.DELETED, media_id="", title="") for part in range(2)]
    kept = import_output(1, 0, OutputStatus.COMPLETED)
    store(
        storage.documents,
        import_job(),
        [import_file(0, FileStatus.COMPLETED), import_file(1, FileStatus.COMPLETED)],
        [*deleted, kept],
    )
    ledger.finish()
    job = stored_job(storage.documents)
    assert stored_outputs(storage.documents) == job.head.outputs == [kept]
    assert [file.ordinal for file in stored_files(storage.documents)] == [1]
    assert (job.parts_deleted, job.files_deleted) == (2, 1)
    assert (job.progress.parts_completed, job.progress.imported) == (3, 2)


def test_place_in_playground_is_released_once(storage: Storage, ledger: ImportLedger) -> None:
    key = keys.playground_size(TENANT)
    storage.documents.write(put(key, PlaygroundSize(media=3, reserved=2)))
    store(storage.documents, import_job(holds_place=True))
    for _ in range(2):
        ledger.update_counters()
    assert storage.documents.get(PlaygroundSize, key) == PlaygroundSize(media=3, reserved=2)
    for _ in range(2):
        ledger.finish()
    ledger.save_file(import_file(0, size_bytes=5))
    assert storage.documents.get(PlaygroundSize, key) == PlaygroundSize(media=3, reserved=1)


def test_steps_of_missing_job_write_nothing(storage: Storage, ledger: ImportLedger) -> None:
    ledger.enter_phase(ImportStatus.IMPORTING, ImportPhase.FETCHING)
    ledger.update_counters()
    ledger.finish()
    assert ledger.job() is None
    assert storage.documents.every(ImportJob, keys.import_job(TENANT)) == []
