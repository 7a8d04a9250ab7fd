"""A dropped file is refused only if the file itself breaks a rule."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from shared.domain import clock, default_index
from shared.domain.access import Caller, Scope
from shared.domain.errors import DomainError, InvalidRequest, RecordTooLarge, Unavailable, VersionConflict
from shared.domain.keys import Key
from shared.ports.dropped_files import DroppedFile
from shared.services.imports.dropped_files import DropOutcome, DroppedImports
from shared.services.library.indexes import Indexes
from tests.unit.services.storage import Storage

KEY = Key("jobs", "imp_1")


@dataclass
class Shelf:
    """A drop folder. ``refused`` holds the reasons of refusals."""

    refused: list[str] = field(default_factory=list)

    def copy(self, file: DroppedFile, destination: str) -> None: ...

    def remove(self, file: DroppedFile) -> None: ...

    def refuse(self, file: DroppedFile, reason: str) -> None:
        self.refused.append(reason)


class World:
    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.storage = Storage(folder)
        self.shelf = Shelf()
        self.file = DroppedFile(f"drop/anna/{self.storage.new_index()}/film.mp4", 1000, "1")
        self._monkeypatch = monkeypatch

    def arrive(self, failure: DomainError) -> DropOutcome:
        """Drop the file while its import fails with ``failure``."""

        def fail(*_: object, **__: object) -> None:
            raise failure

        self._monkeypatch.setattr(self.storage.imports, "accept_stored", fail)
        imports = DroppedImports(
            self.storage.documents, self.shelf, self.storage.imports, self.storage.settings
        )
        outcome, _ = imports.import_file(self.file, clock.now())
        return outcome


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(tmp_path, monkeypatch)


def test_file_that_breaks_rule_is_refused(world: World) -> None:
    assert world.arrive(InvalidRequest("title", "is too long")) is DropOutcome.REFUSED
    assert world.shelf.refused == ["validation_error"]


def test_file_for_default_index_is_refused(world: World) -> None:
    owner = Caller(tenant_id=default_index.TENANT, user_id="system", scopes=frozenset({Scope.WRITE}))
    indexes = Indexes(world.storage.documents, max_indexes=1)
    index = indexes.create(owner, "Sample", seed=default_index.seed(1))
    world.file = DroppedFile(f"drop/{owner.tenant_id}/{index.index_id}/film.mp4", 1000, "1")
    assert world.arrive(Unavailable("the import must not begin")) is DropOutcome.REFUSED
    assert world.shelf.refused == ["no_such_tenant"]


@pytest.mark.parametrize(
    "failure", [Unavailable("no store"), VersionConflict(KEY), RecordTooLarge(KEY, 500_000, 400_000)]
)
def test_file_is_not_refused_when_records_fail(world: World, failure: DomainError) -> None:
    with pytest.raises(type(failure)):
        world.arrive(failure)
    assert world.shelf.refused == []
