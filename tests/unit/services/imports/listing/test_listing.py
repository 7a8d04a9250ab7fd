"""The listing of a store: what becomes a file, in which batch, and what an interruption leaves."""

from pathlib import Path
from typing import Any

import pytest

from shared.domain import keys
from shared.domain.connectors.connector import ConnectorChanges, ImportMode
from shared.domain.errors import Conflict, InvalidRequest, NotFound
from shared.domain.imports.batch import MAX_BATCH_BYTES, MAX_BATCH_FILES, ImportBatch
from shared.domain.imports.import_job import ImportPhase, ImportStatus
from shared.ports.jobs import Interrupted, TurnOver
from shared.ports.stores import StoredObject
from shared.services.imports.listing import planned_files
from shared.services.imports.listing.listing import ImportListing
from shared.services.imports.listing.planned_files import object_groups
from tests.unit.services.connectors import memory_stores
from tests.unit.services.connectors.memory_stores import MOMENT
from tests.unit.services.imports.bucket_world import BucketWorld, picture
from tests.unit.services.storage import ANNA, BERT, StopAfter


@pytest.fixture
def world(tmp_path: Path) -> BucketWorld:
    return BucketWorld(tmp_path)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of three files, and pages of four."""
    monkeypatch.setattr(planned_files, "MAX_BATCH_FILES", 3)
    monkeypatch.setattr(memory_stores, "PAGE", 4)


def _batches(world: BucketWorld, job_id: str) -> list[ImportBatch]:
    return world.documents.every(ImportBatch, keys.import_batch(ANNA.tenant_id, job_id))


def test_files_are_divided_into_batches_with_requests(world: BucketWorld) -> None:
    world.fill(2 * MAX_BATCH_FILES + 5)
    job = world.start(source_prefix="pictures/")
    assert (job.status, job.phase, job.is_listed) == (ImportStatus.PENDING, ImportPhase.QUEUED, False)
    world.list_stores()
    batches = _batches(world, job.job_id)
    assert [(b.first_ordinal, b.file_count) for b in batches] == [(0, 90), (90, 90), (180, 5)]
    assert [request.arguments.get("batch", "0") for request in world.storage.jobs.requests] == ["0", "1", "2"]
    files = world.files(job)
    assert [file.ordinal for file in files] == list(range(185))
    assert len({file.file_id for file in files}) == 185
    listed = world.job(job)
    assert (listed.is_listed, listed.progress.total_files, listed.status) == (True, 185, "scanning")
    assert (files[7].path, files[7].title, files[7].file_name) == ("pictures/00007.png", "00007", "00007.png")


def test_batch_is_limited_by_bytes() -> None:
    sizes = [MAX_BATCH_BYTES, 1, MAX_BATCH_BYTES - 1, 1, MAX_BATCH_BYTES + 1, 5]
    objects = [StoredObject(f"{n}", size, MOMENT) for n, size in enumerate(sizes)]
    groups = [[found.path for found in group] for group in object_groups(objects)]
    assert groups == [["0"], ["1", "2"], ["3"], ["4"], ["5"]]


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        ({}, ["a.mp4", "a/b.mov", "a/b.png", "a/c/d.mp4"]),
        ({"source_prefix": "a/"}, ["a/b.mov", "a/b.png", "a/c/d.mp4"]),
        ({"source_prefix": "a/", "recursive": False}, ["a/b.mov", "a/b.png"]),
        ({"file_pattern": "*.{mp4,mov}"}, ["a.mp4", "a/b.mov", "a/c/d.mp4"]),
        ({"file_pattern": "a/**/*.mp4"}, ["a/c/d.mp4"]),
        ({"file_pattern": "*.wav"}, []),
    ],
)
def test_selection_chooses_files(world: BucketWorld, selection: dict[str, Any], expected: list[str]) -> None:
    world.objects.update(dict.fromkeys(["a.mp4", "a/", "a/b.mov", "a/b.png", "a/c/d.mp4"], b""))
    job = world.start(**selection)
    world.list_stores()
    assert [file.path for file in world.files(job)] == expected


def test_import_of_no_files_is_completed(world: BucketWorld) -> None:
    job = world.run(world.start(source_prefix="nothing/"))
    assert (job.status, job.progress.total_files, job.error_message) == (ImportStatus.COMPLETED, 0, None)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("checks", range(4))
def test_interrupted_listing_goes_on_where_it_was(world: BucketWorld, checks: int) -> None:
    world.fill(14)
    job = world.start()
    with pytest.raises(Interrupted):
        world.list_stores(StopAfter(checks))
    kept = [file.path for file in world.files(job)]
    assert len(kept) == 4 * checks, "a page is listed between two checks"
    world.list_stores()
    assert [file.path for file in world.files(job)] == sorted(world.objects)
    assert [file.path for file in world.files(job)][: len(kept)] == kept


def test_listing_run_again_adds_nothing(world: BucketWorld) -> None:
    world.fill(3)
    job = world.start()
    (request,) = world.storage.jobs.requests
    world.list_stores()
    world.listing.run(request, lambda: False)
    assert world.job(job).progress.total_files == 3


def test_same_seed_is_one_import(world: BucketWorld) -> None:
    first = world.start(seed="01J0000000000000000000000S")
    assert world.start(seed="01J0000000000000000000000S") == first
    assert len(world.storage.jobs.requests) == 1


def test_new_only_skips_unchanged_objects(world: BucketWorld) -> None:
    world.fill(3)
    assert world.run(world.start()).progress.imported == 3
    world.objects["pictures/00001.png"] = picture(1) + b"changed"
    world.objects["pictures/9.png"] = picture(9)
    again = world.run(world.start(import_mode=ImportMode.NEW_ONLY))
    outcomes = [(file.path, file.status.value, file.skip_reason) for file in world.files(again)]
    assert outcomes == [
        ("pictures/00000.png", "skipped", "already_imported"),
        ("pictures/00001.png", "completed", None),
        ("pictures/00002.png", "skipped", "already_imported"),
        ("pictures/9.png", "completed", None),
    ]
    assert (again.progress.imported, again.progress.skipped, again.status) == (2, 2, "completed")
    assert [file.path for file in again.head.skipped_files] == ["pictures/00000.png", "pictures/00002.png"]


@pytest.mark.usefixtures("small")
def test_import_with_nothing_new_ends_without_batches_to_run(world: BucketWorld) -> None:
    world.fill(4)
    world.run(world.start())
    job = world.start(import_mode=ImportMode.NEW_ONLY)
    world.list_stores()
    ended = world.job(job)
    assert (ended.status, ended.progress.skipped) == (ImportStatus.COMPLETED, 4)
    assert world.storage.jobs.requests == []


def test_mode_of_connector_is_the_default(world: BucketWorld) -> None:
    world.connectors.update(ANNA, world.connector_id, ConnectorChanges(import_mode=ImportMode.NEW_ONLY))
    defaults = [world.start().source, world.start(import_mode=ImportMode.ALL).source]
    assert [each and each.import_mode for each in defaults] == [ImportMode.NEW_ONLY, ImportMode.ALL]


def test_failed_object_is_not_remembered(world: BucketWorld) -> None:
    world.objects["text.png"] = b"no picture"
    assert world.run(world.start()).progress.failed == 1
    again = world.run(world.start(import_mode=ImportMode.NEW_ONLY))
    assert (again.progress.failed, again.progress.skipped) == (1, 0)


def test_other_index_is_another_destination(world: BucketWorld) -> None:
    world.fill(1)
    world.run(world.start())
    other = world.storage.new_index(name="other")
    job = world.run(world.start(index_id=other, import_mode=ImportMode.NEW_ONLY))
    assert (job.progress.imported, job.progress.skipped) == (1, 0)


def test_store_that_refuses_fails_the_job_with_its_reason(world: BucketWorld) -> None:
    world.stores.refused.add("list")
    job = world.run(world.start())
    assert (job.status, job.error_code) == (ImportStatus.FAILED, "connector_not_permitted")
    assert job.error_message == "The credentials may not list."
    assert job.completed_at


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("checks", range(3))
def test_keys_that_cannot_be_read_fail_alone(world: BucketWorld, checks: int) -> None:
    good = [f"pictures/{number:05d}.png" for number in range(6)]
    bad = ["pictures//a.png", "pictures/00001//b.png", "x//\n.png"]
    world.fill(6)
    world.objects.update(dict.fromkeys([*bad, "pictures/00004//"], picture()))
    job = world.start()
    with pytest.raises(Interrupted):
        world.list_stores(StopAfter(checks))
    ended = world.run(job)
    outcomes = {file.path: file.failure.code if file.failure else file.status for file in world.files(job)}
    assert outcomes == dict.fromkeys(good, "completed") | dict.fromkeys(bad, "connector_invalid_name")
    assert (ended.status, ended.phase) == (ImportStatus.COMPLETED, ImportPhase.COMPLETED_WITH_FAILURES)
    assert (ended.progress.imported, ended.progress.failed) == (6, 3)


@pytest.mark.usefixtures("small")
def test_listing_that_fails_midway_keeps_what_was_imported(
    world: BucketWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.fill(12)
    job = world.start()
    with pytest.raises(Interrupted):
        world.list_stores(StopAfter(2))
    (request, *batches) = world.storage.jobs.requests
    assert len(batches) == 3, "of three, three and two files"
    world.listing.give_up(request, RuntimeError("broken"))
    world.storage.jobs.requests.remove(request)
    world.import_batches()
    ended = world.job(job)
    assert (ended.status, ended.phase) == (ImportStatus.COMPLETED, ImportPhase.COMPLETED_WITH_FAILURES)
    assert ended.progress.imported == 8
    assert (ended.error_message or "").startswith("The store could not be listed to its end, after 8 files.")


@pytest.mark.usefixtures("small")
def test_listing_lets_others_have_a_turn_after_a_page(world: BucketWorld) -> None:
    world.fill(12)
    job = world.start()
    (request,) = world.storage.jobs.requests
    storage = world.storage
    listing = ImportListing(world.documents, storage.jobs, storage.connections, turn_seconds=0.0)
    listed = []
    for _ in range(3):
        with pytest.raises(TurnOver):
            listing.run(request, lambda: False)
        listed.append(world.job(job).progress.total_files)
    listing.run(request, lambda: False)
    assert listed == [4, 8, 12]
    assert (world.job(job).is_listed, world.job(job).progress.total_files) == (True, 12)


def test_listing_given_up_before_it_began_fails_the_job(world: BucketWorld) -> None:
    job = world.start()
    (request,) = world.storage.jobs.requests
    storage = world.storage
    listing = ImportListing(world.documents, storage.jobs, storage.connections)
    listing.give_up(request, RuntimeError("broken"))
    ended = world.job(job)
    assert (ended.status, ended.error_code) == (ImportStatus.FAILED, "internal_error")
    listing.run(request, lambda: False)
    assert world.job(job) == ended


@pytest.mark.parametrize(
    ("selection", "error"),
    [
        ({"index_id": "idx_unknown"}, NotFound),
        ({"connector_id": "con_unknown"}, NotFound),
        ({"file_pattern": "[z-a]"}, InvalidRequest),
        ({"source_prefix": "a//b"}, InvalidRequest),
        ({"index_id": ""}, InvalidRequest),
    ],
)
def test_invalid_selection_starts_nothing(
    world: BucketWorld, selection: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        world.start(**selection)
    assert world.storage.jobs.requests == []


def test_connector_of_another_tenant_is_not_found(world: BucketWorld) -> None:
    index_id = world.storage.new_index(BERT)
    with pytest.raises(NotFound):
        world.imports.start(BERT, connector_id=world.connector_id, index_id=index_id, seed="s")


def test_connector_without_import_scope_is_refused(world: BucketWorld) -> None:
    changes = ConnectorChanges.model_validate({"scopes": ["export"]})
    world.connectors.update(ANNA, world.connector_id, changes)
    with pytest.raises(Conflict):
        world.start()


def test_connector_deleted_before_the_listing_fails_the_job(world: BucketWorld) -> None:
    job = world.start()
    world.connectors.delete(ANNA, world.connector_id)
    assert world.run(job).error_code == "resource_connector_not_found"


def test_index_deleted_before_the_listing_adds_no_files(world: BucketWorld) -> None:
    world.fill(3)
    job = world.start()
    world.storage.deletions.delete_index(ANNA, world.index_id)
    ended = world.run(job)
    assert (ended.status, ended.error_code) == (ImportStatus.FAILED, "resource_index_not_found")
    assert ended.error_message == "The index was deleted before the store was listed."
    assert (ended.progress.total_files, world.files(job)) == (0, [])
