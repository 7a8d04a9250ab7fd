"""Places of the workers that take jobs from the queue: they limit how many run at once, and tell which do."""

from datetime import timedelta
from math import ceil
from typing import Final

from shared.domain import keys
from shared.domain.clock import isoformat, now
from shared.ports.records import ABSENT
from shared.services.records.documents import Documents, put
from shared.services.records.lease import Lease, LeasedRecord
from shared.services.records.transact import Decision

START_TIME: Final = timedelta(hours=1)
"""Time in which a worker that is started must begin: a machine may not be free at once."""

HOLD_TIME: Final = timedelta(minutes=5)
"""Time after which a worker that does not renew its place is presumed dead."""


class WorkerPlace(LeasedRecord):
    """A place. ``owner`` is the worker that is started for it or runs in it."""

    number: int
    free_at: str

    @property
    def is_free(self) -> bool:
        return self.free_at <= isoformat(now())


class WorkerPlaces:
    """Reserves places for workers that are started."""

    def __init__(self, documents: Documents, count: int) -> None:
        self._documents = documents
        self._count = count

    def reserve(self, owner: str, waiting: int, batches_per_worker: int) -> list[int]:
        """Reserve places for as many new workers as ``waiting`` jobs need, and return their numbers.

        One is needed if none runs. A job that waits while workers run needs another one: they may be busy
        for hours. A second call of the same owner returns the places of the first. Several
        owners that reserve at the same time never get the same place.
        """

        def decide() -> Decision[list[int]]:
            read = self._documents.batch([keys.import_worker(number) for number in range(self._count)])
            places = [read.get(WorkerPlace, keys.import_worker(number)) for number in range(self._count)]
            own = [place.number for place in places if place and place.owner == owner]
            if own:
                return Decision(own)
            free = [number for number, place in enumerate(places) if place is None or place.is_free]
            at_least = 1 if len(free) == self._count else 0
            taken = free[: max(at_least, ceil(waiting / batches_per_worker))]
            writes = [
                put(
                    keys.import_worker(number),
                    _place(number, owner, START_TIME),
                    expected_version=read.version(keys.import_worker(number)),
                    expires_at=now() + 2 * START_TIME,
                )
                for number in taken
            ]
            return Decision(taken, writes)

        return self._documents.transact(decide)

    def place(self, number: int, owner: str) -> "HeldPlace":
        return HeldPlace(self._documents, number, owner)


class HeldPlace:
    """The place of one worker."""

    def __init__(self, documents: Documents, number: int, owner: str) -> None:
        self._documents = documents
        self._number = number
        self._owner = owner
        self._lease = Lease(documents, WorkerPlace, keys.import_worker(number), owner)

    def renew(self) -> bool:
        """Keep the place. Return False if another worker has it. Raises: Unavailable."""
        place = _place(self._number, self._owner, HOLD_TIME)
        return self._lease.change(lambda _: place, now() + START_TIME)

    def release(self) -> None:
        """Give the place up. Raises: Unavailable."""
        self._lease.release()

    def take_again(self) -> bool:
        """Take the place after ``release``. Return False if another worker has it. Raises: Unavailable."""
        place = _place(self._number, self._owner, HOLD_TIME)
        return self._documents.write_if_unchanged(
            put(
                keys.import_worker(self._number),
                place,
                expected_version=ABSENT,
                expires_at=now() + START_TIME,
            )
        )


def _place(number: int, owner: str, time: timedelta) -> WorkerPlace:
    return WorkerPlace(owner=owner, number=number, free_at=isoformat(now() + time))
