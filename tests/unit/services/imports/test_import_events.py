"""Events of import jobs: started and ended once, progress at most once a second."""

from datetime import timedelta
from pathlib import Path

import pytest

from shared.domain import keys
from shared.domain.clock import isoformat, now
from shared.domain.events.event import Event
from shared.domain.imports.import_job import (
    FileStatus,
    ImportFailure,
    ImportJob,
    ImportPhase,
    ImportStage,
    ImportStatus,
    OutputStatus,
)
from shared.services.imports.import_events import import_changed
from shared.services.imports.ingest.ledger import ImportLedger
from tests.unit.services.imports.import_records import (
    JOB_ID,
    TENANT,
    import_file,
    import_job,
    import_output,
    store,
    stored_job,
)
from tests.unit.services.storage import Storage

BROKEN = ImportFailure(code="broken", message="No film.", stage=ImportStage.PROBE, retryable=False)


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(tmp_path)


@pytest.fixture
def ledger(storage: Storage) -> ImportLedger:
    return ImportLedger(storage.documents, TENANT, JOB_ID)


def events(storage: Storage) -> list[tuple[str, str]]:
    """Return the type and the phase of each event."""
    found = storage.documents.every(Event, keys.event(TENANT))
    return [(event.event_type.value, event.payload["phase"]) for event in found]


def test_progress_is_told_once_a_second(storage: Storage, ledger: ImportLedger) -> None:
    store(storage.documents, import_job())
    for phase in (ImportPhase.SCANNING, ImportPhase.FETCHING, ImportPhase.PROBING):
        ledger.enter_phase(ImportStatus.SCANNING, phase)
    started_and_first = [("import_job.started", "scanning"), ("import_job.progress", "fetching")]
    assert events(storage) == started_and_first
    a_second_ago = {"progress_event_at": isoformat(now() - timedelta(seconds=1))}
    storage.documents.update(
        ImportJob, keys.import_job(TENANT, JOB_ID), lambda job: job.model_copy(update=a_second_ago)
    )
    ledger.enter_phase(ImportStatus.SCANNING, ImportPhase.PROBING, "another.mp4")
    assert events(storage) == started_and_first, "the payload has not changed"
    ledger.record_transfer(10)
    ledger.record_transfer(20)
    assert events(storage) == [*started_and_first, ("import_job.progress", "probing")]


def test_end_is_told_once_with_final_counters(storage: Storage, ledger: ImportLedger) -> None:
    outputs = [import_output(0, 0, OutputStatus.COMPLETED), import_output(0, 1, OutputStatus.COMPLETED)]
    file = import_file(0, FileStatus.COMPLETED, size_bytes=7)
    store(
        storage.documents, import_job(status=ImportStatus.IMPORTING, started_at="2026-01-01"), [file], outputs
    )
    ledger.finish()
    ledger.finish()
    [event] = storage.documents.every(Event, keys.event(TENANT))
    assert event.event_type == "import_job.completed"
    assert (event.payload["parts_completed"], event.payload["bytes_transferred"]) == (2, 7)
    assert event.payload["status"] == "completed"


def test_failed_job_that_never_started_tells_its_end_only(storage: Storage, ledger: ImportLedger) -> None:
    store(storage.documents, import_job(), [import_file(0, FileStatus.FAILED, failure=BROKEN)])
    ledger.finish()
    assert events(storage) == [("import_job.failed", "failed")]
    assert stored_job(storage.documents).started_at is None


def test_cancelled_job_tells_nothing() -> None:
    cancelled = import_job(status=ImportStatus.CANCELLED, phase=ImportPhase.CANCELLED)
    assert import_changed(import_job(), cancelled) == []
