"""Changes of a job while its store is listed: a batch is added once, and not behind another listing."""

from pathlib import Path

import pytest

from shared.domain import keys
from shared.domain.connectors.connector import Connector
from shared.domain.imports.import_job import ImportStatus
from shared.ports.stores import StoredObject
from shared.services.imports.listing import job_changes
from shared.services.imports.listing.job_changes import JobChanges
from tests.unit.services.connectors.memory_stores import MOMENT
from tests.unit.services.imports.bucket_world import BucketWorld
from tests.unit.services.storage import ANNA

OBJECTS = [StoredObject("a", 1, MOMENT), StoredObject("b", 1, MOMENT)]


@pytest.fixture
def world(tmp_path: Path) -> BucketWorld:
    return BucketWorld(tmp_path)


@pytest.fixture
def changes(world: BucketWorld) -> JobChanges:
    return JobChanges(world.documents, world.storage.jobs)


def _connector(world: BucketWorld) -> Connector:
    return world.connectors.get(ANNA, world.connector_id)


def test_batch_behind_a_position_is_added_once(world: BucketWorld, changes: JobChanges) -> None:
    job = world.start()
    key = keys.import_job(ANNA.tenant_id, job.job_id)
    assert changes.add_batch(key, _connector(world), OBJECTS, "")
    assert not changes.add_batch(key, _connector(world), OBJECTS, "")
    assert [file.path for file in world.files(job)] == ["a", "b"]
    assert world.job(job).listed_until == "b"


def test_listing_that_another_worker_has_overtaken_moves_nothing_back(
    world: BucketWorld, changes: JobChanges
) -> None:
    job = world.start()
    key = keys.import_job(ANNA.tenant_id, job.job_id)
    assert changes.add_batch(key, _connector(world), OBJECTS, "")
    changes.end_listing(key, listed_from="", listed_until="a", is_listed=True)
    assert (world.job(job).listed_until, world.job(job).is_listed) == ("b", False)
    changes.end_listing(key, listed_from="b", listed_until="c", is_listed=True)
    assert (world.job(job).listed_until, world.job(job).is_listed) == ("c", True)


def test_job_with_too_many_files_ends_its_listing(
    world: BucketWorld, changes: JobChanges, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_changes, "MAX_FILES", 1)
    job = world.start()
    key = keys.import_job(ANNA.tenant_id, job.job_id)
    assert not changes.add_batch(key, _connector(world), OBJECTS, "")
    ended = world.job(job)
    assert (ended.status, ended.error_code) == (ImportStatus.FAILED, "too_many_files")
