"""The course of an import automation: how it changes when it is saved, paused, told of objects, and checked.

Every function returns a changed copy. None of them reads a clock or a record.
"""

from datetime import datetime, timedelta
from typing import Final

from shared.domain.automations.failed_files import FailedFiles
from shared.domain.automations.import_automation import (
    ANNOUNCEMENT_INTERVAL,
    ImportAutomation,
    WatchedBy,
)
from shared.domain.automations.outcome import AutomationOutcome, with_outcome
from shared.domain.clock import isoformat

CHECK_MARGIN: Final = timedelta(minutes=1)
"""Time of a check beside its listing. A check that a process began is due again after its longest listing and
this time."""

RETRY_AFTER: Final = timedelta(minutes=5)
"""Time after which a check that could not be done is tried again: the store refused, or the last import is
still at work."""

SAFETY_LISTING: Final = timedelta(days=1)
"""Where the bucket announces objects, the prefix is also listed in this interval, for lost announcements."""


def scheduled(automation: ImportAutomation) -> ImportAutomation:
    """Return the automation with its due record at the time of its next check."""
    return automation.model_copy(update={"due_at": automation.next_check_at})


def watched_anew(automation: ImportAutomation, moment: datetime) -> ImportAutomation:
    """Return an automation that is new, or selects other objects than before. A check that is under way has
    no effect any more."""
    return scheduled(
        automation.model_copy(
            update={
                "listing_at": _next_listing(automation, moment),
                "announced_at": None,
                "announced_since": None,
                "not_before": None,
                "check_id": None,
                "seen_id": None,
                "failed": FailedFiles(),
            }
        )
    )


def paused(automation: ImportAutomation) -> ImportAutomation:
    """Return the paused automation. A check that is under way may still start its import."""
    return scheduled(automation.model_copy(update={"paused": True}))


def resumed(automation: ImportAutomation, moment: datetime) -> ImportAutomation:
    """Return the resumed automation. What became due during the pause is due now."""
    listing_at = automation.listing_at or _next_listing(automation, moment)
    changed = automation.model_copy(
        update={"paused": False, "listing_at": listing_at, "not_before": isoformat(moment)}
    )
    return scheduled(changed)


def announced(automation: ImportAutomation, moment: datetime) -> ImportAutomation:
    """Return the automation after the announcement of an object. An equal one: there is nothing to store.

    A due record that is early enough stays. When it is due, it moves to the time of the next check.
    """
    last = automation.announced_at
    if not automation.enabled or (last is not None and last > isoformat(moment - ANNOUNCEMENT_INTERVAL)):
        return automation
    changed = automation.model_copy(
        update={
            "announced_at": isoformat(moment),
            "announced_since": automation.announced_since or isoformat(moment),
        }
    )
    next_at, due_at = changed.next_check_at, automation.due_at
    if automation.check_id is not None or next_at is None or (due_at is not None and due_at <= next_at):
        return changed
    return scheduled(changed)


def check_begun(
    automation: ImportAutomation, moment: datetime, check_id: str, lease: timedelta
) -> ImportAutomation:
    """Return the automation with a check under way, which is due again after ``lease``. A check that was
    interrupted keeps its id."""
    return automation.model_copy(
        update={
            "check_id": automation.check_id or check_id,
            "due_at": isoformat(moment + lease),
        }
    )


def failures_counted(
    automation: ImportAutomation, begun: ImportAutomation, failed: FailedFiles
) -> ImportAutomation:
    """Return the automation of a check that has counted the failures of the last import. An equal one: the
    automation was saved anew since."""
    if automation.check_id != begun.check_id:
        return automation
    return automation.model_copy(update={"failed": failed})


def import_begun(
    automation: ImportAutomation, begun: ImportAutomation, outcome: AutomationOutcome, moment: datetime
) -> ImportAutomation:
    """Return the automation after a check that started an import.

    ``begun`` is its state at the start of the check: what was announced since is left for the next import. If
    the automation selects other objects by now, only the history tells of the import.
    """
    if automation.check_id != begun.check_id:
        return automation.model_copy(update={"history": with_outcome(automation.history, outcome)})
    is_same = automation.announced_at == begun.announced_at
    changed = automation.model_copy(
        update={
            "announced_at": None if is_same else automation.announced_at,
            "announced_since": None if is_same else automation.announced_at,
            "last_import_job_id": outcome.import_job_id,
        }
    )
    return _checked(changed, outcome, moment)


def nothing_found(
    automation: ImportAutomation, outcome: AutomationOutcome, moment: datetime
) -> ImportAutomation:
    """Return the automation after a check that found nothing new, and nothing to try again."""
    left = automation.model_copy(update={"failed": automation.failed.without_retries()})
    return _checked(left, outcome, moment)


def check_failed(
    automation: ImportAutomation, outcome: AutomationOutcome, moment: datetime
) -> ImportAutomation:
    """Return the automation after a check that could not be done. It is tried again soon."""
    soon = min(RETRY_AFTER, automation.debounce_interval.span)
    return _noted(automation, outcome, {"not_before": isoformat(moment + soon)})


def ended(automation: ImportAutomation, outcome: AutomationOutcome, _moment: datetime) -> ImportAutomation:
    """Return the automation after a check that no further one can follow, until it is saved again."""
    nothing: dict[str, object] = {"listing_at": None, "announced_at": None, "announced_since": None}
    return _noted(automation, outcome, nothing)


def _checked(automation: ImportAutomation, outcome: AutomationOutcome, moment: datetime) -> ImportAutomation:
    listing_at = _next_listing(automation, moment)
    return _noted(automation, outcome, {"listing_at": listing_at, "not_before": None})


def _noted(
    automation: ImportAutomation, outcome: AutomationOutcome, update: dict[str, object]
) -> ImportAutomation:
    noted: dict[str, object] = {
        "check_id": None,
        "last_checked_at": outcome.at,
        "history": with_outcome(automation.history, outcome),
    }
    return scheduled(automation.model_copy(update=update | noted))


def _next_listing(automation: ImportAutomation, moment: datetime) -> str:
    span = automation.debounce_interval.span
    if automation.watched_by is WatchedBy.BUCKET_EVENTS:
        span = max(span, SAFETY_LISTING)
    return isoformat(moment + span)
