"""Typed records: entities in, entities out, with optimistic transactions and walks over pages."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TypeVar

from pydantic import BaseModel

from shared.domain.errors import VersionConflict
from shared.domain.keys import Key
from shared.ports.records import ABSENT, Put, Record, Records, Write
from shared.services.records.pages import Page, filled_page, walk
from shared.services.records.transact import Decide, Decision, Sleep, transact

Entity = TypeVar("Entity", bound=BaseModel)
Result = TypeVar("Result")

_EVERY_AT_ONCE = 500


def put(
    key: Key,
    entity: BaseModel,
    *,
    expected_version: int | None = None,
    expires_at: datetime | None = None,
    sparse: bool = False,
) -> Put:
    """Build the write that stores ``entity`` whole.

    ``sparse`` leaves out fields with their default values: for records that repeat others and are
    written often.
    """
    body = entity.model_dump(mode="json", exclude_defaults=sparse)
    return Put(key, body, expected_version, expires_at)


class Batch:
    """The records that one read of several keys found. They may be of different kinds."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._records = {record.key: record for record in records}

    def get(self, model: type[Entity], key: Key) -> Entity | None:
        record = self._records.get(key)
        return None if record is None else model.model_validate(record.body)

    def get_many(self, model: type[Entity], keys: Iterable[Key]) -> list[Entity]:
        """Return the entities that exist, in the order of ``keys``."""
        return [entity for key in keys if (entity := self.get(model, key)) is not None]

    def version(self, key: Key) -> int:
        """Return the ``expected_version`` for a write that must find the record as it was read."""
        record = self._records.get(key)
        return ABSENT if record is None else record.version


class Documents:
    """A typed view of ``Records``. ``sleep`` waits between the attempts of a transaction."""

    def __init__(self, records: Records, sleep: Sleep = time.sleep) -> None:
        self.records = records
        self._sleep = sleep

    def get(self, model: type[Entity], key: Key) -> Entity | None:
        record = self.records.get(key)
        return None if record is None else model.model_validate(record.body)

    def get_many(self, model: type[Entity], keys: Sequence[Key]) -> list[Entity]:
        return [model.model_validate(record.body) for record in self.records.get_many(keys)]

    def batch(self, keys: Iterable[Key]) -> Batch:
        """Read records of any kinds at once: one request for each 100 keys on DynamoDB."""
        return Batch(self.records.get_many(list(dict.fromkeys(keys))))

    def page(
        self,
        model: type[Entity],
        partition: Key,
        *,
        limit: int,
        after: str | None = None,
        descending: bool = False,
    ) -> Page[Entity]:
        """Read one page of ``partition.partition``: entities whose sort key starts with
        ``partition.sort``."""
        found = self.records.query(
            partition.partition, prefix=partition.sort, after=after, limit=limit, descending=descending
        )
        return Page(_entities(model, found.records), found.next_after)

    def filled_page(
        self,
        model: type[Entity],
        partition: Key,
        keep: Callable[[Entity], bool],
        *,
        limit: int,
        after: str | None = None,
        descending: bool = False,
    ) -> Page[Entity]:
        """Read as ``page``, and go on until ``limit`` entities pass ``keep``, or the end is reached."""

        def read(limit: int, after: str | None) -> Page[Entity]:
            return self.page(model, partition, limit=limit, after=after, descending=descending)

        return filled_page(read, keep, limit=limit, after=after)

    def pages(
        self,
        model: type[Entity],
        partition: Key,
        *,
        limit: int,
        after: str | None = None,
        descending: bool = False,
    ) -> Iterator[list[Entity]]:
        """Walk over the entities of ``partition`` after ``after``, ``limit`` a page."""
        for records in walk(self.records, partition, limit=limit, after=after, descending=descending):
            yield _entities(model, records)

    def each(
        self,
        model: type[Entity],
        partition: Key,
        *,
        limit: int,
        after: str | None = None,
        descending: bool = False,
    ) -> Iterator[Entity]:
        """Walk as ``pages``, one entity after another."""
        for entities in self.pages(model, partition, limit=limit, after=after, descending=descending):
            yield from entities

    def every(self, model: type[Entity], partition: Key, *, descending: bool = False) -> list[Entity]:
        """Read all entities of ``partition``: for partitions of bounded size only."""
        return list(self.each(model, partition, limit=_EVERY_AT_ONCE, descending=descending))

    def record_pages(self, partition: Key, *, limit: int) -> Iterator[Sequence[Record]]:
        """Walk over the records of ``partition`` as they are stored, ``limit`` a page."""
        return walk(self.records, partition, limit=limit)

    def sort_keys(
        self, partition: Key, *, limit: int, after: str | None = None, descending: bool = False
    ) -> Page[str]:
        """Read the sort keys of one page of pointer records."""
        found = self.records.query(
            partition.partition, prefix=partition.sort, after=after, limit=limit, descending=descending
        )
        return Page(_sort_keys(found.records), found.next_after)

    def sort_key_pages(self, partition: Key, *, limit: int, after: str | None = None) -> Iterator[list[str]]:
        """Walk over the sort keys of pointer records after ``after``, ``limit`` a page."""
        for records in walk(self.records, partition, limit=limit, after=after):
            yield _sort_keys(records)

    def write(self, *writes: Write) -> None:
        """Write all or none. Raises: VersionConflict."""
        self.records.write(*writes)

    def write_if_unchanged(self, *writes: Write) -> bool:
        """Write all or none, and return whether every record had the version that its write expects."""
        try:
            self.records.write(*writes)
        except VersionConflict:
            return False
        return True

    def transact(
        self, decide: Decide[Result], *, done_elsewhere: Callable[[], Result | None] | None = None
    ) -> Result:
        """Write what ``decide`` returns; see ``transact`` of ``shared.services.records.transact``.

        Raises:
            VersionConflict: each of 20 attempts met one.
        """
        return transact(self.records, decide, done_elsewhere=done_elsewhere, sleep=self._sleep)

    def update(
        self,
        model: type[Entity],
        key: Key,
        change: Callable[[Entity], Entity],
        *,
        expires_at: datetime | None = None,
    ) -> Entity | None:
        """Read an entity, change it, and write it unless ``change`` returns an equal one.

        ``change`` is called once an attempt and must not have effects of its own. Return None where
        there is no such record.

        Raises:
            VersionConflict: each of 20 attempts met one.
        """

        def decide() -> Decision[Entity | None]:
            record = self.records.get(key)
            if record is None:
                return Decision(None)
            before = model.model_validate(record.body)
            changed = change(before.model_copy(deep=True))
            if changed == before:
                return Decision(changed)
            return Decision(
                changed, [put(key, changed, expected_version=record.version, expires_at=expires_at)]
            )

        return self.transact(decide)

    def update_unless_contended(
        self, model: type[Entity], key: Key, change: Callable[[Entity], Entity]
    ) -> None:
        """Update as ``update``, and give up silently where other writers win every attempt: for values
        that those writers bring up to date too."""
        with suppress(VersionConflict):
            self.update(model, key, change)


def _entities(model: type[Entity], records: Iterable[Record]) -> list[Entity]:
    return [model.model_validate(record.body) for record in records]


def _sort_keys(records: Iterable[Record]) -> list[str]:
    return [record.key.sort for record in records]
