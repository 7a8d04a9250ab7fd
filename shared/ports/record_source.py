"""Iteration over all records, to copy them."""

from collections.abc import Iterator
from typing import Protocol

from shared.domain.keys import Key
from shared.ports.records import Put


class RecordSource(Protocol):
    def walk(self, after: Key | None = None) -> Iterator[Put]:
        """Yield every record that has not expired once, as the write that recreates it.

        The order is the store's own and does not change. ``after``: only the records that follow this key
        in that order, whether or not the record still exists.

        Raises: Unavailable.
        """
        ...
