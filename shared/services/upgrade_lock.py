"""The upgrade lock: a record that one process holds, where there is no folder to lock.

The lock expires by itself, so that an interrupted upgrade does not block the next one for long. A
process that loses the lock stops. Steps of an upgrade are idempotent, so two that overlap for a moment
do no harm.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel

from shared.domain import keys
from shared.domain.clock import isoformat, now
from shared.domain.errors import Conflict
from shared.ports.records import ABSENT, Delete, VersionConflict
from shared.services.documents import Documents, put

if TYPE_CHECKING:
    from datetime import datetime
    from types import TracebackType

LEASE: Final = timedelta(minutes=10)
"""Longer than the time between two reports of an upgrade step, each of which may renew the lock."""

_RENEWED_AFTER: Final = 0.1
"""A share of the lease."""


class Holder(BaseModel):
    owner: str
    since: str
    until: str


class UpgradeUnderWay(Conflict):
    """Another process upgrades the archive."""


@dataclass(slots=True)
class UpgradeLock:
    """A context manager. ``owner`` is shown to a process that fails to acquire the lock.

    Entering and ``renew`` raise: UpgradeUnderWay, Unavailable.
    """

    documents: Documents
    owner: str
    lease: timedelta = LEASE
    _version: int = ABSENT
    _since: str = ""
    _until: datetime = field(default_factory=now)

    def __enter__(self) -> UpgradeLock:
        self._since = isoformat(now())
        self._write(ABSENT)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._has_run_out():
            with suppress(VersionConflict):  # another process has acquired it
                self.documents.write(Delete(keys.archive_upgrade(), expected_version=self._version))

    def renew(self) -> None:
        """Extend the lease. Callers may call it often: it writes once a tenth of the lease has passed."""
        if self._has_run_out():  # the next holder's versions start again, and ours could match them
            raise self._taken()
        if self._until - now() < self.lease * (1 - _RENEWED_AFTER):
            self._write(self._version)

    def _has_run_out(self) -> bool:
        return now() >= self._until

    def _write(self, expected_version: int) -> None:
        until = now() + self.lease
        holder = Holder(owner=self.owner, since=self._since, until=isoformat(until))
        try:
            self.documents.write(
                put(keys.archive_upgrade(), holder, expected_version=expected_version, expires_at=until)
            )
        except VersionConflict as error:
            raise self._taken() from error
        self._version, self._until = expected_version + 1, until

    def _taken(self) -> UpgradeUnderWay:
        found = self.documents.get(Holder, keys.archive_upgrade())
        if found is None:
            return UpgradeUnderWay("The upgrade was held up for longer than its lock lasts: begin it again.")
        return UpgradeUnderWay(
            f"{found.owner} has been upgrading the archive since {found.since}. If it was cut off, another "
            f"may begin after {found.until}."
        )
