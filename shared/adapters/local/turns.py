"""A queue whose entries take turns: between tenants, and within a tenant between the works they belong to."""

from collections import OrderedDict, deque
from typing import NamedTuple


class Turn(NamedTuple):
    """Whose turn an entry is: the tenant, and the work that it is a part of, such as an import job."""

    tenant: str = ""
    work: str = ""


class TurnQueue:
    """Each pop takes the first entry of the next work of the next tenant, so that neither a tenant nor a work
    waits for all entries of another."""

    def __init__(self) -> None:
        self._tenants: OrderedDict[str, OrderedDict[str, deque[str]]] = OrderedDict()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, entry: str, turn: Turn) -> None:
        works = self._tenants.setdefault(turn.tenant, OrderedDict())
        works.setdefault(turn.work, deque()).append(entry)
        self._count += 1

    def put_back(self, entry: str, turn: Turn) -> None:
        """Add an entry that has had a turn: it is the next of its work, whose turn comes after all others."""
        works = self._tenants.setdefault(turn.tenant, OrderedDict())
        works.setdefault(turn.work, deque()).appendleft(entry)
        works.move_to_end(turn.work)
        self._tenants.move_to_end(turn.tenant)
        self._count += 1

    def pop(self) -> str:
        """Remove and return the next entry. Raises: KeyError: the queue is empty."""
        tenant, works = self._tenants.popitem(last=False)
        work, entries = works.popitem(last=False)
        entry = entries.popleft()
        if entries:
            works[work] = entries
        if works:
            self._tenants[tenant] = works
        self._count -= 1
        return entry
