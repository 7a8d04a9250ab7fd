"""Which jobs wait, which run and which are put off: in memory, for threads of one process."""

import heapq
import threading
import time
from collections import deque
from collections.abc import Iterable

from shared.domain.job import Workflow


class JobQueue:
    """Each workflow has a queue of its own. A job is known from ``add`` to ``done``, and while it is
    known, adding it again does nothing: it is queued, put off or running."""

    def __init__(self, workflows: Iterable[Workflow]) -> None:
        self._changed = threading.Condition()
        self._waiting: dict[Workflow, deque[str]] = {workflow: deque() for workflow in workflows}
        self._put_off: list[tuple[float, str, Workflow]] = []
        self._known: set[str] = set()
        self._closed = False

    def add(self, workflow: Workflow, job_id: str) -> None:
        with self._changed:
            if self._closed or job_id in self._known or workflow not in self._waiting:
                return
            self._known.add(job_id)
            self._waiting[workflow].append(job_id)
            self._changed.notify_all()

    def next(self, workflow: Workflow) -> str | None:
        """Wait for a job of ``workflow``; None once the queue is closed."""
        queue = self._waiting[workflow]
        with self._changed:
            while not self._closed and not queue:
                self._changed.wait()
            return None if self._closed else queue.popleft()

    def put_off(self, workflow: Workflow, job_id: str, seconds: float) -> None:
        """Queue a running job again after ``seconds``."""
        with self._changed:
            heapq.heappush(self._put_off, (time.monotonic() + seconds, job_id, workflow))
            self._changed.notify_all()

    def done(self, job_id: str) -> None:
        with self._changed:
            self._known.discard(job_id)
            self._changed.notify_all()

    def wait_for_due(self, seconds: float) -> bool:
        """Queue what was put off as it falls due, for ``seconds``; False once the queue is closed."""
        end = time.monotonic() + seconds
        with self._changed:
            while not self._closed:
                now = time.monotonic()
                self._queue_due(now)
                if now >= end:
                    return True
                due = self._put_off[0][0] if self._put_off else end
                self._changed.wait(min(due, end) - now)
            return False

    def wait_until_idle(self, seconds: float) -> bool:
        """Whether, within ``seconds``, no job was known any more."""
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
        while self._put_off and self._put_off[0][0] <= now:
            _, job_id, workflow = heapq.heappop(self._put_off)
            self._waiting[workflow].append(job_id)
            self._changed.notify_all()
