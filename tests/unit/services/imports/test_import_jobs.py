"""New import jobs of several files: one transaction, which leaves nothing behind if it fails."""

from pathlib import Path

import pytest
from ulid import ULID

from shared.domain import keys
from shared.domain.errors import NotFound
from shared.domain.imports.batch import ImportBatch
from shared.domain.imports.import_job import ImportJob, SourceKind
from shared.services.imports.import_jobs import ImportJobs, new_import_job
from tests.unit.services.imports.import_records import import_file
from tests.unit.services.storage import ANNA, Storage


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(tmp_path)


def _jobs(storage: Storage) -> ImportJobs:
    return ImportJobs(storage.documents, storage.blobs, storage.jobs, storage.settings)


def _new(index_id: str | None, count: int) -> ImportJob:
    seed = str(ULID())
    return new_import_job(ANNA, seed, SourceKind.ATTACHMENTS, "Files", index_id, file_count=count)


def test_files_are_one_batch(storage: Storage) -> None:
    job = _new(storage.new_index(), 3)
    _jobs(storage).start(job, [import_file(ordinal) for ordinal in range(3)])
    (batch,) = storage.documents.every(ImportBatch, keys.import_batch(ANNA.tenant_id, job.job_id))
    assert (batch.first_ordinal, batch.end, batch.progress.total_files) == (0, 3, 3)
    assert [request.job_id for request in storage.jobs.requests] == [job.job_id]


def test_stored_files_are_deleted_if_the_index_is_gone(storage: Storage) -> None:
    storage.blobs.write("imports/anna/x/0/source", b"bytes", "video/mp4")
    files = [import_file(0, source_key="imports/anna/x/0/source"), import_file(1)]
    with pytest.raises(NotFound):
        _jobs(storage).start(_new("idx_gone", 2), files)
    assert list(storage.blobs.keys("imports/")) == []
    assert storage.jobs.requests == []
