"""Objects that a bucket announces: many announcements, one import."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from shared.domain.automations.debounce import DebounceInterval
from shared.domain.automations.import_automation import WatchedBy
from shared.domain.imports.import_job import ImportPhase
from tests.unit.services.automations.automation_world import AutomationWorld
from tests.unit.services.storage import ANNA

pytestmark = pytest.mark.slow

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
PUNCTUAL = 5 * SECOND


@pytest.fixture
def world(tmp_path: Path) -> AutomationWorld:
    return AutomationWorld(tmp_path, announces=True)


@pytest.mark.parametrize("interval", DebounceInterval)
def test_import_starts_when_last_object_is_as_old_as_interval(
    world: AutomationWorld, interval: DebounceInterval
) -> None:
    world.save(interval)
    for number in range(10):
        world.announce(f"{number}.mp4")
        world.run_for(interval.span / 12)
    world.run_for(interval.span - interval.span / 12)
    assert world.import_jobs() == []
    world.run_for(PUNCTUAL)
    (job,) = world.import_jobs()
    world.finish(job)
    world.run_for(interval.span / 2)
    assert len(world.import_jobs()) == 1


def test_announcement_is_stored_at_once(world: AutomationWorld) -> None:
    world.save()
    world.announce("a.mp4")
    assert world.automation().announced_at is not None
    assert world.automations.get(ANNA, world.index_id).automation.next_check_at == world.due()[0].due_at


def test_repeated_announcements_of_a_moment_are_one_write(world: AutomationWorld) -> None:
    world.save()
    world.announce("a.mp4")
    stored = world.automation()
    world.announce(*(f"{number}.mp4" for number in range(20)))
    assert world.automation() == stored
    assert len(world.due()) == 1


def test_announcement_of_other_objects_has_no_effect(world: AutomationWorld) -> None:
    world.save(source_prefix="clips/", file_pattern="*.mp4", recursive=False)
    world.announce("other/a.mp4", "clips/a.txt", "clips/deep/a.mp4", "clips/")
    world.announcements.object_announced("another-bucket", "clips/a.mp4")
    assert world.automation().announced_at is None


def test_object_that_comes_during_an_import_starts_the_next(world: AutomationWorld) -> None:
    world.save()
    world.announce("a.mp4")
    world.run_for(6 * MINUTE)
    (first,) = world.import_jobs()
    world.announce("b.mp4")
    world.run_for(6 * MINUTE)
    assert world.last() == ("nothing", "import_at_work")
    world.finish(first)
    world.run_for(6 * MINUTE)
    assert len(world.import_jobs()) == 2


def test_objects_that_never_pause_are_imported_after_a_day(world: AutomationWorld) -> None:
    world.save()
    for _ in range(25 * 60 // 4):
        world.announce("a.mp4")
        world.run_for(4 * MINUTE)
    assert len(world.import_jobs()) == 1


def test_announcement_during_pause_is_imported_after_resume(world: AutomationWorld) -> None:
    world.save()
    world.automations.pause(ANNA, world.index_id)
    world.announce("a.mp4")
    assert world.due() == []
    world.run_for(10 * MINUTE)
    world.automations.resume(ANNA, world.index_id)
    world.run_for(SECOND)
    assert len(world.import_jobs()) == 1


def test_lost_announcement_is_found_by_daily_listing(world: AutomationWorld) -> None:
    world.save()
    world.put("a.mp4")
    world.run_for(timedelta(days=1))
    (job,) = world.import_jobs()
    world.finish(job, media=0, phase=ImportPhase.FAILED)
    world.run_for(timedelta(days=2))
    assert len(world.import_jobs()) == 1


def test_automation_of_another_connector_leaves_the_bucket(world: AutomationWorld) -> None:
    world.save()
    assert world.announcements.object_announced("films", "a.mp4") == 1
    other = world.create(name="Other")
    world.save(connector=other)
    assert world.announcements.object_announced("films", "a.mp4") == 1


def test_archive_that_was_moved_is_watched_as_its_new_place_can(world: AutomationWorld) -> None:
    world.save()
    world.announces = False
    world.run_for(timedelta(days=1))
    assert world.automation().watched_by is WatchedBy.LISTING
    assert world.announcements.object_announced("films", "a.mp4") == 0
    world.put("a.mp4")
    world.run_for(5 * MINUTE)
    assert len(world.import_jobs()) == 1
    world.announces = True
    world.finish(world.import_jobs()[0])
    world.run_for(5 * MINUTE)
    assert world.announcements.object_announced("films", "b.mp4") == 1


def test_due_work_is_announced_for_its_time(world: AutomationWorld) -> None:
    world.save()
    world.announce("a.mp4")
    newest = world.timer.due[-1]
    assert datetime.fromisoformat(newest.due_at) - world.now() <= 5 * MINUTE + PUNCTUAL
