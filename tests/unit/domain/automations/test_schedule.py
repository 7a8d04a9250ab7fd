"""The course of an import automation, from one state to the next."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.automations import schedule
from shared.domain.automations.debounce import DebounceInterval
from shared.domain.automations.import_automation import ANNOUNCEMENT_INTERVAL, ImportAutomation
from shared.domain.automations.outcome import AutomationAction, AutomationOutcome
from shared.domain.clock import isoformat

NOW = datetime(2026, 11, 29, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LEASE = 3 * MINUTE
OUTCOME = AutomationOutcome(
    action=AutomationAction.NOTHING, at=isoformat(NOW), first_at=isoformat(NOW), code="nothing_new"
)


def _automation(*, bucket: str | None = None, **fields: object) -> ImportAutomation:
    made = ImportAutomation(
        connector_id="con_1",
        automation_id="aut_1",
        tenant_id="acme",
        index_id="idx_1",
        user_id="anna",
        watched_bucket=bucket,
        created_at=isoformat(NOW),
        updated_at=isoformat(NOW),
    )
    return schedule.watched_anew(made, NOW).model_copy(update=fields)


@pytest.mark.parametrize(
    ("bucket", "span"), [(None, 5 * MINUTE), ("films", schedule.SAFETY_LISTING)], ids=["listing", "events"]
)
def test_new_watch_is_listed_after_its_interval(bucket: str | None, span: timedelta) -> None:
    automation = _automation(bucket=bucket)
    assert automation.due_at == automation.listing_at == isoformat(NOW + span)


def test_paused_automation_is_not_due_and_resumed_one_is() -> None:
    paused = schedule.paused(_automation())
    assert paused.due_at is None
    later = NOW + timedelta(hours=1)
    assert schedule.resumed(paused, later).due_at == isoformat(later)


def test_announcement_makes_automation_due_after_its_interval() -> None:
    announced = schedule.announced(_automation(bucket="films"), NOW)
    assert announced.due_at == isoformat(NOW + 5 * MINUTE + ANNOUNCEMENT_INTERVAL)


def test_second_announcement_of_a_second_stores_nothing() -> None:
    announced = schedule.announced(_automation(bucket="films"), NOW)
    assert schedule.announced(announced, NOW + ANNOUNCEMENT_INTERVAL / 2) is announced


def test_later_announcement_leaves_an_early_due_record() -> None:
    announced = schedule.announced(_automation(bucket="films"), NOW)
    again = schedule.announced(announced, NOW + MINUTE)
    assert again.due_at == announced.due_at
    assert again.next_check_at == isoformat(NOW + 6 * MINUTE + ANNOUNCEMENT_INTERVAL)
    assert again.announced_since == announced.announced_since


def test_disabled_automation_takes_no_announcement() -> None:
    disabled = _automation(bucket="films", enabled=False)
    assert schedule.announced(disabled, NOW) is disabled


def test_interrupted_check_keeps_its_id() -> None:
    begun = schedule.check_begun(_automation(), NOW, "first", LEASE)
    again = schedule.check_begun(begun, NOW + MINUTE, "second", LEASE)
    assert (again.check_id, again.due_at) == ("first", isoformat(NOW + MINUTE + LEASE))


def test_object_announced_during_a_check_is_left_for_the_next() -> None:
    first = schedule.announced(_automation(bucket="films"), NOW)
    begun = schedule.check_begun(first, NOW + 6 * MINUTE, "check", LEASE)
    later = schedule.announced(begun, NOW + 6 * MINUTE)
    after = schedule.import_begun(later, begun, OUTCOME, NOW + 6 * MINUTE)
    assert after.announced_at == after.announced_since == isoformat(NOW + 6 * MINUTE)
    assert after.check_id is None
    same = schedule.import_begun(begun, begun, OUTCOME, NOW + 6 * MINUTE)
    assert (same.announced_at, same.announced_since) == (None, None)


def test_late_import_of_a_former_selection_is_history_only() -> None:
    begun = schedule.check_begun(_automation(), NOW, "check", LEASE)
    replaced = schedule.watched_anew(begun, NOW)
    after = schedule.import_begun(replaced, begun, OUTCOME, NOW)
    assert after.history == [OUTCOME]
    assert (after.last_import_job_id, after.due_at) == (None, replaced.due_at)


def test_failed_check_is_tried_again_soon() -> None:
    begun = schedule.check_begun(_automation(debounce_interval=DebounceInterval.ONE_DAY), NOW, "check", LEASE)
    failed = schedule.check_failed(begun.model_copy(update={"listing_at": isoformat(NOW)}), OUTCOME, NOW)
    assert (failed.check_id, failed.due_at) == (None, isoformat(NOW + schedule.RETRY_AFTER))


def test_check_without_result_is_followed_by_next_listing() -> None:
    begun = schedule.check_begun(_automation(), NOW, "check", LEASE)
    after = schedule.nothing_found(begun, OUTCOME, NOW)
    assert (after.check_id, after.due_at) == (None, isoformat(NOW + 5 * MINUTE))


def test_ended_watch_is_not_due() -> None:
    ended = schedule.ended(schedule.check_begun(_automation(), NOW, "check", LEASE), OUTCOME, NOW)
    assert (ended.due_at, ended.history) == (None, [OUTCOME])
