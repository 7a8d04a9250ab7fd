"""Cancellation of imports: what is imported stays, and what is pending is skipped with its reason."""

from pathlib import Path

import pytest

from shared.domain.errors import Conflict, NotFound
from shared.domain.imports.import_job import ImportPhase, ImportStatus
from shared.services.imports.listing import planned_files
from tests.unit.services.imports.bucket_world import BucketWorld
from tests.unit.services.storage import ANNA, BERT, never


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> BucketWorld:
    monkeypatch.setattr(planned_files, "MAX_BATCH_FILES", 2)
    return BucketWorld(tmp_path)


def test_imported_files_stay_and_pending_files_are_skipped(world: BucketWorld) -> None:
    world.fill(5)
    job = world.start()
    world.list_stores()
    first, *_ = world.storage.jobs.requests
    world.storage.ingest.run(first, never)
    world.storage.jobs.requests.remove(first)
    cancelled = world.cancellation.cancel(ANNA, job.job_id)
    assert cancelled.cancel_requested_at
    assert not cancelled.status.is_terminal
    assert world.cancellation.cancel(ANNA, job.job_id) == cancelled, "a second request changes nothing"
    world.import_batches()
    ended = world.job(job)
    assert (ended.status, ended.phase) == (ImportStatus.CANCELLED, ImportPhase.CANCELLED)
    assert (ended.progress.imported, ended.progress.skipped, ended.progress.failed) == (2, 3, 0)
    assert {file.skip_reason for file in world.files(job)[2:]} == {"cancelled"}
    assert world.media() == ["00000.png", "00001.png"]
    assert ended.completed_at


def test_job_that_has_not_begun_is_cancelled_at_once(world: BucketWorld) -> None:
    world.fill(3)
    job = world.start()
    assert world.cancellation.cancel(ANNA, job.job_id).status is ImportStatus.CANCELLED
    world.list_stores()
    assert world.files(job) == []


def test_cancelled_listing_adds_no_files(world: BucketWorld) -> None:
    world.fill(6)
    job = world.start()
    stopped = False

    def cancel() -> bool:
        nonlocal stopped
        if not stopped:
            stopped = True
            world.cancellation.cancel(ANNA, job.job_id)
        return False

    world.list_stores(cancel)
    assert world.files(job) == []
    assert world.job(job).status is ImportStatus.CANCELLED


def test_ended_job_cannot_be_cancelled(world: BucketWorld) -> None:
    job = world.run(world.start())
    with pytest.raises(Conflict) as refusal:
        world.cancellation.cancel(ANNA, job.job_id)
    assert refusal.value.code == "import_job_ended"


def test_job_of_another_tenant_is_not_found(world: BucketWorld) -> None:
    with pytest.raises(NotFound):
        world.cancellation.cancel(BERT, world.start().job_id)
