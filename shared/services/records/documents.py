"""Typed access to records: entities instead of JSON bodies, optimistic transactions, page walks."""

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

FurtherWrites = Callable[[Entity, Entity], Sequence[Write]]
"""Builds further writes of a transaction from an entity before and after its change."""

_PAGE_SIZE_OF_EVERY = 500


def put(
    key: Key,
    entity: BaseModel,
    *,
    expected_version: int | None = None,
    expires_at: datetime | None = None,
    sparse: bool = False,
) -> Put:
    """Build the write that replaces a record by ``entity``.

    ``sparse`` omits fields that have their default values. It suits denormalised records that are
    written often.
    """
    body = entity.model_dump(mode="json", exclude_defaults=sparse)
    return Put(key, body, expected_version, expires_at)


class Batch:
    """The result of one read of several keys, whose records may be of different kinds."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._records = {record.key: record for record in records}

    def get(self, model: type[Entity], key: Key) -> Entity | None:
        record = self._records.get(key)
        return None if record is None else model.model_validate(record.body)

    def get_many(self, model: type[Entity], keys: Iterable[Key]) -> list[Entity]:
        """Return the entities that exist, in the order of ``keys``."""
        return [entity for key in keys if (entity := self.get(model, key)) is not None]

    def version(self, key: Key) -> int:
        """Return the ``expected_version`` of a write that requires the record to be unchanged since."""
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
        """Read records of any kinds in one batch: one request for each 100 keys on DynamoDB."""
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
        """Read pages until ``limit`` entities pass ``keep`` or the partition ends."""

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
        """Walk over the entities of ``partition`` after the sort key ``after``, ``limit`` a page."""
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
        """Walk over the entities of ``partition`` one by one; ``limit`` is the size of a page."""
        for entities in self.pages(model, partition, limit=limit, after=after, descending=descending):
            yield from entities

    def every(self, model: type[Entity], partition: Key, *, descending: bool = False) -> list[Entity]:
        """Read all entities of ``partition``. Use it only for partitions of bounded size."""
        return list(self.each(model, partition, limit=_PAGE_SIZE_OF_EVERY, descending=descending))

    def record_pages(self, partition: Key, *, limit: int) -> Iterator[Sequence[Record]]:
        """Walk over the untyped records of ``partition``, ``limit`` a page."""
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
        """Walk over the sort keys of pointer records after the sort key ``after``, ``limit`` a page."""
        for records in walk(self.records, partition, limit=limit, after=after):
            yield _sort_keys(records)

    def write(self, *writes: Write) -> None:
        """Write all records or none. Raises: VersionConflict."""
        self.records.write(*writes)

    def write_if_unchanged(self, *writes: Write) -> bool:
        """Write all records or none. Return False, and write nothing, on a version conflict."""
        try:
            self.records.write(*writes)
        except VersionConflict:
            return False
        return True

    def transact(
        self,
        decide: Decide[Result],
        *,
        done_elsewhere: Callable[[], Result | None] | None = None,
        contended: Decide[Result] | None = None,
    ) -> Result:
        """Write what ``decide`` returns; see ``transact`` of ``shared.services.records.transact``.

        ``contended`` decides instead, on fewer records, once each of 20 attempts failed with a conflict.

        Raises:
            VersionConflict: each of 20 attempts failed with one.
        """
        try:
            return transact(self.records, decide, done_elsewhere=done_elsewhere, sleep=self._sleep)
        except VersionConflict:
            if contended is None:
                raise
        return transact(self.records, contended, sleep=self._sleep)

    def update(
        self,
        model: type[Entity],
        key: Key,
        change: Callable[[Entity], Entity],
        *,
        expires_at: datetime | None = None,
        further: FurtherWrites[Entity] | None = None,
    ) -> Entity | None:
        """Read an entity, change it, and write it unless ``change`` returns an equal one.

        The same transaction writes what ``further`` builds from the entity before and after the change, such
        as an event. Both are called at most once per attempt and must not have side effects. Return None if
        the record does not exist.

        Raises:
            VersionConflict: each of 20 attempts failed with one.
        """

        def decide() -> Decision[Entity | None]:
            record = self.records.get(key)
            if record is None:
                return Decision(None)
            before = model.model_validate(record.body)
            changed = change(before.model_copy(deep=True))
            if changed == before:
                return Decision(changed)
            write = put(key, changed, expected_version=record.version, expires_at=expires_at)
            return Decision(changed, [write, *(further(before, changed) if further else ())])

        return self.transact(decide)

    def update_unless_contended(
        self,
        model: type[Entity],
        key: Key,
        change: Callable[[Entity], Entity],
        *,
        further: FurtherWrites[Entity] | None = None,
    ) -> None:
        """Call ``update`` and ignore a final VersionConflict. It suits values that the competing writers
        bring up to date as well."""
        with suppress(VersionConflict):
            self.update(model, key, change, further=further)


def _entities(model: type[Entity], records: Iterable[Record]) -> list[Entity]:
    return [model.model_validate(record.body) for record in records]


def _sort_keys(records: Iterable[Record]) -> list[str]:
    return [record.key.sort for record in records]
