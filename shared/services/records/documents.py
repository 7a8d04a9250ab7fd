"""Typed records: entities in, entities out, with optimistic updates and pages."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from pydantic import BaseModel

from shared.domain.keys import Key
from shared.ports.records import ABSENT, Put, Record, Records, VersionConflict, Write

Entity = TypeVar("Entity", bound=BaseModel)
Item = TypeVar("Item")

_UPDATE_ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """``next_after`` continues the walk; None at the end."""

    items: list[Item]
    next_after: str | None


def put(
    key: Key,
    entity: BaseModel,
    *,
    expected_version: int | None = None,
    expires_at: datetime | None = None,
    sparse: bool = False,
) -> Put:
    """The write that stores ``entity`` whole. ``sparse`` leaves out what is as by default: for
    records that repeat others, and are written often."""
    body = entity.model_dump(mode="json", exclude_defaults=sparse)
    return Put(key, body, expected_version, expires_at)


class Batch:
    """What one read of several keys found; the records may be of different kinds."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._records = {record.key: record for record in records}

    def get(self, model: type[Entity], key: Key) -> Entity | None:
        record = self._records.get(key)
        return None if record is None else model.model_validate(record.body)

    def get_many(self, model: type[Entity], keys: Iterable[Key]) -> list[Entity]:
        """Those that exist, in the order of ``keys``."""
        return [entity for key in keys if (entity := self.get(model, key)) is not None]

    def version(self, key: Key) -> int:
        """As ``expected_version`` of a write that must find things as they were read."""
        record = self._records.get(key)
        return ABSENT if record is None else record.version


class Documents:
    """A typed view of ``Records``."""

    def __init__(self, records: Records) -> None:
        self.records = records

    def get(self, model: type[Entity], key: Key) -> Entity | None:
        record = self.records.get(key)
        return None if record is None else model.model_validate(record.body)

    def get_many(self, model: type[Entity], keys: Sequence[Key]) -> list[Entity]:
        return [model.model_validate(record.body) for record in self.records.get_many(keys)]

    def batch(self, keys: Iterable[Key]) -> Batch:
        """Records of any kinds in one read, or one for each 100 keys on DynamoDB."""
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
        """Entities of ``partition.partition`` whose sort key starts with ``partition.sort``."""
        found = self.records.query(
            partition.partition, prefix=partition.sort, after=after, limit=limit, descending=descending
        )
        return Page([model.model_validate(r.body) for r in found.records], found.next_after)

    def every(self, model: type[Entity], partition: Key, *, descending: bool = False) -> list[Entity]:
        """All of them, page by page: for partitions of bounded size only."""
        return list(self.each(model, partition, limit=500, descending=descending))

    def each(
        self, model: type[Entity], partition: Key, *, limit: int, descending: bool = False
    ) -> Iterator[Entity]:
        """One after another; a page of ``limit`` is read when the one before is used up."""
        after: str | None = None
        while True:
            page = self.page(model, partition, limit=limit, after=after, descending=descending)
            yield from page.items
            after = page.next_after
            if after is None:
                return

    def sort_keys(
        self, partition: Key, *, limit: int, after: str | None = None, descending: bool = False
    ) -> Page[str]:
        """The sort keys of pointer records."""
        found = self.records.query(
            partition.partition, prefix=partition.sort, after=after, limit=limit, descending=descending
        )
        return Page([r.key.sort for r in found.records], found.next_after)

    def write(self, *writes: Write) -> None:
        """All or none. Raises: VersionConflict."""
        self.records.write(*writes)

    def update(self, model: type[Entity], key: Key, change: Callable[[Entity], Entity]) -> Entity | None:
        """Read, change, write if nobody else has written; try again if somebody has.

        ``change`` may be called several times and must not have effects of its own. None when there
        is no such record.

        Raises:
            VersionConflict: too many writers for too long.
        """
        for _ in range(_UPDATE_ATTEMPTS):
            record = self.records.get(key)
            if record is None:
                return None
            before = model.model_validate(record.body)
            changed = change(before.model_copy(deep=True))
            if changed == before:
                return changed
            try:
                self.records.write(put(key, changed, expected_version=record.version))
            except VersionConflict:
                continue
            return changed
        raise VersionConflict(key)
