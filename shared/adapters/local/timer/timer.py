"""The timer of a laptop: threads that run due work."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from typing import Final

from shared.adapters.local.timer.due_queue import DueQueue, Entry, TimerLimits
from shared.domain.clock import isoformat
from shared.domain.due import Due, DueKind
from shared.ports.timer import DueHandler
from shared.services.records.documents import Documents
from shared.services.records.due_work import due_until

_SWEEP_SECONDS: Final = 15.0
_HORIZON: Final = timedelta(seconds=60)
"""Work that is due later than this stays out of memory. It exceeds the time between two sweeps."""

_REFILL_PAUSE_SECONDS: Final = 0.2
_REFILL_PER_SHARD: Final = 1000
_SWEEP_SHARE: Final = 0.1
"""A sweep that takes long makes the next one later, so that sweeps take at most this share of the time."""

log = logging.getLogger(__name__)


class LocalTimer:
    """Implements ``shared.ports.timer.Timer``.

    Due records are the queue; memory holds those of the next minute, within ``TimerLimits``. A sweep
    reads them at the start and every 15 seconds, so work that nobody announced runs as well. Work is
    announced before ``start`` without effect: the first sweep finds it.
    """

    def __init__(
        self,
        documents: Documents,
        handlers: Mapping[DueKind, DueHandler],
        *,
        group_of: Callable[[Due], str] = lambda due: due.kind,
        limits: TimerLimits | None = None,
        clock: Callable[[], float] = time.time,
        sweep_seconds: float = _SWEEP_SECONDS,
    ) -> None:
        """``group_of`` names the group of due work: work that one slow receiver can delay.

        ``clock`` returns the seconds since the epoch, by which work is due.
        """
        self._documents = documents
        self._handlers = dict(handlers)
        self._group_of = group_of
        self._clock = clock
        self._sweep_seconds = sweep_seconds
        self._limits = limits or TimerLimits()
        self._queue = DueQueue(self._limits, clock)
        self._pool = ThreadPoolExecutor(self._limits.threads, thread_name_prefix="due-work")
        self._runs: set[Future[None]] = set()
        self._outcomes: Counter[tuple[str, str]] = Counter()
        self._outcomes_lock = threading.Lock()
        self._threads = [
            threading.Thread(target=self._dispatch, name="timer", daemon=True),
            threading.Thread(target=self._keep_sweeping, name="due-sweep", daemon=True),
        ]
        self._started = False

    def announce(self, *work: Due) -> None:
        if self._started:
            self._add(due for due in work if due.due_at <= self._horizon())

    def start(self) -> None:
        """Run all recorded due work, and all that follows."""
        self._started = True
        for thread in self._threads:
            thread.start()

    def stop(self, timeout: float) -> bool:
        """Start no more work, and wait for running work at most ``timeout`` seconds.

        Returns whether all work ended. Work that has not ended is due again after the next start.
        """
        self._queue.close()
        deadline = time.monotonic() + timeout
        if self._started:
            for thread in self._threads:
                thread.join(max(0.0, deadline - time.monotonic()))
        self._pool.shutdown(wait=False, cancel_futures=True)
        _, running = wait(list(self._runs), max(0.0, deadline - time.monotonic()))
        return not running and not any(thread.is_alive() for thread in self._threads)

    def outcomes(self) -> dict[tuple[str, str], int]:
        """Return the number of ended runs by kind and outcome: ``succeeded``, ``failed`` or ``error``."""
        with self._outcomes_lock:
            return dict(self._outcomes)

    def _count(self, due: Due, outcome: str) -> None:
        with self._outcomes_lock:
            self._outcomes[due.kind.value, outcome] += 1

    def _add(self, work: Iterable[Due]) -> None:
        for due in work:
            if due.kind in self._handlers:
                self._queue.add(due, self._group_of(due))

    def _horizon(self) -> str:
        return isoformat(self._now() + _HORIZON)

    def _dispatch(self) -> None:
        while (entry := self._queue.next()) is not None:
            try:
                run = self._pool.submit(self._run, entry)
            except RuntimeError:  # no thread could be started; the pool keeps the entry for its other threads
                log.exception("The system permits no more threads. Due work is delayed.")
                continue
            self._runs.add(run)
            run.add_done_callback(self._runs.discard)

    def _run(self, entry: Entry) -> None:
        due = entry.due
        try:
            succeeded = self._handlers[due.kind](due)
        except Exception:
            self._count(due, "error")
            pause = self._queue.failed(entry)
            log.exception("The %s %s failed. It runs again in %.0f s.", due.kind, due.subject, pause)
        else:
            self._count(due, "succeeded" if succeeded else "failed")
            self._queue.done(entry, succeeded=succeeded)

    def _keep_sweeping(self) -> None:
        """Sweep until the timer stops. A refill, which follows when memory has room again, reads less."""
        next_full = 0.0
        while not self._queue.closed:
            began = time.monotonic()
            limit = None if began >= next_full else _REFILL_PER_SHARD
            self._sweep(limit)
            ended = time.monotonic()
            if limit is None:
                next_full = ended + max(self._sweep_seconds, (ended - began) / _SWEEP_SHARE)
            self._queue.wait_for_close(min(_REFILL_PAUSE_SECONDS, self._sweep_seconds))
            self._queue.wait_for_refill(max(0.0, next_full - time.monotonic()))

    def _sweep(self, limit_per_shard: int | None) -> None:
        """Bring recorded work into memory. A failure is logged; the next sweep reads the records again."""
        try:
            horizon = self._now() + _HORIZON
            read = 0
            for due in due_until(self._documents, horizon, limit_per_shard=limit_per_shard):
                if self._queue.closed:
                    return
                self._add([due])
                read += 1
            if limit_per_shard is not None and read >= limit_per_shard:
                self._queue.expect_more()
        except Exception:
            log.exception("Due work could not be read. The next sweep reads it again.")

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)
