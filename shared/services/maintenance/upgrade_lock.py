"""One upgrade of an archive at a time, where no folder can be locked: a record that one process holds.

It ends by itself, so that an upgrade that was cut off is in nobody's way for long. Who loses it while at work
stops; as an upgrade may be cut off anywhere, two that met for a moment do no harm.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel

from shared.domain import keys
from shared.domain.clock import isoformat, now
from shared.domain.errors import Conflict, VersionConflict
from shared.ports.records import ABSENT, Delete
from shared.services.records.documents import Documents, put

if TYPE_CHECKING:
    from datetime import datetime
    from types import TracebackType

LEASE: Final = timedelta(minutes=10)
"""Longer than any one step of an upgrade, which writes the records of one medium at most."""

_RENEWED_AFTER: Final = 0.1
"""Of the lease."""


class Holder(BaseModel):
    owner: str
    since: str
    until: str


class UpgradeUnderWay(Conflict):
    """Another process upgrades the archive."""


@dataclass(slots=True)
class UpgradeLock:
    """A context manager. ``owner`` is how the one who finds it taken will know who has it.

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
            with suppress(VersionConflict):  # it is another's by now
                self.documents.write(Delete(keys.archive_upgrade(), expected_version=self._version))

    def renew(self) -> None:
        """Writes only now and then: to be called as often as anything is done."""
        if self._has_run_out():  # versions begin anew with the next holder: ours would fit theirs
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
