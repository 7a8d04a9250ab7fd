"""What an automation did, or why it did nothing."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict

MAX_HISTORY: Final = 20
"""Outcomes that an automation keeps. The same reason for doing nothing, again and again, is one of them."""


class AutomationAction(StrEnum):
    IMPORT_STARTED = "import_started"
    RUN_STARTED = "run_started"
    RUN_BLOCKED = "run_blocked"
    EXPORT_STARTED = "export_started"
    EXPORT_BLOCKED = "export_blocked"
    EXPORT_DELIVERED = "export_delivered"
    EXPORT_FAILED = "export_failed"
    NOTHING = "nothing"


class AutomationOutcome(BaseModel):
    """One result. ``code`` and ``message`` say why the automation did nothing, or no run.

    ``times`` counts equal results that followed each other, from ``first_at`` to ``at``.
    """

    model_config = ConfigDict(frozen=True)

    action: AutomationAction
    at: str
    first_at: str
    times: int = 1
    code: str | None = None
    message: str | None = None
    import_job_id: str | None = None
    run_id: str | None = None
    export_id: str | None = None

    def tells_same_as(self, other: "AutomationOutcome") -> bool:
        """Return whether both tell of one action on one subject."""
        same = ("action", "code", "import_job_id", "run_id", "export_id")
        return all(getattr(self, name) == getattr(other, name) for name in same)

    def is_repeated_by(self, later: "AutomationOutcome") -> bool:
        """Return whether a later result tells nothing new."""
        same = ("action", "code", "message", "import_job_id", "run_id", "export_id")
        return all(getattr(self, name) == getattr(later, name) for name in same)


def with_outcome(history: Sequence[AutomationOutcome], outcome: AutomationOutcome) -> list[AutomationOutcome]:
    """Return the history, newest first, with a further result."""
    if history and history[0].is_repeated_by(outcome):
        newest = history[0]
        merged = newest.model_copy(update={"at": outcome.at, "times": newest.times + 1})
        return [merged, *history[1:]]
    return [outcome, *history][:MAX_HISTORY]
