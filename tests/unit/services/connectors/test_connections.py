from pathlib import Path
from threading import Semaphore, active_count

import pytest
from pydantic import SecretStr

from shared.domain import keys
from shared.domain.connectors.connector import (
    Connector,
    ConnectorChanges,
    ConnectorScope,
    ConnectorStatus,
)
from shared.domain.connectors.credentials import S3Keys
from shared.domain.errors import Conflict, NotFound
from shared.ports.stores import StoreFailed, StoreProblem
from shared.services.connectors.connections import StoreDeadline
from tests.unit.services.connectors.memory_stores import RIGHT_KEY
from tests.unit.services.connectors.world import S3, World, key_pair
from tests.unit.services.storage import ANNA
from tests.waiting import HANG_TIMEOUT


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_connector_without_scope_is_refused(world: World) -> None:
    made = world.create(scopes=["export"])
    assert world.connections.find("anna", made.connector_id, ConnectorScope.EXPORT) == made
    with pytest.raises(Conflict, match="does not have the scope import") as refused:
        world.connections.find("anna", made.connector_id, ConnectorScope.IMPORT)
    assert refused.value.code == "connector_scope_missing"
    with pytest.raises(NotFound):
        world.connections.find("bert", made.connector_id, ConnectorScope.EXPORT)


def test_disabled_connector_is_refused(world: World) -> None:
    made = world.create()
    disabled = {"status": ConnectorStatus.DISABLED}
    world.documents.update(
        Connector, keys.connector("anna", made.connector_id), lambda found: found.model_copy(update=disabled)
    )
    with pytest.raises(Conflict, match="disabled"):
        world.connections.find("anna", made.connector_id, ConnectorScope.IMPORT)


def test_store_is_closed_after_use_and_after_failure(world: World) -> None:
    made = world.create()
    with world.connections.open(made):
        assert world.stores.opened == 1
    with pytest.raises(ZeroDivisionError), world.connections.open(made):
        _ = 1 / 0
    assert world.stores.opened == 0


def test_store_opens_after_two_rotations_since_the_read(world: World) -> None:
    stale = world.create(given=key_pair("old"))
    for secret in ("older", RIGHT_KEY):
        world.connectors.update(ANNA, stale.connector_id, ConnectorChanges(), key_pair(secret))
    assert stale.secret_version not in world.versions(stale)
    with world.connections.open(stale) as store:
        assert list(store.list()) == []


def test_store_is_closed_again_until_its_use_ends(world: World) -> None:
    closed = Semaphore(0)
    store = world.stores.open(S3, S3Keys(access_key_id="AKIA", secret_access_key=SecretStr("x")))
    store.close = closed.release  # type: ignore[method-assign]  # counts the calls
    deadline = StoreDeadline(0.0)
    deadline.start(store)
    for _ in range(2):
        assert closed.acquire(timeout=HANG_TIMEOUT)
    assert deadline.has_passed
    deadline.end()


def test_extended_deadline_begins_again(world: World) -> None:
    closed = Semaphore(0)
    store = world.stores.open(S3, S3Keys(access_key_id="AKIA", secret_access_key=SecretStr("x")))
    store.close = closed.release  # type: ignore[method-assign]  # counts the calls
    deadline = StoreDeadline(0.0)
    deadline.seconds = HANG_TIMEOUT
    deadline.extend()
    deadline.start(store)
    assert not closed.acquire(timeout=0.1)
    deadline.end()


def test_store_without_deadline_is_not_watched(world: World) -> None:
    before = active_count()
    with world.connections.open(world.create()):
        assert active_count() == before


def test_missing_credentials_are_reported_in_one_sentence(world: World) -> None:
    made = world.create()
    world.secrets.delete("anna", made.secret_name)
    with (
        pytest.raises(StoreFailed, match="credentials of the connector are missing") as failed,
        world.connections.open(made),
    ):
        pass
    assert failed.value.problem is StoreProblem.WRONG_CREDENTIALS


def test_connector_deleted_since_the_read_is_not_found(world: World) -> None:
    made = world.create()
    world.connectors.delete(ANNA, made.connector_id)
    with pytest.raises(NotFound), world.connections.open(made):
        pass
