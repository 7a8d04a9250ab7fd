"""Import automations: saved, replaced, paused, resumed, validated, and kept apart."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.domain.automations.debounce import DebounceInterval
from shared.domain.automations.import_automation import ImportSettings
from shared.domain.connectors.connector import ConnectorScope
from shared.domain.errors import Conflict, InvalidRequest, NotFound
from shared.domain.prompts.prompt import PromptChanges
from shared.domain.runs.prompt_run import SegmentationType
from shared.services.automations.import_automations import ImportAutomations
from shared.services.automations.presets import GivenPreset
from shared.services.prompts.prompts import Prompts
from tests.unit.services.automations.automation_world import AutomationWorld
from tests.unit.services.storage import ANNA, BERT

MINUTES = timedelta(minutes=5)


@pytest.fixture
def world(tmp_path: Path) -> AutomationWorld:
    return AutomationWorld(tmp_path)


@pytest.fixture
def automations(world: AutomationWorld) -> ImportAutomations:
    return world.automations


def test_replacing_keeps_id_and_history(world: AutomationWorld) -> None:
    first = world.save()
    world.put("a.mp4")
    world.run_for(MINUTES)
    second = world.save(DebounceInterval.ONE_HOUR, source_prefix="clips/")
    assert (second.automation_id, second.created_at) == (first.automation_id, first.created_at)
    assert [each.action for each in second.history] == ["import_started"]
    assert len(world.due()) == 1
    world.run_for(timedelta(hours=1) - MINUTES)
    assert world.last() == ("import_started", None)


def test_new_preset_alone_does_not_delay_the_next_check(world: AutomationWorld) -> None:
    before = world.save()
    world.now.moment += timedelta(minutes=3)
    assert world.save(prompt=world.new_prompt()).next_check_at == before.next_check_at


def test_preset_inherits_options_of_prompt_and_fixed_has_length(
    world: AutomationWorld, automations: ImportAutomations
) -> None:
    prompt = world.new_prompt()
    prompts = Prompts(world.documents, lambda: pytest.fail("no prompt is written"))
    saved = {"enable_transcription": False, "video_segmentation_type": "content_aware", "mine": 1}
    prompts.update(ANNA, prompt.prompt_id, PromptChanges(execution_config=saved))
    settings = ImportSettings(connector_id=world.connector.connector_id)
    given = GivenPreset(prompt_id=prompt.prompt_id, audio_segmentation_type=SegmentationType.FIXED)
    preset = automations.save(ANNA, world.index_id, settings, given).automation.prompt_preset
    assert preset is not None
    options = preset.options
    assert options.video_segmentation_type is SegmentationType.CONTENT_AWARE
    assert (options.enable_transcription, options.audio_segment_duration) == (False, 10)


@pytest.mark.parametrize(
    ("field", "value"),
    [("source_prefix", "a//b/"), ("source_prefix", "../"), ("file_pattern", "[z-a]")],
)
def test_invalid_selection_is_refused_by_field(world: AutomationWorld, field: str, value: str) -> None:
    selection: dict[str, Any] = {field: value}
    with pytest.raises(InvalidRequest) as refused:
        world.save(**selection)
    assert refused.value.field == field


def test_unknown_prompt_connector_or_index_is_not_found(
    world: AutomationWorld, automations: ImportAutomations
) -> None:
    settings = ImportSettings(connector_id=world.connector.connector_id)
    with pytest.raises(NotFound, match="prompt"):
        automations.save(ANNA, world.index_id, settings, GivenPreset(prompt_id="prm_none"))
    with pytest.raises(NotFound, match="connector"):
        automations.save(ANNA, world.index_id, ImportSettings(connector_id="con_none"), None)
    with pytest.raises(NotFound, match="index"):
        automations.save(ANNA, "idx_none", settings, None)
    with pytest.raises(NotFound, match="automation"):
        automations.get(ANNA, world.index_id)
    with pytest.raises(NotFound, match="automation"):
        automations.pause(ANNA, world.index_id)


def test_connector_without_import_scope_is_refused(world: AutomationWorld) -> None:
    exporter = world.create(scopes=[ConnectorScope.EXPORT])
    with pytest.raises(Conflict) as refused:
        world.save(connector=exporter)
    assert refused.value.code == "connector_scope_missing"


def test_automation_of_another_tenant_is_not_found(
    world: AutomationWorld, automations: ImportAutomations
) -> None:
    world.save()
    theirs = world.new_index(BERT)
    for call in (automations.get, automations.pause, automations.resume):
        with pytest.raises(NotFound):
            call(BERT, world.index_id)
    settings = ImportSettings(connector_id=world.connector.connector_id)
    with pytest.raises(NotFound, match="connector"):
        automations.save(BERT, theirs, settings, None)


def test_resume_of_working_automation_changes_nothing(
    world: AutomationWorld, automations: ImportAutomations
) -> None:
    before = world.save()
    assert automations.resume(ANNA, world.index_id).automation == before


def test_pause_in_time_of_check_keeps_its_time(
    world: AutomationWorld, automations: ImportAutomations
) -> None:
    before = world.save(DebounceInterval.ONE_DAY)
    automations.pause(ANNA, world.index_id)
    world.now.moment += timedelta(hours=1)
    resumed = automations.resume(ANNA, world.index_id).automation
    assert resumed.next_check_at == before.next_check_at
