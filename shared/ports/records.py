"""Versioned JSON documents under a partition and a sort key.

Both adapters (SQLite, DynamoDB) pass ``tests/contract/test_records.py`` and keep the limits in
``shared.ports.record_limits``. The errors that they raise are in ``shared.domain.errors``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from shared.domain.keys import Key

ABSENT: Final = 0
"""As ``expected_version``: the write succeeds only if there is no such record."""

MAX_WRITES: Final = 100
"""Most writes in one transaction (DynamoDB's limit)."""


@dataclass(frozen=True, slots=True)
class Record:
    """``version`` starts at 1 and grows by one with each write."""

    key: Key
    version: int
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Put:
    """Write a whole document. ``expected_version`` None writes whatever is there."""

    key: Key
    body: Mapping[str, Any]
    expected_version: int | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove a document; removing what is not there is no error unless a version is expected."""

    key: Key
    expected_version: int | None = None


Write = Put | Delete


@dataclass(frozen=True, slots=True)
class RecordPage:
    """``next_after`` is the sort key to continue after, or None at the end."""

    records: Sequence[Record]
    next_after: str | None


class Records(Protocol):
    """An expired record is never returned, whether or not it has been removed yet; to conditional
    writes it is absent."""

    def get(self, key: Key) -> Record | None:
        """Raises: Unavailable, as every method does when the store does not answer."""
        ...

    def get_many(self, keys: Sequence[Key]) -> list[Record]:
        """The records that exist, in the order of ``keys``."""
        ...

    def query(
        self,
        partition: str,
        *,
        prefix: str = "",
        after: str | None = None,
        limit: int = 100,
        descending: bool = False,
    ) -> RecordPage:
        """Records whose sort key starts with ``prefix``, by sort key; ``after`` is exclusive.

        Beside a transaction that is being written, a page may hold some of its records already and
        others not yet; who has seen one finds the others by ``get``.
        """
        ...

    def write(self, *writes: Write) -> None:
        """All writes or none, durable on return.

        Raises:
            VersionConflict: a record has another version than its write expects.
            RecordTooLarge: a body is over the limit.
            ValueError: more than ``MAX_WRITES``, two writes for one key, or too many bytes together.
        """
        ...
