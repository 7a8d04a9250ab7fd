"""A process that is killed anywhere in an export or a delivery: one file, byte for byte, and one event."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from shared.adapters.local.blobs import FolderBlobs
from shared.adapters.local.records.records import SqliteRecords
from shared.domain.connectors.connector import StoreAddress
from shared.domain.connectors.credentials import Credentials
from shared.domain.exports.content_scope import ContentScope
from shared.domain.exports.export import Export, ExportStatus
from shared.domain.exports.export_format import ExportFormat
from shared.domain.media import Media
from shared.ports.records import Write
from shared.services.exports.content.written import Written
from shared.services.exports.work import ExportWork
from tests.unit.services.connectors.memory_stores import MemoryStore, MemoryStores
from tests.unit.services.exports.export_world import ExportWorld
from tests.unit.services.exports.test_export_work import Content

pytestmark = pytest.mark.slow


class KilledError(BaseException):
    """The process ends here."""


class Killer:
    """Ends the process at a step: before it is done, or after it. A step is a write of records, of a blob or
    of an object."""

    steps_left: int | None = None
    after_last: bool = False

    def step(self, work: Callable[[], Any]) -> Any:
        if self.steps_left is None:
            return work()
        self.steps_left -= 1
        is_last = self.steps_left < 0
        result = None if is_last and not self.after_last else work()
        if is_last:
            self.steps_left = None
            raise KilledError
        return result


class KillingRecords(SqliteRecords):
    killer: Killer

    def write(self, *writes: Write) -> None:
        self.killer.step(lambda: super(KillingRecords, self).write(*writes))


class KillingBlobs(FolderBlobs):
    killer: Killer

    def write(self, key: str, content: bytes, content_type: str) -> None:
        self.killer.step(lambda: super(KillingBlobs, self).write(key, content, content_type))

    def adopt(self, key: str, path: Path, content_type: str) -> None:
        self.killer.step(lambda: super(KillingBlobs, self).adopt(key, path, content_type))

    def delete(self, key: str) -> None:
        self.killer.step(lambda: super(KillingBlobs, self).delete(key))


@dataclass
class KillingStore(MemoryStore):
    killer: Killer = field(default_factory=Killer)

    def write(self, *given: Any) -> int:
        size: int = self.killer.step(lambda: super(KillingStore, self).write(*given))
        return size


@dataclass
class KillingStores(MemoryStores):
    killer: Killer = field(default_factory=Killer)

    def open(self, address: StoreAddress, credentials: Credentials) -> KillingStore:
        self.opened += 1
        return KillingStore(self, address.container_name, credentials, killer=self.killer)


class KilledWorld(ExportWorld):
    """A world whose process ends at a step, and works on after that."""

    def __init__(self, folder: Path) -> None:
        self.killer = Killer()
        super().__init__(folder, stores=KillingStores(killer=self.killer))
        self.records.__class__ = KillingRecords
        self.blobs.__class__ = KillingBlobs
        vars(self.records)["killer"] = vars(self.blobs)["killer"] = self.killer

    def work_to_end(self, steps: int, *, after_last: bool) -> bool:
        """Run the job of the export; once the process is killed, run it again. Return whether it was."""
        self.killer.steps_left, self.killer.after_last = steps, after_last
        try:
            self.do_work()
        except KilledError:
            self.do_work()
            return True
        self.killer.steps_left = None
        return False


@pytest.fixture
def world(tmp_path: Path) -> KilledWorld:
    return KilledWorld(tmp_path)


def _exports(
    world: KilledWorld, run_id: str, *, after_last: bool, connector_id: str | None = None
) -> list[Export]:
    """Make exports whose work is killed one step later in each, until the work ends first."""
    made, was_killed = list[Export](), True
    while was_killed:
        export = world.create(run_id, destination_connector_id=connector_id)
        was_killed = world.work_to_end(len(made), after_last=after_last)
        made.append(world.read(export))
    assert len(made) >= 9
    assert {export.status for export in made} == {ExportStatus.COMPLETED}
    assert world.told() == [(export.export_id, "export.ready") for export in made]
    return made


@pytest.mark.parametrize("after_last", [False, True])
def test_killed_export_makes_one_file_and_one_event(world: KilledWorld, after_last: bool) -> None:
    film = world.film()
    exports = _exports(world, world.run(film), after_last=after_last)
    files = {world.file(each).replace(each.created_at.encode(), b"") for each in exports}
    assert len(files) == 1, "an export that was killed has other bytes"
    assert all(each.file_size_bytes == len(world.file(each)) for each in exports)
    assert len(list(world.blobs.keys("exports/"))) == 2 * len(exports)
    assert len(world.due()) == len(exports)
    world.delete_medium(film)
    assert world.naming(film.media_id) == {"deletions"}


@pytest.mark.parametrize("after_last", [False, True])
def test_killed_delivery_writes_one_object_and_one_event(world: KilledWorld, after_last: bool) -> None:
    film, connector_id = world.film(), world.connector().connector_id
    exports = _exports(world, world.run(film), after_last=after_last, connector_id=connector_id)
    objects = world.stores.buckets["films"]
    assert set(objects) == {each.object_key for each in exports}
    assert all(each.file_size_bytes == len(objects[each.object_key]) for each in exports)
    assert list(world.blobs.keys("exports/")) == []
    world.delete_medium(film)
    assert world.naming(film.media_id) == {"deletions"}


class SameSize(Content):
    """Content that names the media of its snapshot, and always has the size of whole pages, as SQLite has."""

    def write(
        self, scope: ContentScope, export_format: ExportFormat, out: BinaryIO, check_stop: Callable[[], Any]
    ) -> Written:
        self.text = " ".join(each.media_id for each in scope.snapshot).ljust(4096)
        return super().write(scope, export_format, out, check_stop)


def _is_killed_at(world: KilledWorld, step: int, work: ExportWork) -> bool:
    """Run the jobs of exports up to a step. Return whether the process was killed there."""
    world.killer.steps_left, world.killer.after_last = step, False
    try:
        world.do_work(work=work)
    except KilledError:
        return True
    world.killer.steps_left = None
    return False


def _killed_at(world: KilledWorld, step: int, work: ExportWork) -> tuple[Media, Export]:
    """Make an export whose work is killed at a step. Return it, and the medium in it."""
    film = world.film()
    export = world.create_of_index(prompt_run_ids=[world.run(film)])
    assert _is_killed_at(world, step, work)
    return film, export


def _step_with_file(world: KilledWorld, work: ExportWork) -> int:
    """Return the first step at which the file of an export is stored."""
    for step in count():
        _killed_at(world, step, work)
        if any(key.endswith("/file") for key in world.blobs.keys("exports/")):
            world.do_work(work=work)
            return step
    raise AssertionError


def test_file_of_an_earlier_snapshot_is_not_taken_for_the_present_one(world: KilledWorld) -> None:
    work, step, was_killed = world.new_work(SameSize()), 4, True  # from the snapshot's pointers on
    step_with_file = _step_with_file(world, work)
    while was_killed:
        film, export = _killed_at(world, step_with_file, work)
        world.delete_medium(film)
        was_killed = _is_killed_at(world, step, work)
        world.do_work(work=work)
        assert world.read(export).status is ExportStatus.COMPLETED
        assert film.media_id.encode() not in world.file(export), f"killed at step {step}"
        step += 1
    assert step >= 8
