"""Checks of watched prefixes in virtual time: when an import starts, and why none does."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from shared.domain import keys
from shared.domain.automations.debounce import DebounceInterval
from shared.domain.connectors.connector import ConnectorChanges, ConnectorScope, ImportMode
from shared.domain.due import Due
from shared.domain.errors import Unavailable
from shared.domain.imports.import_job import ImportFailure, ImportJob, ImportPhase
from shared.domain.media import Index
from shared.ports.stores import StoredObject
from shared.services.automations import listings
from shared.services.automations.import_checks import ImportChecks
from shared.services.connectors.browsing import BROWSE_SECONDS, STREAM_SECONDS
from shared.services.imports.imported_objects import ImportedObject, object_fingerprint, version_of
from shared.services.records.documents import put
from tests.unit.services.automations.automation_world import AutomationWorld
from tests.unit.services.connectors.memory_stores import MOMENT
from tests.unit.services.storage import ANNA

SECOND = timedelta(seconds=1)
MINUTES = 5 * timedelta(minutes=1)


@pytest.fixture
def world(tmp_path: Path) -> AutomationWorld:
    return AutomationWorld(tmp_path)


@pytest.mark.parametrize("interval", DebounceInterval)
def test_new_files_are_imported_once_after_interval(
    world: AutomationWorld, interval: DebounceInterval
) -> None:
    saved = world.save(interval, source_prefix="clips/", file_pattern="*.mp4")
    world.put("clips/a.mp4", "clips/b.mp4", "other/c.mp4", "clips/notes.txt")
    world.run_for(interval.span - SECOND)
    assert world.import_jobs() == []
    world.run_for(SECOND)
    (job,) = world.import_jobs()
    assert (job.automation_id, job.index_id) == (saved.automation_id, world.index_id)
    assert job.source is not None
    assert (job.source.source_prefix, job.source.file_pattern) == ("clips/", "*.mp4")
    assert job.source.import_mode is ImportMode.NEW_ONLY
    world.finish(job, media=2)
    world.run_for(3 * interval.span)
    assert len(world.import_jobs()) == 1
    assert world.last() == ("nothing", "nothing_new")
    assert world.automation().history[0].times == 3


def test_changed_file_is_imported_again(world: AutomationWorld) -> None:
    world.save()
    world.put("a.mp4")
    world.run_for(MINUTES)
    world.finish(world.import_jobs()[0])
    world.put("a.mp4", content=b"longer film")
    world.run_for(MINUTES)
    assert len(world.import_jobs()) == 2


def test_deleted_file_starts_no_import(world: AutomationWorld) -> None:
    world.save()
    world.put("a.mp4", "b.mp4")
    world.run_for(MINUTES)
    world.finish(world.import_jobs()[0])
    del world.stores.buckets["films"]["a.mp4"]
    world.run_for(MINUTES)
    assert len(world.import_jobs()) == 1


def test_empty_prefix_starts_no_import(world: AutomationWorld) -> None:
    world.save()
    world.run_for(MINUTES)
    assert world.import_jobs() == []
    assert world.last() == ("nothing", "nothing_new")


def test_import_at_work_delays_next_one(world: AutomationWorld) -> None:
    world.save(DebounceInterval.ONE_DAY)
    world.put("a.mp4")
    world.run_for(timedelta(days=1))
    world.put("b.mp4")
    world.run_for(timedelta(days=1))
    assert world.last() == ("nothing", "import_at_work")
    world.finish(world.import_jobs()[0])
    world.run_for(MINUTES)
    assert len(world.import_jobs()) == 2


def test_paused_automation_does_nothing_until_resumed(world: AutomationWorld) -> None:
    world.save()
    world.put("a.mp4")
    world.automations.pause(ANNA, world.index_id)
    assert world.due() == []
    world.run_for(10 * MINUTES)
    assert world.import_jobs() == []
    world.automations.resume(ANNA, world.index_id)
    world.run_for(SECOND)
    assert len(world.import_jobs()) == 1


def test_disabled_automation_has_no_due_work(world: AutomationWorld) -> None:
    world.save(enabled=False)
    assert world.due() == []


def test_deleted_connector_ends_the_watch_with_reason(world: AutomationWorld) -> None:
    world.save()
    world.connectors.delete(ANNA, world.connector.connector_id)
    view = world.automations.get(ANNA, world.index_id)
    assert view.obstacle is not None
    assert view.obstacle.code == "connector_deleted"
    world.run_for(MINUTES)
    assert world.last() == ("nothing", "connector_deleted")
    assert world.due() == []


def test_lost_scope_is_told_and_work_goes_on_once_it_is_back(world: AutomationWorld) -> None:
    world.save()
    world.put("a.mp4")
    connector_id = world.connector.connector_id
    world.connectors.update(ANNA, connector_id, ConnectorChanges(scopes=[ConnectorScope.EXPORT]))
    world.run_for(2 * MINUTES)
    assert world.last() == ("nothing", "connector_scope_missing")
    world.connectors.update(ANNA, connector_id, ConnectorChanges(scopes=[ConnectorScope.IMPORT]))
    world.run_for(MINUTES)
    assert len(world.import_jobs()) == 1


def test_refusing_store_is_told_and_asked_again(world: AutomationWorld) -> None:
    world.save(DebounceInterval.ONE_HOUR)
    world.put("a.mp4")
    world.stores.refused.add("list")
    world.run_for(timedelta(hours=1))
    assert world.last() == ("nothing", "connector_not_permitted")
    world.stores.refused.clear()
    world.run_for(MINUTES)
    assert len(world.import_jobs()) == 1


def test_index_under_deletion_ends_the_watch(world: AutomationWorld) -> None:
    world.save()
    world.put("a.mp4")
    key = keys.index(ANNA.tenant_id, world.index_id)
    index = world.documents.get(Index, key)
    assert index is not None
    index.deleting = True
    world.documents.write(put(key, index))
    world.run_for(2 * MINUTES)
    assert (world.import_jobs(), world.due()) == ([], [])


def test_outdated_due_record_has_no_effect(world: AutomationWorld) -> None:
    world.save()
    world.put("a.mp4")
    world.run_for(MINUTES)
    (due,) = world.due()
    early = due.model_copy(update={"due_at": "2020-01-01T00:00:00.000Z"})
    world.documents.write(put(early.key, early))
    assert world.checks.handle(early)
    assert world.documents.get(Due, early.key) is None
    assert world.due() == [due]


def test_check_that_was_begun_twice_starts_one_import(world: AutomationWorld) -> None:
    world.save()
    world.put("a.mp4")
    world.run_for(MINUTES - SECOND)
    (due,) = world.due()
    world.now.moment += SECOND
    world.checks.handle(due)
    world.checks.handle(due)
    assert len(world.import_jobs()) == 1


def test_files_that_are_broken_start_no_further_import(world: AutomationWorld) -> None:
    world.save()
    world.put("broken.mp4")
    world.run_for(MINUTES)
    world.fail(world.import_jobs()[0], "broken.mp4", retryable=False)
    world.run_for(3 * MINUTES)
    assert len(world.import_jobs()) == 1


def test_file_whose_store_did_not_answer_is_imported_three_times(world: AutomationWorld) -> None:
    world.save()
    world.put("a.mp4", "b.mp4")
    for imports in (1, 2, 3, 3, 3):
        world.run_for(MINUTES)
        assert len(world.import_jobs()) == imports
        world.fail(world.import_jobs()[-1], "a.mp4")
    assert world.last() == ("nothing", "nothing_new")


def test_file_that_failed_three_times_is_imported_when_it_changes(world: AutomationWorld) -> None:
    world.save()
    world.put("a.mp4")
    for _ in range(4):
        world.run_for(MINUTES)
        world.fail(world.import_jobs()[-1], "a.mp4")
    world.put("a.mp4", content=b"longer film")
    world.run_for(MINUTES)
    assert len(world.import_jobs()) == 4


def test_new_files_do_not_begin_the_tries_of_others_anew(world: AutomationWorld) -> None:
    world.save()
    world.put("a.mp4")
    for number in range(3):
        world.run_for(MINUTES)
        world.fail(world.import_jobs()[-1], "a.mp4")
        world.put(f"{number}.mp4")
    world.run_for(MINUTES)
    world.fail(world.import_jobs()[-1], "a.mp4")
    world.run_for(3 * MINUTES)
    assert len(world.import_jobs()) == 4


def test_failed_file_that_was_imported_by_hand_starts_no_import(world: AutomationWorld) -> None:
    world.save()
    world.put("a.mp4")
    world.run_for(MINUTES)
    world.fail(world.import_jobs()[0], "a.mp4")
    (seen,) = (path for path in world.stores.buckets["films"])
    fingerprint = object_fingerprint(world.connector.address, seen)
    version = version_of(StoredObject(seen, len(world.stores.buckets["films"][seen]), MOMENT))
    key = keys.imported_object(ANNA.tenant_id, world.index_id, fingerprint)
    world.documents.write(put(key, ImportedObject(version=version)))
    world.run_for(3 * MINUTES)
    assert len(world.import_jobs()) == 1
    assert not world.automation().failed.to_retry


def test_cancelled_import_is_not_tried_again(world: AutomationWorld) -> None:
    world.save()
    world.put("a.mp4")
    world.run_for(MINUTES)
    (job,) = world.import_jobs()
    world.fail(job, "a.mp4")
    world.finish(job, media=0, phase=ImportPhase.CANCELLED)
    world.run_for(3 * MINUTES)
    assert len(world.import_jobs()) == 1


def test_files_that_an_import_did_not_come_to_start_another(world: AutomationWorld) -> None:
    world.save()
    world.put("a.mp4")
    world.run_for(MINUTES)
    (job,) = world.import_jobs()
    world.finish(job, media=0, phase=ImportPhase.FAILED)
    lost = ImportFailure(code="connector_unreachable", message="", stage=ImportPhase.SCANNING, retryable=True)

    def without_listing(job: ImportJob) -> ImportJob:
        return job.model_copy(update={"listing_failure": lost})

    world.documents.update(ImportJob, keys.import_job(job.tenant_id, job.job_id), without_listing)
    world.run_for(MINUTES)
    assert len(world.import_jobs()) == 2


def test_check_that_fails_in_this_server_is_repeated_after_its_lease(world: AutomationWorld) -> None:
    def failing(*_: object, **__: object) -> ImportJob:
        raise Unavailable("The records do not answer.")

    world.save()
    world.put("a.mp4")
    world.run_for(MINUTES - SECOND)
    world.now.moment += SECOND
    checks: ImportChecks = world.checks_with(failing)
    with pytest.raises(Unavailable):
        checks.handle(world.due()[0])
    assert world.automation().history == []
    due_at = datetime.fromisoformat(world.automation().due_at or "")
    world.run_for(due_at - world.now.moment)
    assert len(world.import_jobs()) == 1


def test_check_is_not_repeated_while_its_store_may_be_listed(world: AutomationWorld) -> None:
    world.save()
    world.put("a.mp4")
    world.run_for(MINUTES - SECOND)
    world.now.moment += SECOND
    claimed: list[Due | None] = []

    def note_claim() -> None:
        claimed.append(world.automation().due)

    world.stores.on_open = note_claim
    world.checks.handle(world.due()[0])
    assert claimed[0] is not None
    lease = datetime.fromisoformat(claimed[0].due_at) - world.now.moment
    assert lease > timedelta(seconds=STREAM_SECONDS + BROWSE_SECONDS)


def test_store_of_many_files_is_listed_in_one_check(world: AutomationWorld) -> None:
    world.save()
    world.put(*(f"{number:04d}.mp4" for number in range(250)))
    world.run_for(MINUTES)
    assert len(world.import_jobs()) == 1
    assert world.stores.opened == 0


def test_prefix_with_more_files_than_an_import_may_have_says_so(
    world: AutomationWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listings, "MAX_FILES", 150)
    world.save()
    world.put(*(f"{number:04d}.mp4" for number in range(450)))
    world.run_for(MINUTES)
    assert world.last() == ("nothing", "too_many_files")
    assert (world.stores.listed_pages, world.stores.opened) == (2, 0)
    assert world.import_jobs() == []
