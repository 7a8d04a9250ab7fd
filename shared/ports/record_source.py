"""Iteration over all records, to copy them."""

from collections.abc import Iterator
from typing import Protocol

from shared.ports.records import Put


class RecordSource(Protocol):
    def walk(self) -> Iterator[Put]:
        """Yield every record that has not expired once, as the write that recreates it.

        Raises: Unavailable.
        """
        ...
