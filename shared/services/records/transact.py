"""Optimistic transactions: read, decide, write if nothing has changed since, retry with backoff."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from shared.domain.errors import VersionConflict
from shared.ports.records import Records, Write

Result = TypeVar("Result")

ATTEMPTS: Final = 20
_FIRST_PAUSE_SECONDS: Final = 0.005
_LONGEST_PAUSE_SECONDS: Final = 0.1

Sleep = Callable[[float], object]


@dataclass(frozen=True, slots=True)
class Decision(Generic[Result]):
    """The writes of a transaction, and the result that ``transact`` returns after them.

    A write is conditional through its ``expected_version``. Without writes, ``transact`` returns
    ``result`` at once.
    """

    result: Result
    writes: Sequence[Write] = ()


Decide = Callable[[], Decision[Result]]
"""Read records and decide what to write. It is called once per attempt, reads the records again each
time, and must not have side effects. It may raise VersionConflict if its reads contradict each other."""


def transact(
    records: Records,
    decide: Decide[Result],
    *,
    done_elsewhere: Callable[[], Result | None] | None = None,
    sleep: Sleep = time.sleep,
) -> Result:
    """Write what ``decide`` returns, all or none, and return its result.

    A version conflict starts the next attempt. ``done_elsewhere`` is called before each retry: a result
    means that another process has done the same work, and ends the transaction. The first retry
    follows at once; later retries follow after random pauses of at most 0.1 s, about 0.7 s in total.

    Raises:
        VersionConflict: each of the 20 attempts failed with one. It names the key of the last.
    """
    for retry in range(1, ATTEMPTS):
        try:
            return _attempt(records, decide)
        except VersionConflict:
            result = done_elsewhere() if done_elsewhere else None
        if result is not None:
            return result
        _pause_before(retry, sleep)
    return _attempt(records, decide)


def _attempt(records: Records, decide: Decide[Result]) -> Result:
    decision = decide()
    if decision.writes:
        records.write(*decision.writes)
    return decision.result


def _pause_before(retry: int, sleep: Sleep) -> None:
    """Wait before the ``retry``-th retry, counted from 1, with exponential backoff and "full jitter".

    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """
    if retry == 1:
        return
    ceiling = min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2 ** (retry - 2))
    sleep(random.uniform(0, ceiling))  # noqa: S311 - jitter spreads load and needs no secure source
