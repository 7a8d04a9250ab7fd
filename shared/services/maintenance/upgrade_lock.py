"""Upgrade lock: a leased record, for archives without a data folder to lock.

The lock expires, so that an interrupted upgrade does not block the next one for more than its lease. A
process that loses the lock stops. Steps of an upgrade are idempotent, so a short overlap of two upgrades
does no harm.
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
"""Longer than the time between two progress reports of an upgrade step, each of which may renew the lock."""

_RENEW_AFTER: Final = 0.1
"""The share of the lease after which the lock is renewed."""


class LockRecord(LeasedRecord):
    """The owner of the lock, and the times of its acquisition and expiry."""

    since: str
    until: str


class UpgradeInProgress(Conflict):
    """Another process is upgrading the archive."""


@dataclass(slots=True)
class UpgradeLock:
    """A context manager. ``owner`` is shown to a process that fails to acquire the lock.

    Entering and ``renew`` raise: UpgradeInProgress, Unavailable.
    """

    documents: Documents
    owner: str
    lease: timedelta = LEASE
    _until: datetime = field(default_factory=now)

    def __enter__(self) -> UpgradeLock:
        self._until = now() + self.lease
        holder = LockRecord(owner=self.owner, since=isoformat(now()), until=isoformat(self._until))
        key = keys.archive_upgrade()
        record = put(key, holder, expected_version=ABSENT, expires_at=self._until)
        if not self.documents.write_if_unchanged(record):
            raise self._in_progress()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lease().release()

    def renew(self) -> None:
        """Extend the lease. Callers may call it often: it writes once a tenth of the lease has passed."""
        if self._until - now() >= self.lease * (1 - _RENEW_AFTER):
            return
        until = now() + self.lease

        def extended(holder: LockRecord) -> LockRecord:
            return holder.model_copy(update={"until": isoformat(until)})

        if not self._lease().change(extended, until):
            raise self._in_progress()
        self._until = until

    def _lease(self) -> Lease[LockRecord]:
        return Lease(self.documents, LockRecord, keys.archive_upgrade(), self.owner)

    def _in_progress(self) -> UpgradeInProgress:
        found = self.documents.get(LockRecord, keys.archive_upgrade())
        if found is None:
            return UpgradeInProgress("The upgrade paused for longer than its lock lasts. Run it again.")
        return UpgradeInProgress(
            f"{found.owner} has been upgrading the archive since {found.since}. If that process has stopped, "
            f"another upgrade can start after {found.until}."
        )
