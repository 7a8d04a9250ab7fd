"""Leases: records that only their current owner changes or removes.

An owner acquires a record with a conditional write. Each kind of record has its own rules for when it
is free and how long a lease lasts. This module implements the rule that all kinds share: a change or a
removal by an owner that has lost the lease has no effect.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from pydantic import BaseModel

from shared.domain.errors import VersionConflict
from shared.domain.keys import Key
from shared.ports.records import ABSENT, Delete
from shared.services.records.documents import Documents, put
from shared.services.records.transact import Decision


class LeasedRecord(BaseModel):
    """A record under a lease of ``owner``."""

    owner: str


Leased = TypeVar("Leased", bound=LeasedRecord)


@dataclass(frozen=True, slots=True)
class Lease(Generic[Leased]):
    """One owner's lease on the record under ``key``."""

    documents: Documents
    model: type[Leased]
    key: Key
    owner: str

    def change(self, change: Callable[[Leased], Leased], expires_at: datetime) -> bool:
        """Change the record unless ``change`` returns an equal one. Return whether the lease is held.

        ``change`` is called once per attempt and must not have side effects. After a version conflict in
        each of 20 attempts the lease counts as lost.
        """

        def decide() -> Decision[bool]:
            held, version = self._read()
            if held is None:
                return Decision(False)
            changed = change(held)
            if changed == held:
                return Decision(True)
            return Decision(True, [put(self.key, changed, expected_version=version, expires_at=expires_at)])

        try:
            return self.documents.transact(decide)
        except VersionConflict:
            return False

    def release(self) -> None:
        """Remove the record, unless the lease is lost."""
        held, version = self._read()
        if held is not None:
            self.documents.write_if_unchanged(Delete(self.key, version))

    def _read(self) -> tuple[Leased | None, int]:
        """Read the record and its version; None if the lease is lost."""
        record = self.documents.records.get(self.key)
        held = None if record is None else self.model.model_validate(record.body)
        if record is None or held is None or held.owner != self.owner:
            return None, ABSENT
        return held, record.version
