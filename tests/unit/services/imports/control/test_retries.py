"""Retries of imports: what failed is imported again, and nothing else."""

from pathlib import Path

import pytest
from ulid import ULID

from shared.domain import keys
from shared.domain.clock import now
from shared.domain.connectors.connector import ImportMode
from shared.domain.errors import Conflict, InvalidRequest, NotFound, NotRetryable
from shared.domain.imports.import_job import ImportPhase, ImportStatus
from shared.domain.imports.rate import import_rate
from shared.domain.media import PlaygroundSize
from shared.ports.records import Delete
from shared.services.imports.attachments import Attachment, Attachments
from shared.services.imports.control.retries import Retries
from shared.services.imports.listing import planned_files
from shared.services.records.documents import put
from tests.unit.services.imports.bucket_world import BucketWorld, picture
from tests.unit.services.storage import ANNA, BERT, never


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> BucketWorld:
    monkeypatch.setattr(planned_files, "MAX_BATCH_FILES", 2)
    return BucketWorld(tmp_path)


def _attachments(world: BucketWorld) -> Attachments:
    storage = world.storage
    return Attachments(world.documents, storage.blobs, storage.jobs, storage.fetcher, storage.settings)


def _broken(file_id: str) -> Attachment:
    return Attachment(download_url="https://127.0.0.1:9/a.png", file_id=file_id)


def test_only_failed_files_are_imported_again(world: BucketWorld) -> None:
    world.fill(5)
    world.objects["pictures/00003.png"] = b"damaged"
    job = world.run(world.start())
    assert (job.phase, job.progress.imported) == (ImportPhase.COMPLETED_WITH_FAILURES, 4)
    before = world.outputs(job)
    world.objects["pictures/00003.png"] = picture(3)
    retried = world.retries.retry(ANNA, job.job_id)
    assert (retried.status, retried.completed_at, retried.error_message) == ("pending", None, None)
    fetched = list(world.stores.fetched)
    ended = world.run(retried)
    assert world.stores.fetched == [*fetched, "pictures/00003.png"]
    assert (ended.status, ended.phase) == (ImportStatus.COMPLETED, ImportPhase.COMPLETED)
    assert (ended.progress.imported, ended.progress.failed, ended.progress.parts_total) == (5, 0, 5)
    assert [output for output in world.outputs(job) if output in before] == before
    assert [output.attempt for output in world.outputs(job)] == [0, 0, 0, 1, 0]
    assert ended.head.failed_files == []
    assert len(world.media()) == 5


def test_retry_that_fails_again_keeps_its_reason(world: BucketWorld) -> None:
    world.objects["a.png"] = b"damaged"
    job = world.run(world.start())
    ended = world.run(world.retries.retry(ANNA, job.job_id))
    assert (ended.status, ended.progress.failed, ended.attempt) == (ImportStatus.FAILED, 1, 1)
    assert ended.error_message == job.error_message
    assert world.run(world.retries.retry(ANNA, job.job_id)).attempt == 2


def test_retry_of_cancelled_job_has_a_rate_of_its_own_files(world: BucketWorld) -> None:
    world.fill(6)
    job = world.start()
    world.list_stores()
    (first, *_) = world.storage.jobs.requests
    world.storage.ingest.run(first, never)
    world.cancellation.cancel(ANNA, job.job_id)
    cancelled = world.run(job)
    assert (cancelled.progress.imported, cancelled.progress.skipped) == (2, 4)
    ended = world.run(world.retries.retry(ANNA, job.job_id))
    assert (ended.progress.imported, ended.files_before) == (6, 2)
    assert import_rate(ended, now()).files_per_second


def test_cancelled_job_goes_on_with_a_retry(world: BucketWorld) -> None:
    world.fill(5)
    job = world.start()
    world.list_stores()
    world.cancellation.cancel(ANNA, job.job_id)
    world.import_batches()
    assert world.job(job).progress.skipped == 5
    ended = world.run(world.retries.retry(ANNA, job.job_id))
    assert ended.files_before == 0
    assert (ended.status, ended.progress.imported, ended.progress.skipped) == ("completed", 5, 0)


