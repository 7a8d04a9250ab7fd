"""Deletion of an index: its automations go with it, and nothing keeps its id."""

from datetime import timedelta
from pathlib import Path

import pytest

from shared.domain import keys
from shared.domain.automations.export_automation import ExportSettings
from shared.domain.connectors.connector import ConnectorScope
from shared.services.records.automation_erasure import erase_automations
from shared.services.records.documents import put
from tests.unit.services.automations.automation_world import AutomationWorld
from tests.unit.services.storage import ANNA

MINUTES = timedelta(minutes=5)
_KEPT = ("#import-jobs", "#indexes", "jobs", "#runs", "#events")


def _traces(world: AutomationWorld) -> list[str]:
    """Find the records of automations that name the index."""
    found = []
    with world.documents.records._connections.reading() as connection:  # type: ignore[attr-defined]
        rows = connection.execute("SELECT partition, sort, body FROM record").fetchall()
    for partition, sort, body in rows:
        if world.index_id in f"{partition}{sort}{body}" and not partition.endswith(_KEPT):
            found.append(f"{partition} / {sort}")
    return found


@pytest.mark.parametrize("announces", [False, True])
def test_deleted_index_leaves_no_automation(tmp_path: Path, announces: bool) -> None:
    world = AutomationWorld(tmp_path, announces=announces)
    world.save(prompt=world.new_prompt())
    exporter = world.create(scopes=[ConnectorScope.EXPORT])
    settings = ExportSettings(destination_connector_id=exporter.connector_id)
    world.exports.save(ANNA, world.index_id, settings)
    world.put("a.mp4")
    world.announce("a.mp4")
    world.run_for(2 * MINUTES)
    assert len(world.import_jobs()) == 1
    assert len(_traces(world)) >= 4
    erase_automations(world.documents, ANNA.tenant_id, world.index_id)
    assert _traces(world) == []
    erase_automations(world.documents, ANNA.tenant_id, world.index_id)


def test_deleted_automation_keeps_what_others_need(tmp_path: Path) -> None:
    world = AutomationWorld(tmp_path)
    world.save(prompt=world.new_prompt())
    exporter = world.create(scopes=[ConnectorScope.EXPORT])
    world.exports.save(ANNA, world.index_id, ExportSettings(destination_connector_id=exporter.connector_id))
    world.put("a.mp4")
    world.run_for(2 * MINUTES)
    (job,) = world.import_jobs()
    world.automations.delete(ANNA, world.index_id)
    planned = keys.automation_import(ANNA.tenant_id, world.index_id, job.job_id)
    export = keys.export_automation(ANNA.tenant_id, world.index_id)
    assert _traces(world) == sorted(
        [f"{planned.partition} / {planned.sort}", f"{export.partition} / {export.sort}"]
    )
    assert world.due() == []


def test_check_that_survives_the_deletion_removes_its_traces(tmp_path: Path) -> None:
    world = AutomationWorld(tmp_path)
    world.save()
    world.now.moment += MINUTES
    (due,) = world.due()
    world.documents.transact(lambda: world.checks._claim(due, world.connector.connector_id, None))
    erase_automations(world.documents, ANNA.tenant_id, world.index_id)
    stored = world.new_prompt()
    world.documents.write(put(keys.seen_objects(ANNA.tenant_id, world.index_id, "check", 0), stored))
    (lease,) = world.due()
    world.checks.handle(lease)
    assert (_traces(world), world.due()) == ([], [])
