"""Records to be copied elsewhere, all of them."""

from collections.abc import Iterator
from typing import Protocol

from shared.ports.records import Put


class RecordSource(Protocol):
    def walk(self) -> Iterator[Put]:
        """Every record that has not expired, once, as the write that makes it anew.

        Raises: Unavailable.
        """
        ...
