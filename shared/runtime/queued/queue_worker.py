"""A worker that takes jobs from a queue until none is left: batches of files, exports and clips."""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from typing import Final

from shared.adapters.aws.jobs.executions import WORKER_START_SECONDS
from shared.adapters.aws.jobs.queue import WAIT_SECONDS, JobQueue, QueuedJob
from shared.domain.errors import Unavailable
from shared.ports.jobs import Interrupted
from shared.runtime.queued.jobs import QueuedJobs
from shared.services.imports.batches.worker_places import HeldPlace

HOLD_SECONDS: Final = 90
"""A job is held for this time, and the hold is renewed while the worker lives."""

_HIDE_SECONDS: Final = 150
"""Longer than the hold: when SQS delivers the message of a dead worker, its job is free."""

_RENEW_SECONDS: Final = 25.0
_LAST_LOOKS: Final = 2 * WORKER_START_SECONDS // WAIT_SECONDS
"""Looks at the queue after the place is given up. A job that was sent before is found, and one that is sent
later starts another worker, because the starts are counted in intervals of half that time."""

log = logging.getLogger(__name__)


class QueueWorker:
    """Runs jobs of the queue, several at once, while it has a place."""

    def __init__(
        self, queue: JobQueue, jobs: QueuedJobs, place: HeldPlace, *, threads: int, idle_seconds: float
    ) -> None:
        self._queue = queue
        self._jobs = jobs
        self._place = place
        self._threads = threads
        self._idle_seconds = idle_seconds
        self._active: dict[Future[None], QueuedJob] = {}
        self._ended = threading.Event()

    def run(self, stopping: Callable[[], bool]) -> None:
        """Work until the queue has had no job for some time.

        Raises: Interrupted: the worker is to stop; its jobs are released. Unavailable.
        """
        if not self._place.renew():
            log.info("another worker has the place")
            return
        renewal = threading.Thread(target=self._keep_renewing, daemon=True)
        renewal.start()
        with ThreadPoolExecutor(self._threads) as pool:
            try:
                while not stopping():
                    if not self._work_until_idle(pool, stopping) or not self._was_needed_again(
                        pool, stopping
                    ):
                        break
            finally:
                wait(self._active)
                self._ended.set()
                renewal.join()
        if stopping():
            raise Interrupted  # the next attempt of this worker has the place
        self._place.release()

    def _work_until_idle(self, pool: ThreadPoolExecutor, stopping: Callable[[], bool]) -> bool:
        """Return whether the worker is idle, rather than to stop."""
        last_work = time.monotonic()
        while not stopping():
            if self._take(pool, stopping) or self._active:
                last_work = time.monotonic()
            elif time.monotonic() - last_work >= self._idle_seconds:
                return True
        return False

    def _was_needed_again(self, pool: ThreadPoolExecutor, stopping: Callable[[], bool]) -> bool:
        """Give up the place and look for jobs once more. Return whether to go on."""
        self._place.release()
        for _ in range(_LAST_LOOKS):
            if stopping():
                return False
            if self._take(pool, stopping):
                return self._place.take_again()
        return False

    def _take(self, pool: ThreadPoolExecutor, stopping: Callable[[], bool]) -> bool:
        """Begin as many jobs as threads are free. Return whether there was any."""
        self._forget_ended()
        if len(self._active) >= self._threads:
            wait(self._active, timeout=WAIT_SECONDS, return_when="FIRST_COMPLETED")
            return False
        messages = self._queue.receive(self._threads - len(self._active))
        for message in messages:
            self._active[pool.submit(self._run_job, message, stopping)] = message
        return bool(messages)

    def _forget_ended(self) -> None:
        for future in [future for future in self._active if future.done()]:
            del self._active[future]

    def _run_job(self, message: QueuedJob, stopping: Callable[[], bool]) -> None:
        """Run a job. A failure of a store leaves the message, which SQS delivers again."""
        try:
            self._queue.hide(message, _HIDE_SECONDS)
            again = self._jobs.run(message.job_id, stopping, HOLD_SECONDS)
            if again is None:
                self._queue.delete(message)
            else:
                self._queue.hide(message, again)
        except Unavailable:
            log.exception("The job %s is left in the queue.", message.job_id)

    def _keep_renewing(self) -> None:
        """Keep the place and the jobs until the worker ends, whatever fails: a second worker would run a job
        that is not held any more."""
        while not self._ended.wait(_RENEW_SECONDS):
            self._renewed(self._place.renew)
            for future, message in list(self._active.items()):
                if not future.done():
                    self._renewed(partial(self._hold, message))

    def _renewed(self, renew: Callable[[], object]) -> None:
        try:
            renew()
        except Exception:  # the next round renews it
            log.exception("The place or a job of the worker was not renewed.")

    def _hold(self, message: QueuedJob) -> None:
        self._jobs.hold(message.job_id, HOLD_SECONDS)
        self._queue.hide(message, _HIDE_SECONDS)
