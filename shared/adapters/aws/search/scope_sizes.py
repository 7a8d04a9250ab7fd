"""The number of vectors in each scope, remembered for a minute.

It only decides whether a search scores every vector or follows the graph. So it may be out of date, and two
scopes of the same hash may share it.
"""

import time
from collections.abc import Callable
from typing import Final

from shared.adapters.aws.search.queries import InScope
from shared.ports.search_index import SearchFilter

_SECONDS: Final = 60.0
_MAX_SCOPES: Final = 10_000


class ScopeSizes:
    """Safe to share between threads."""

    def __init__(self, count: Callable[[SearchFilter], InScope]) -> None:
        """``count`` counts the documents and vectors of a scope."""
        self._count = count
        self._known: dict[int, tuple[float, InScope]] = {}

    def of(self, scope: SearchFilter) -> InScope:
        name, now = hash(scope), time.monotonic()
        expiry, size = self._known.get(name, (now, InScope(0, 0, 0)))
        if expiry <= now:
            size = self._count(scope)
            if len(self._known) >= _MAX_SCOPES:
                self._known = {}
            self._known[name] = now + _SECONDS, size
        return size
