"""Batches of items, for reads and writes of several records at once."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")


def batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Split ``items`` into batches, so that an error in one batch is raised before the next one starts."""
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch
