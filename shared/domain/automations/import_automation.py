"""Import automations: an index watches a prefix of a connector's store, and imports what is new."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, Field

from shared.domain.automations.debounce import DebounceInterval
from shared.domain.automations.failed_files import FailedFiles
from shared.domain.automations.outcome import AutomationOutcome
from shared.domain.automations.preset import PromptPreset
from shared.domain.clock import isoformat
from shared.domain.connectors.file_pattern import FilePattern
from shared.domain.due import Due, DueKind

ANNOUNCEMENT_INTERVAL: Final = timedelta(seconds=1)
"""Of the announcements in this interval, only the first is stored, so that many objects at once do not
compete for one record. The debounce is longer by it, so that it never ends early."""

LONGEST_GATHERING: Final = timedelta(days=1)
"""Objects that keep coming delay an import by no more than this time, or by two intervals if they are
longer."""


class WatchedBy(StrEnum):
    """How an automation hears of objects: it lists the prefix, or the bucket announces them."""

    LISTING = "listing"
    BUCKET_EVENTS = "bucket_events"


class ImportSettings(BaseModel):
    """What the owner of an import automation chooses."""

    enabled: bool = True
    paused: bool = False
    connector_id: str
    source_prefix: str = ""
    file_pattern: str = "*"
    recursive: bool = True
    debounce_interval: DebounceInterval = DebounceInterval.FIVE_MINUTES

    @property
    def selection(self) -> tuple[object, ...]:
        """What decides which objects are imported."""
        return (self.connector_id, self.source_prefix, self.file_pattern, self.recursive)


class ImportAutomation(ImportSettings):
    """The import automation of an index.

    ``listing_at`` is when the prefix is listed next. ``announced_at`` is the newest announcement of an object
    that no import has taken yet, ``announced_since`` the oldest. ``not_before`` delays the next check, after
    one that could not be done. ``due_at`` is the time of the due record, which may be earlier than the next
    check. While a check is under way, ``check_id`` is the seed of the import that it may start.
    ``seen_id`` names the record of the objects that the last listing has seen; ``failed`` are those of them
    that failed and may be imported again.
    ``watched_bucket`` is the bucket whose events announce objects.
    """

    automation_id: str
    tenant_id: str
    index_id: str
    user_id: str
    prompt_preset: PromptPreset | None = None
    watched_bucket: str | None = None
    listing_at: str | None = None
    announced_at: str | None = None
    announced_since: str | None = None
    not_before: str | None = None
    due_at: str | None = None
    check_id: str | None = None
    seen_id: str | None = None
    failed: FailedFiles = Field(default_factory=FailedFiles)
    last_checked_at: str | None = None
    last_import_job_id: str | None = None
    history: list[AutomationOutcome] = Field(default_factory=list)
    created_at: str
    updated_at: str

    @property
    def is_watching(self) -> bool:
        return self.enabled and not self.paused

    @property
    def watched_by(self) -> WatchedBy:
        return WatchedBy.LISTING if self.watched_bucket is None else WatchedBy.BUCKET_EVENTS

    @property
    def due(self) -> Due | None:
        """The due record of the next check; None if there is none."""
        if self.due_at is None:
            return None
        return Due(
            kind=DueKind.IMPORT_AUTOMATION,
            tenant_id=self.tenant_id,
            subject=self.index_id,
            due_at=self.due_at,
        )

    @property
    def ready_at(self) -> str | None:
        """When announced objects are imported; None if none is announced."""
        if self.announced_at is None:
            return None
        span = self.debounce_interval.span
        quiet = datetime.fromisoformat(self.announced_at) + span + ANNOUNCEMENT_INTERVAL
        since = datetime.fromisoformat(self.announced_since or self.announced_at)
        return isoformat(min(quiet, since + max(LONGEST_GATHERING, 2 * span)))

    @property
    def next_check_at(self) -> str | None:
        """When the automation looks again; None if it does not."""
        times = [each for each in (self.listing_at, self.ready_at) if each is not None]
        if not self.is_watching or not times:
            return None
        return max(min(times), self.not_before or "")


def selects(settings: ImportSettings, key: str) -> bool:
    """Return whether an automation imports the object with a key."""
    rest = key.removeprefix(settings.source_prefix)
    is_below = key.startswith(settings.source_prefix) and (settings.recursive or "/" not in rest)
    return is_below and FilePattern(settings.file_pattern).matches(key)


class AutomationImport(BaseModel):
    """An import that an automation starts, and the preset that runs over what comes. The record is stored
    before the import starts, and deleted when the run has started."""

    job_id: str
    tenant_id: str
    user_id: str
    index_id: str
    automation_id: str
    preset: PromptPreset | None = None
