"""Walks over a partition, page by page."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from shared.domain.keys import Key
from shared.ports.records import Record, Records

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a walk. ``next_after`` continues the walk; it is None at the end."""

    items: list[Item]
    next_after: str | None


ReadPage = Callable[[int, str | None], Page[Item]]
"""Read a page. The arguments are the maximum number of items and the sort key to start after, if any."""


def walk(
    records: Records, partition: Key, *, limit: int, after: str | None = None, descending: bool = False
) -> Iterator[Sequence[Record]]:
    """Walk over the records of ``partition.partition`` whose sort key starts with ``partition.sort``.

    Each page of ``limit`` records is read when the caller asks for it. A partition without records
    yields one empty page.
    """
    while True:
        page = records.query(
            partition.partition, prefix=partition.sort, after=after, limit=limit, descending=descending
        )
        yield page.records
        after = page.next_after
        if after is None:
            return


def filled_page(
    read: ReadPage[Item], keep: Callable[[Item], bool], *, limit: int, after: str | None
) -> Page[Item]:
    """Read pages until ``limit`` items pass ``keep`` or the walk ends.

    Each read asks for no more items than are missing, so that ``next_after`` follows the last item read.
    """
    kept: list[Item] = []
    while True:
        page = read(limit - len(kept), after)
        kept += [item for item in page.items if keep(item)]
        after = page.next_after
        if after is None or len(kept) >= limit:
            return Page(kept, after)
