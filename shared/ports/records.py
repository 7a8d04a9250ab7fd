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
"""The maximum number of writes in one transaction (DynamoDB's limit)."""


@dataclass(frozen=True, slots=True)
class Record:
    """A stored document. ``version`` starts at 1 and grows by one with each write."""

    key: Key
    version: int
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Put:
    """Write a whole document. ``expected_version`` None writes unconditionally."""

    key: Key
    body: Mapping[str, Any]
    expected_version: int | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete a document. A missing document is no error, unless a version is expected."""

    key: Key
    expected_version: int | None = None


Write = Put | Delete


@dataclass(frozen=True, slots=True)
class RecordPage:
    """A page of records. ``next_after`` is the sort key to continue after, or None at the end."""

    records: Sequence[Record]
    next_after: str | None


class Records(Protocol):
    """A store of records.

    An expired record is never returned, whether or not it has been removed; conditional writes treat it as
    absent.
    """

    def get(self, key: Key) -> Record | None:
        """Return a record. Raises: Unavailable, as every method does if the store does not answer."""
        ...

    def get_many(self, keys: Sequence[Key]) -> list[Record]:
        """Return the records that exist, in the order of ``keys``."""
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
        """Return a page of records with ``prefix`` in their sort key, in its order; ``after`` is exclusive.

        During a concurrent transaction, a page may contain some of its records without the others. A reader
        that has seen one of them finds the others with ``get``.
        """
        ...

    def write(self, *writes: Write) -> None:
        """Write all or none. The writes are durable on return.

        Raises:
            VersionConflict: a record has another version than its write expects.
            RecordTooLarge: a body is over the limit.
            ValueError: more than ``MAX_WRITES``, two writes for one key, or too many bytes together.
        """
        ...
