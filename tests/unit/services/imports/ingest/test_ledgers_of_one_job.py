"""Several workers on one import job: they do not compete for its record, and no file is missed at its end."""

from pathlib import Path

import pytest

from shared.domain import keys
from shared.domain.imports.batch import ImportBatch
from shared.domain.imports.import_job import FileStatus, ImportPhase, ImportStatus
from shared.services.imports.ingest import ledger as ledger_module
from shared.services.imports.ingest.ledger import ImportLedger
from shared.services.records.documents import put
from tests.unit.services.imports.import_records import JOB_ID, TENANT, import_file, import_job, stored_job
from tests.unit.services.storage import Storage

FILES = 4


@pytest.fixture(autouse=True)
def long_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the interval of counts outlast the test on any machine."""
    monkeypatch.setattr(ledger_module, "REFRESH_SECONDS", 3600.0)


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    made = Storage(tmp_path)
    job = import_job(batch_count=2, listed_files=FILES, status=ImportStatus.IMPORTING)
    job.progress.total_files = FILES
    made.documents.write(put(keys.import_job(TENANT, JOB_ID), job))
    for number in range(2):
        batch = ImportBatch(
            tenant_id=TENANT, job_id=JOB_ID, number=number, first_ordinal=2 * number, file_count=2
        )
        batch.progress.total_files = 2
        made.documents.write(put(keys.import_batch(TENANT, JOB_ID, number), batch))
    for ordinal in range(FILES):
        made.documents.write(put(keys.import_file(TENANT, JOB_ID, ordinal), import_file(ordinal)))
    return made


def ledgers(storage: Storage) -> list[ImportLedger]:
    return [ImportLedger(storage.documents, TENANT, JOB_ID, number) for number in range(2)]


def batch_of(storage: Storage, number: int) -> ImportBatch:
    found = storage.documents.get(ImportBatch, keys.import_batch(TENANT, JOB_ID, number))
    assert found is not None
    return found


def version_of_job(storage: Storage) -> int:
    record = storage.documents.records.get(keys.import_job(TENANT, JOB_ID))
    assert record is not None
    return record.version


def test_second_worker_of_a_second_writes_only_its_batch(storage: Storage) -> None:
    first, second = ledgers(storage)
    first.save_file(import_file(0, FileStatus.COMPLETED))
    version = version_of_job(storage)
    second.save_file(import_file(2, FileStatus.COMPLETED))
    second.enter_phase(ImportStatus.IMPORTING, ImportPhase.FETCHING, "film.mp4")
    assert version_of_job(storage) == version
    assert [batch_of(storage, number).progress.imported for number in range(2)] == [1, 1]


def test_job_has_all_files_when_its_last_batch_ends(storage: Storage) -> None:
    both = ledgers(storage)
    for ordinal in range(FILES):
        both[ordinal // 2].save_file(import_file(ordinal, FileStatus.COMPLETED))
    for ledger in both:
        ledger.finish()
    job = stored_job(storage.documents)
    assert (job.status, job.progress.imported) == (ImportStatus.COMPLETED, FILES)
