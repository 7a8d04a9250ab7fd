"""The in-memory queue of jobs that wait, run or are deferred, for the threads of one process."""

import heapq
import threading
import time
from collections import Counter
from collections.abc import Iterable

from shared.adapters.local.turns import Turn, TurnQueue
from shared.domain.job import Workflow


class JobQueue:
    """A queue per workflow, in which tenants and works take turns.

    A job is known from ``add`` to ``done``, while it is queued, deferred or running. Adding a known job does
    nothing. A job that yields is to run only while no other job is known.
    """

    def __init__(self, workflows: Iterable[Workflow]) -> None:
        self._changed = threading.Condition()
        self._waiting = {workflow: TurnQueue() for workflow in workflows}
        self._turns: dict[str, Turn] = {}
        self._deferred: list[tuple[float, str, Workflow]] = []
        self._known: set[str] = set()
        self._running: dict[str, Workflow] = {}
        self._yielding: set[str] = set()
        self._closed = False

    def add(self, workflow: Workflow, job_id: str, *, yields: bool = False, turn: Turn | None = None) -> None:
        """Queue a job. Without ``turn``, it is a work of its own."""
        with self._changed:
            if self._closed or job_id in self._known or workflow not in self._waiting:
                return
            self._known.add(job_id)
            if yields:
                self._yielding.add(job_id)
            self._turns[job_id] = turn or Turn(work=job_id)
            self._waiting[workflow].add(job_id, self._turns[job_id])
            self._changed.notify_all()

    def next(self, workflow: Workflow) -> str | None:
        """Wait for a job of ``workflow``; None once the queue is closed."""
        queue = self._waiting[workflow]
        with self._changed:
            while not self._closed and not queue:
                self._changed.wait()
            if self._closed:
                return None
            job_id = queue.pop()
            self._running[job_id] = workflow
            return job_id

    def defer(self, workflow: Workflow, job_id: str, seconds: float) -> None:
        """Defer a running job: queue it again after ``seconds``. Without any, it is queued at once,
        behind the works of others."""
        with self._changed:
            self._running.pop(job_id, None)
            if seconds <= 0:
                self._waiting[workflow].put_back(job_id, self._turns[job_id])
                self._changed.notify_all()
                return
            heapq.heappush(self._deferred, (time.monotonic() + seconds, job_id, workflow))
            self._changed.notify_all()

    def done(self, job_id: str) -> None:
        with self._changed:
            self._running.pop(job_id, None)
            self._known.discard(job_id)
            self._yielding.discard(job_id)
            self._turns.pop(job_id, None)
            self._changed.notify_all()

    def counts(self) -> dict[tuple[str, str], int]:
        """Return the number of jobs by workflow and state: ``waiting``, ``deferred`` or ``running``."""
        with self._changed:
            deferred = Counter(workflow for _, _, workflow in self._deferred)
            running = Counter(self._running.values())
            states = {"deferred": deferred, "running": running}
            states["waiting"] = Counter({workflow: len(jobs) for workflow, jobs in self._waiting.items()})
            return {
                (workflow.value, state): found[workflow]
                for workflow in self._waiting
                for state, found in states.items()
            }

    def must_yield(self, job_id: str) -> bool:
        """Return whether a job yields and a job that does not yield is known."""
        with self._changed:
            return job_id in self._yielding and len(self._known) > len(self._yielding)

    def wait_for_due(self, seconds: float) -> bool:
        """Queue deferred jobs when they are due, for ``seconds``. False once the queue is closed."""
        end = time.monotonic() + seconds
        with self._changed:
            while not self._closed:
                now = time.monotonic()
                self._queue_due(now)
                if now >= end:
                    return True
                due = self._deferred[0][0] if self._deferred else end
                self._changed.wait(min(due, end) - now)
            return False

    def wait_until_idle(self, seconds: float) -> bool:
        """Wait until no job is known. False after ``seconds``."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._known, seconds)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    @property
    def closed(self) -> bool:
        return self._closed

    def _queue_due(self, now: float) -> None:
        while self._deferred and self._deferred[0][0] <= now:
            _, job_id, workflow = heapq.heappop(self._deferred)
            self._waiting[workflow].add(job_id, self._turns[job_id])
            self._changed.notify_all()
