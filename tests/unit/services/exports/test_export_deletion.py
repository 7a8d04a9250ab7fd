"""What is left of exports when their media, their index or their time are gone: nothing."""

from pathlib import Path

import pytest

from shared.domain.errors import NotFound
from shared.domain.exports.export import ExportStatus, RemovalReason
from tests.unit.services.exports.export_world import ExportWorld
from tests.unit.services.exports.test_export_work import Content
from tests.unit.services.storage import ANNA


@pytest.fixture
def world(tmp_path: Path) -> ExportWorld:
    return ExportWorld(tmp_path)


def test_deleted_medium_takes_the_files_that_hold_it(world: ExportWorld) -> None:
    film, other = world.film(), world.film()
    world.run(film)
    other_run = world.run(other)
    both, alone = world.create_of_index(), world.create(other_run)
    world.do_work()
    assert any(place.startswith("exports/") for place in world.naming(film.media_id))
    world.delete_medium(film)
    assert world.naming(film.media_id) == {"deletions"}
    removed = world.read(both)
    assert (removed.status, removed.removal_reason) == (
        ExportStatus.COMPLETED,
        RemovalReason.CONTENT_DELETED,
    )
    assert world.read(alone).has_file
    assert world.told() == [(both.export_id, "export.ready"), (alone.export_id, "export.ready")]
    world.delete_medium(other)
    assert list(world.blobs.keys("exports/")) == []


def test_medium_that_is_deleted_during_the_work_is_left_out(world: ExportWorld) -> None:
    film, other = world.film(), world.film()
    world.run(film)
    world.run(other)
    export = world.create_of_index()
    deletions = [film]
    content = Content(before=lambda: world.delete_medium(deletions.pop()) if deletions else None)
    world.do_work(work=world.new_work(content))
    assert [{each.media_id for each in scope.snapshot} for scope in content.scopes] == [
        {film.media_id, other.media_id},
        {other.media_id},
    ]
    done = world.read(export)
    assert (done.revision, done.has_file) == (1, True)
    assert world.told() == [(export.export_id, "export.ready")]
    assert world.naming(film.media_id) == {"deletions"}


def test_sqlite_of_a_run_without_media_is_an_empty_table(world: ExportWorld) -> None:
    film = world.film()
    run_id = world.run(film)
    of_run = world.create(run_id, format="sqlite")
    of_index = world.create_of_index(format="sqlite", prompt_run_ids=[run_id])
    world.delete_medium(film)
    world.do_work()
    done, failed = world.read(of_run), world.read(of_index)
    assert (done.status, done.progress.segments) == (ExportStatus.COMPLETED, 0)
    assert world.file(done).startswith(b"SQLite format 3")
    assert (failed.status, failed.error_code) == (ExportStatus.FAILED, "export_empty")


def test_deleted_index_takes_its_exports(world: ExportWorld) -> None:
    run_id = world.run(world.film())
    done, waiting = world.create(run_id), world.create_of_index()
    (request,) = [each for each in world.export_requests() if each.job_id == done.export_id]
    world.work.run(request, lambda: False)
    world.delete_index()
    for export in (done, waiting):
        with pytest.raises(NotFound):
            world.read(export)
    world.do_work()
    assert list(world.blobs.keys("exports/")) == []
    assert world.naming(done.export_id) == set()
    assert world.exports.latest(ANNA, 10) == []


def test_index_that_is_deleted_during_the_work_leaves_no_file(world: ExportWorld) -> None:
    world.run(world.film())
    export = world.create_of_index()
    world.do_work(work=world.new_work(Content(before=world.delete_index)))
    assert list(world.blobs.keys("exports/")) == []
    assert world.told() == []
    with pytest.raises(NotFound):
        world.read(export)


def test_expired_file_is_removed_and_its_export_says_so(world: ExportWorld) -> None:
    film = world.film()
    export = world.create(world.run(film))
    world.do_work()
    (due,) = world.due()
    for _ in range(2):
        assert world.expiry.handle(due)
    expired = world.read(export)
    assert (expired.removal_reason, expired.has_file) == (RemovalReason.EXPIRED, False)
    assert list(world.blobs.keys("exports/")) == []
    assert world.naming(export.export_id) == {"exports", "events"}
    assert world.due() == []
