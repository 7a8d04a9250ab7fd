"""Leases: a record that one owner holds, and only that owner changes or removes.

Each kind of record has its own rules for when it is free and how long a lease lasts: an owner takes it
with a conditional write. From then on every kind follows the same rule, which this module holds: a
change or a removal by an owner that has lost the record has no effect.
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


class Held(BaseModel):
    """A record that ``owner`` holds."""

    owner: str


HeldRecord = TypeVar("HeldRecord", bound=Held)


@dataclass(frozen=True, slots=True)
class Lease(Generic[HeldRecord]):
    """One owner's hold on the record under ``key``."""

    documents: Documents
    model: type[HeldRecord]
    key: Key
    owner: str

    def change(self, change: Callable[[HeldRecord], HeldRecord], expires_at: datetime) -> bool:
        """Change the record unless ``change`` returns an equal one. Return whether the owner holds it.

        ``change`` is called once an attempt and has no effects of its own. An owner that loses each of
        20 attempts to other writers counts as one that has lost the record.
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
        """Remove the record, unless the owner has lost it."""
        held, version = self._read()
        if held is not None:
            self.documents.write_if_unchanged(Delete(self.key, version))

    def _read(self) -> tuple[HeldRecord | None, int]:
        """Read the record and its version; None where the owner no longer holds it."""
        record = self.documents.records.get(self.key)
        held = None if record is None else self.model.model_validate(record.body)
        if record is None or held is None or held.owner != self.owner:
            return None, ABSENT
        return held, record.version
