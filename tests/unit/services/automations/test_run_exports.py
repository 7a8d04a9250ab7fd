"""Export automations follow runs: one run, one export, and the last result is shown."""

from pathlib import Path

import pytest

from shared.domain import keys
from shared.domain.automations.export_automation import ExportAutomation, ExportSettings
from shared.domain.automations.outcome import AutomationAction
from shared.domain.events.event import Event
from shared.domain.events.payloads import PromptRunPayload
from shared.domain.events.types import EventType
from shared.domain.exports.export import ExportStatus
from shared.ports.records import Put
from shared.services.automations.export_automations import ExportAutomations
from shared.services.automations.run_exports import RunExports
from shared.services.records.event_log import event_write
from tests.unit.services.exports.export_world import ExportWorld
from tests.unit.services.storage import ANNA


class AutomatedWorld(ExportWorld):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.automations = ExportAutomations(self.documents, self.connections)
        self.consumer = RunExports(self.documents, self.exports)

    def save(self, *, enabled: bool = True, paused: bool = False) -> ExportAutomation:
        settings = ExportSettings(
            enabled=enabled,
            paused=paused,
            destination_connector_id=self.connector().connector_id,
            destination_subpath="daily",
        )
        return self.automations.save(ANNA, self.index_id, settings).automation

    def automation(self) -> ExportAutomation:
        return self.automations.get(ANNA, self.index_id).automation

    def end(
        self, run_id: str, event_type: EventType = EventType.PROMPT_RUN_COMPLETED, index_id: str | None = ""
    ) -> None:
        """Tell the end of a run."""
        fields = dict.fromkeys(PromptRunPayload.model_fields, 0) | {
            "run_id": run_id,
            "prompt_id": "prm_1",
            "index_id": self.index_id,
            "status": "completed",
            "error": None,
        }
        event = Event.of(
            event_type,
            PromptRunPayload.model_validate(fields),
            tenant_id=ANNA.tenant_id,
            index_id=self.index_id if index_id == "" else index_id,
            run_id=run_id,
        )
        self.documents.write(event_write(event))

    def consume(self) -> None:
        """Give every event of the tenant to the consumer, as a feed that begins anew."""
        self.consumer.consume(self.documents.every(Event, keys.event(ANNA.tenant_id)))

    @property
    def actions(self) -> list[AutomationAction]:
        return [outcome.action for outcome in self.automation().history]


@pytest.fixture
def world(tmp_path: Path) -> AutomatedWorld:
    return AutomatedWorld(tmp_path)


def test_run_that_ends_is_delivered_once(world: AutomatedWorld) -> None:
    world.save()
    run_id = world.run(world.film())
    world.end(run_id)
    world.consume()
    world.consume()
    (export,) = world.exports.latest(ANNA, 10)
    assert (export.target_id, export.user_id) == (run_id, ANNA.user_id)
    assert world.actions == [AutomationAction.EXPORT_STARTED]
    world.do_work()
    for _ in range(2):
        world.consume()
    assert world.read(export).status is ExportStatus.COMPLETED
    assert list(world.stores.buckets["films"]) == [f"out/daily/{export.file_name}"]
    assert world.actions == [AutomationAction.EXPORT_DELIVERED, AutomationAction.EXPORT_STARTED]
    assert world.automation().history[0].export_id == export.export_id


def test_failed_delivery_is_the_last_result(world: AutomatedWorld) -> None:
    world.save()
    world.stores.refused.add("write")
    world.end(world.run(world.film()), EventType.PROMPT_RUN_PARTIAL_COMPLETED)
    world.consume()
    world.do_work()
    world.consume()
    last = world.automation().history[0]
    assert (last.action, last.code) == (AutomationAction.EXPORT_FAILED, "connector_not_permitted")
    assert last.message == "The credentials may not write."


def test_connector_that_is_gone_blocks_the_export(world: AutomatedWorld) -> None:
    automation = world.save()
    world.connectors.delete(ANNA, automation.destination_connector_id)
    world.end(world.run(world.film()))
    world.consume()
    world.consume()
    assert world.exports.latest(ANNA, 10) == []
    (last,) = world.automation().history
    assert (last.action, last.code) == (AutomationAction.EXPORT_BLOCKED, "resource_connector_not_found")


@pytest.mark.parametrize("settings", [{"enabled": False}, {"paused": True}])
def test_automation_that_does_not_work_exports_nothing(
    world: AutomatedWorld, settings: dict[str, bool]
) -> None:
    world.save(**settings)
    world.end(world.run(world.film()))
    world.consume()
    assert world.exports.latest(ANNA, 10) == []


def test_failed_run_and_run_of_another_index_are_not_exported(world: AutomatedWorld) -> None:
    world.save()
    film, other = world.film(), world.film(world.new_index(name="other"))
    world.end(world.run(film), EventType.PROMPT_RUN_FAILED)
    world.end(world.run(other), index_id=other.index_id)
    world.end(world.run(other), index_id=None)
    world.consume()
    assert world.exports.latest(ANNA, 10) == []


def test_run_over_several_indexes_is_exported_for_its_media_in_the_index(world: AutomatedWorld) -> None:
    world.save()
    run_id = world.run(world.film(None))
    world.documents.write(Put(keys.index_run(ANNA.tenant_id, world.index_id, run_id), {}))
    world.end(run_id, index_id=None)
    world.consume()
    (export,) = world.exports.latest(ANNA, 10)
    assert (export.target_id, export.prompt_run_ids) == (world.index_id, [run_id])
    world.do_work()
    assert world.read(export).progress.total_media == 0