def test_listing_that_was_given_up_goes_on_with_a_retry(world: BucketWorld) -> None:
    world.fill(3)
    world.stores.refused.add("list")
    job = world.run(world.start())
    world.stores.refused.clear()
    ended = world.run(world.retries.retry(ANNA, job.job_id))
    assert (ended.status, ended.progress.imported, ended.error_code) == ("completed", 3, None)


def test_skipped_files_of_earlier_imports_stay_skipped(world: BucketWorld) -> None:
    world.fill(2)
    world.run(world.start())
    world.objects["z.png"] = b"damaged"
    job = world.run(world.start(import_mode=ImportMode.NEW_ONLY))
    world.objects["z.png"] = picture(9)
    ended = world.run(world.retries.retry(ANNA, job.job_id))
    assert (ended.progress.imported, ended.progress.skipped) == (1, 2)


def test_job_without_failures_has_nothing_to_retry(world: BucketWorld) -> None:
    world.fill(1)
    job = world.run(world.start())
    with pytest.raises(Conflict) as refusal:
        world.retries.retry(ANNA, job.job_id)
    assert refusal.value.code == "nothing_to_retry"


def test_running_job_is_not_retried(world: BucketWorld) -> None:
    with pytest.raises(Conflict) as refusal:
        world.retries.retry(ANNA, world.start().job_id)
    assert refusal.value.code == "import_job_running"


def test_new_addresses_require_an_attachment_job(world: BucketWorld) -> None:
    job = world.run(world.start())
    with pytest.raises(NotRetryable, match="attachment job"):
        world.retries.retry(ANNA, job.job_id, [_broken("a")])


def test_upload_cannot_be_retried(world: BucketWorld, tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_bytes(b"text")
    job = world.storage.upload(tmp_path / "text.mp4", world.index_id)
    world.import_batches()
    with pytest.raises(NotRetryable, match="Upload them again"):
        world.retries.retry(ANNA, job.job_id)


def test_job_of_another_tenant_is_not_found(world: BucketWorld) -> None:
    with pytest.raises(NotFound):
        world.retries.retry(BERT, world.run(world.start()).job_id)


def test_places_in_playground_are_reserved_for_each_attempt(world: BucketWorld) -> None:
    def reserved() -> int:
        size = world.documents.get(PlaygroundSize, keys.playground_size(ANNA.tenant_id))
        return 0 if size is None else size.reserved

    files = [_broken("a"), _broken("b"), _broken("c")]
    job = _attachments(world).start(ANNA, files, title=None, index_id=None, seed=str(ULID()))
    assert reserved() == 3
    world.import_batches()
    assert (world.job(job).status, reserved()) == (ImportStatus.FAILED, 0)
    world.retries.retry(ANNA, job.job_id)
    assert reserved() == 3
    world.run(job)
    assert reserved() == 0


def test_deleted_index_is_not_retried(world: BucketWorld) -> None:
    job = world.run(world.start(source_prefix="none"))
    world.documents.write(Delete(keys.index(ANNA.tenant_id, world.index_id)))
    failed = job.model_copy(update={"is_listed": False})
    world.documents.write(put(keys.import_job(ANNA.tenant_id, job.job_id), failed))
    storage = world.storage
    retries = Retries(world.documents, storage.jobs, storage.fetcher, storage.settings)
    with pytest.raises(NotFound):
        retries.retry(ANNA, job.job_id)


def test_new_address_must_be_of_a_file_of_the_job(world: BucketWorld) -> None:
    job = _attachments(world).start(ANNA, [_broken("a")], title=None, index_id=None, seed=str(ULID()))
    world.import_batches()
    with pytest.raises(InvalidRequest, match="no file of this job"):
        world.retries.retry(ANNA, job.job_id, [_broken("b")])
    address = "https://127.0.0.1:9/new.png"
    world.retries.retry(ANNA, job.job_id, [Attachment(download_url=address, file_id="a")])
    assert [(file.file_id, file.source_uri) for file in world.files(job)] == [("a", address)]
