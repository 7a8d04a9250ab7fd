"""The upgrade lock: a record that one process holds, where there is no folder to lock.

The lock expires by itself, so that an interrupted upgrade does not block the next one for long. A
process that loses the lock stops. Steps of an upgrade are idempotent, so two that overlap for a moment
do no harm.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from shared.domain import keys
from shared.domain.clock import isoformat, now
from shared.domain.errors import Conflict
from shared.ports.records import ABSENT
from shared.services.records.documents import Documents, put
from shared.services.records.lease import Lease, LeasedRecord

if TYPE_CHECKING:
    from datetime import datetime
    from types import TracebackType

LEASE: Final = timedelta(minutes=10)
"""Longer than the time between two reports of an upgrade step, each of which may renew the lock."""

_RENEWED_AFTER: Final = 0.1
"""A share of the lease."""


class Holder(LeasedRecord):
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
    _until: datetime = field(default_factory=now)

    def __enter__(self) -> UpgradeLock:
        self._until = now() + self.lease
        holder = Holder(owner=self.owner, since=isoformat(now()), until=isoformat(self._until))
        key = keys.archive_upgrade()
        record = put(key, holder, expected_version=ABSENT, expires_at=self._until)
        if not self.documents.write_if_unchanged(record):
            raise self._taken()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._held().release()

    def renew(self) -> None:
        """Extend the lease. Callers may call it often: it writes once a tenth of the lease has passed."""
        if self._until - now() >= self.lease * (1 - _RENEWED_AFTER):
            return
        until = now() + self.lease

        def extended(holder: Holder) -> Holder:
            return holder.model_copy(update={"until": isoformat(until)})

        if not self._held().change(extended, until):
            raise self._taken()
        self._until = until

    def _held(self) -> Lease[Holder]:
        return Lease(self.documents, Holder, keys.archive_upgrade(), self.owner)

    def _taken(self) -> UpgradeUnderWay:
        found = self.documents.get(Holder, keys.archive_upgrade())
        if found is None:
            return UpgradeUnderWay("The upgrade was held up for longer than its lock lasts: begin it again.")
        return UpgradeUnderWay(
            f"{found.owner} has been upgrading the archive since {found.since}. If it was cut off, another "
            f"may begin after {found.until}."
        )
