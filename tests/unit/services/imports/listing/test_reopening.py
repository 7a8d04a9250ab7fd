"""Reopening of batches by a retry: batch after batch, also if it is interrupted."""

from pathlib import Path

import pytest

from shared.domain import keys
from shared.ports.jobs import Interrupted
from shared.services.imports.listing import planned_files
from shared.services.imports.listing.reopening import Reopening
from tests.unit.services.imports.bucket_world import BucketWorld, picture
from tests.unit.services.storage import ANNA, StopAfter, never


def test_interrupted_reopening_goes_on_with_the_next_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planned_files, "MAX_BATCH_FILES", 1)
    world = BucketWorld(tmp_path)
    world.objects.update({"a": b"damaged", "b": picture(), "c": b"damaged"})
    job = world.run(world.start())
    assert job.progress.failed == 2
    world.retries.retry(ANNA, job.job_id)
    key = keys.import_job(ANNA.tenant_id, job.job_id)
    reopening = Reopening(world.documents, world.storage.jobs)
    with pytest.raises(Interrupted):
        reopening.run(key, StopAfter(0))
    assert [file.status for file in world.files(job)] == ["pending", "completed", "failed"]
    reopening.run(key, never)
    assert [file.status for file in world.files(job)] == ["pending", "completed", "pending"]
    assert world.job(job).reopen_from is None
    batches = [request.arguments.get("batch") for request in world.storage.jobs.requests]
    assert batches == [None, None, "2"], "the listing, and the batches 0 and 2"


def test_cancelled_retry_reopens_no_further_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planned_files, "MAX_BATCH_FILES", 1)
    world = BucketWorld(tmp_path)
    world.objects.update({"a": b"damaged", "b": picture(), "c": b"damaged"})
    job = world.run(world.start())
    world.retries.retry(ANNA, job.job_id)
    reopening = Reopening(world.documents, world.storage.jobs)
    with pytest.raises(Interrupted):
        reopening.run(keys.import_job(ANNA.tenant_id, job.job_id), StopAfter(0))
    world.cancellation.cancel(ANNA, job.job_id)
    ended = world.run(job)
    assert ended.status == "cancelled"
    assert [file.status for file in world.files(job)] == ["skipped", "completed", "failed"]
    world.objects.update({"a": picture(1), "c": picture(2)})
    again = world.run(world.retries.retry(ANNA, job.job_id))
    assert (again.status, again.progress.imported) == ("completed", 3)
