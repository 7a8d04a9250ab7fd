"""Export automations: stored, validated, kept apart."""

from pathlib import Path

import pytest

from shared.domain.automations.export_automation import ExportAutomation, ExportSettings
from shared.domain.connectors.connector import ConnectorScope
from shared.domain.errors import Conflict, InvalidRequest, NotFound
from shared.services.automations.export_automations import ExportAutomations
from tests.unit.services.automations.automation_world import AutomationWorld
from tests.unit.services.storage import ANNA, BERT


@pytest.fixture
def world(tmp_path: Path) -> AutomationWorld:
    return AutomationWorld(tmp_path)


@pytest.fixture
def exports(world: AutomationWorld) -> ExportAutomations:
    return world.exports


def _save(world: AutomationWorld, subpath: str | None = "results/") -> ExportAutomation:
    connector = world.create(scopes=[ConnectorScope.EXPORT])
    settings = ExportSettings(destination_connector_id=connector.connector_id, destination_subpath=subpath)
    return world.exports.save(ANNA, world.index_id, settings).automation


def test_saved_automation_is_read_paused_and_replaced(
    world: AutomationWorld, exports: ExportAutomations
) -> None:
    saved = _save(world)
    assert saved.destination_subpath == "results"
    assert exports.get(ANNA, world.index_id).automation == saved
    assert exports.set_paused(ANNA, world.index_id, paused=True).automation.paused
    assert not exports.set_paused(ANNA, world.index_id, paused=False).automation.paused
    assert _save(world, None).automation_id == saved.automation_id


@pytest.mark.parametrize("subpath", ["/results", "a/../b", "a\\b", "x" * 600])
def test_invalid_subpath_is_refused_by_field(world: AutomationWorld, subpath: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        _save(world, subpath)
    assert refused.value.field == "destination_subpath"


def test_connector_without_export_scope_is_refused(
    world: AutomationWorld, exports: ExportAutomations
) -> None:
    settings = ExportSettings(destination_connector_id=world.connector.connector_id)
    with pytest.raises(Conflict) as refused:
        exports.save(ANNA, world.index_id, settings)
    assert refused.value.code == "connector_scope_missing"


def test_deleted_connector_is_told(world: AutomationWorld, exports: ExportAutomations) -> None:
    saved = _save(world)
    world.connectors.delete(ANNA, saved.destination_connector_id)
    obstacle = exports.get(ANNA, world.index_id).obstacle
    assert obstacle is not None
    assert obstacle.code == "connector_deleted"


def test_automation_of_another_tenant_is_not_found(
    world: AutomationWorld, exports: ExportAutomations
) -> None:
    _save(world)
    with pytest.raises(NotFound):
        exports.get(BERT, world.index_id)
    with pytest.raises(NotFound):
        exports.set_paused(BERT, world.index_id, paused=True)
