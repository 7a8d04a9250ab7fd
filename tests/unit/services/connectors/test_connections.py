from pathlib import Path

import pytest

from shared.domain import keys
from shared.domain.connectors.connector import (
    Connector,
    ConnectorChanges,
    ConnectorScope,
    ConnectorStatus,
)
from shared.domain.errors import Conflict, NotFound
from shared.ports.stores import StoreFailed, StoreProblem
from tests.unit.services.connectors.memory_stores import RIGHT_KEY
from tests.unit.services.connectors.world import World, key_pair
from tests.unit.services.storage import ANNA


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
