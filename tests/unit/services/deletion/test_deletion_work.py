"""The job of a deletion: it cancels pending work, waits for running work, and then erases its target."""

from datetime import timedelta
from pathlib import Path

import pytest

from shared.domain import keys
from shared.domain.clock import isoformat, now
from shared.domain.errors import NotFound
from shared.domain.ids import MEDIA, new_id
from shared.domain.job import JobRequest
from shared.domain.media import DeletingIndexes, Deletion, DeletionKind, DeletionStatus, Index, Media
from shared.domain.runs.prompt_run import RunStatus
from shared.ports.jobs import Interrupted
from shared.services.deletion import work as deletion_work
from shared.services.deletion.work import DeletionWork
from shared.services.library.indexes import Indexes
from tests.unit.services.run_records import add_run
from tests.unit.services.run_world import RunWorld
from tests.unit.services.storage import ANNA, StopAfter, never


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path)


@pytest.fixture
def work(world: RunWorld) -> DeletionWork:
    return DeletionWork(world.documents, world.blobs, world.search_index)


@pytest.fixture
def indexes(world: RunWorld) -> Indexes:
    return Indexes(world.documents, max_indexes=10)


@pytest.fixture
def index_id(indexes: Indexes) -> str:
    return indexes.create(ANNA, "films").index_id


def add_media(world: RunWorld, index_id: str) -> Media:
    template = world.add_without_bytes()
    media = template.model_copy(update={"media_id": new_id(MEDIA), "index_id": index_id})
    world.keep(media)
    return media


def request_of(world: RunWorld, target_id: str) -> JobRequest:
    return next(r for r in world.jobs.requests if r.arguments["target_id"] == target_id)


def is_hidden(world: RunWorld, media: Media) -> bool:
    found = world.documents.get(Media, keys.media("anna", media.media_id))
    assert found is not None
    return found.deleting


def test_idle_media_are_erased_while_others_are_awaited(
    world: RunWorld, work: DeletionWork, index_id: str
) -> None:
    busy, idle = add_media(world, index_id), add_media(world, index_id)
    add_run(world, busy, status=RunStatus.PROCESSING)
    world.deletions.delete_index(ANNA, index_id)
    request = request_of(world, index_id)
    assert not work.step(request, never)
    assert is_hidden(world, busy)
    assert world.documents.get(Media, keys.media("anna", idle.media_id)) is None
    assert world.deletions.index_deletion(ANNA, index_id).status is DeletionStatus.DELETING
    assert world.documents.get(Index, keys.index("anna", index_id)) is not None


@pytest.mark.parametrize(("seconds", "overdue"), [(890, False), (901, True)])
@pytest.mark.parametrize("kind", [DeletionKind.INDEX, DeletionKind.MEDIA])
def test_running_work_is_awaited_for_15_minutes(
    world: RunWorld, work: DeletionWork, index_id: str, kind: DeletionKind, seconds: int, overdue: bool
) -> None:
    """The wait of an index starts when all of its media are hidden, that of a medium with its request."""
    media = add_media(world, index_id)
    add_run(world, media, status=RunStatus.PROCESSING)
    moment = isoformat(now() - timedelta(seconds=seconds))
    if kind is DeletionKind.INDEX:
        target_id, times = index_id, {"created_at": "2001-01-01T00:00:00Z", "hidden_at": moment}
        world.deletions.delete_index(ANNA, index_id)
    else:
        target_id, times = media.media_id, {"created_at": moment}
        world.deletions.delete_media(ANNA, media.media_id)
    request = request_of(world, target_id)
    assert not work.step(request, never)
    key = keys.deletion("anna", target_id)
    world.documents.update(Deletion, key, lambda found: found.model_copy(update=times))
    assert work.step(request, never) is overdue
    assert (world.records.get(keys.media("anna", media.media_id)) is None) is overdue


def test_interrupted_hiding_continues_after_last_page(
    world: RunWorld, work: DeletionWork, index_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion_work, "_PAGE_SIZE", 2)
    media = [add_media(world, index_id) for _ in range(5)]
    world.deletions.delete_index(ANNA, index_id)
    request = request_of(world, index_id)
    with pytest.raises(Interrupted):
        work.step(request, StopAfter(3))
    assert [is_hidden(world, each) for each in media] == [True, True, True, False, False]
    deletion = world.deletions.index_deletion(ANNA, index_id)
    assert (deletion.hidden_up_to, deletion.hidden_at) == (media[1].media_id, None)
    with pytest.raises(Interrupted):
        work.step(request, StopAfter(3))
    deletion = world.deletions.index_deletion(ANNA, index_id)
    assert (deletion.hidden_up_to, deletion.hidden_at is not None) == (media[4].media_id, True)
    assert all(is_hidden(world, each) for each in media)
    assert work.step(request, never)


def test_completed_or_unknown_deletion_has_no_work(
    world: RunWorld, work: DeletionWork, index_id: str
) -> None:
    world.deletions.delete_index(ANNA, index_id)
    request = request_of(world, index_id)
    assert work.step(request, never)
    completed = world.deletions.index_deletion(ANNA, index_id)
    assert (completed.status, completed.completed_at is not None) == (DeletionStatus.DELETED, True)
    assert work.step(request, never)
    work.run(request, lambda: True)
    assert world.deletions.index_deletion(ANNA, index_id) == completed
    unknown = request.model_copy(update={"arguments": {"tenant_id": "anna", "target_id": "idx_unknown"}})
    assert work.step(unknown, never)


def test_name_of_deleted_index_is_free(
    world: RunWorld, work: DeletionWork, indexes: Indexes, index_id: str
) -> None:
    world.deletions.delete_index(ANNA, index_id)
    work.step(request_of(world, index_id), never)
    with pytest.raises(NotFound):
        indexes.find_by_name(ANNA, "films")
    assert world.records.get(keys.index_name("anna", "films")) is None


def test_name_that_means_another_index_stays(
    world: RunWorld, work: DeletionWork, indexes: Indexes, index_id: str
) -> None:
    second = indexes.create(ANNA, "films").index_id
    world.deletions.delete_index(ANNA, second)
    work.step(request_of(world, second), never)
    name = world.records.get(keys.index_name("anna", "films"))
    assert name is not None
    assert name.body["index_id"] == index_id


def test_only_own_entry_is_removed_from_list_of_deletions(
    world: RunWorld, work: DeletionWork, indexes: Indexes, index_id: str
) -> None:
    other = indexes.create(ANNA, "other").index_id
    for each in (index_id, other):
        world.deletions.delete_index(ANNA, each)
    listed = keys.deleting_indexes("anna")
    work.step(request_of(world, index_id), never)
    assert world.documents.get(DeletingIndexes, listed) == DeletingIndexes(index_ids=[other])
    work.step(request_of(world, other), never)
    assert world.records.get(listed) is None
