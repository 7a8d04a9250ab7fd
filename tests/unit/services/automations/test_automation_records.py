"""Records of automations: the due record and the pointer of a bucket follow each change."""

from pathlib import Path

import pytest

from shared.domain import keys
from shared.domain.automations.import_automation import ImportAutomation
from shared.services.automations.automation_records import AutomationRecords, change_writes
from tests.unit.services.automations.automation_world import BUCKET, AutomationWorld
from tests.unit.services.storage import ANNA


@pytest.fixture
def world(tmp_path: Path) -> AutomationWorld:
    return AutomationWorld(tmp_path, announces=True)


def _pointers(world: AutomationWorld, bucket: str) -> list[str]:
    pages = world.documents.sort_key_pages(keys.watched_bucket(bucket), limit=10)
    return [pointer for page in pages for pointer in page]


def _change(world: AutomationWorld, **changes: object) -> ImportAutomation | None:
    records = AutomationRecords(world.documents, world.timer)
    return records.change(
        ANNA.tenant_id, world.index_id, lambda automation: automation.model_copy(update=changes)
    )


def test_due_record_moves_with_the_automation(world: AutomationWorld) -> None:
    world.save()
    changed = _change(world, due_at="2030-01-01T00:00:00.000Z")
    assert changed is not None
    assert world.due() == [changed.due]
    assert world.timer.due[-1] == changed.due
    _change(world, due_at=None)
    assert world.due() == []


def test_pointer_moves_to_another_bucket(world: AutomationWorld) -> None:
    world.save()
    assert len(_pointers(world, BUCKET)) == 1
    _change(world, watched_bucket="other")
    assert (len(_pointers(world, BUCKET)), len(_pointers(world, "other"))) == (0, 1)
    _change(world, watched_bucket=None)
    assert _pointers(world, "other") == []


def test_equal_change_writes_nothing(world: AutomationWorld) -> None:
    world.save()
    _, version = world.records.find(ANNA.tenant_id, world.index_id)
    _change(world)
    assert world.records.find(ANNA.tenant_id, world.index_id)[1] == version


def test_change_of_no_automation_is_none(world: AutomationWorld) -> None:
    assert _change(world, paused=True) is None


def test_unchanged_due_record_is_not_written(world: AutomationWorld) -> None:
    saved = world.save()
    (only,) = change_writes(saved, saved.model_copy(update={"user_id": "ben"}), expected_version=1)
    assert only.key == keys.import_automation(ANNA.tenant_id, world.index_id)
