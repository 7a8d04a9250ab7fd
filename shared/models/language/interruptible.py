"""Interruptible waiting for work and locks that cannot be interrupted themselves."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Final, TypeVar

from shared.ports.jobs import CheckStop

T = TypeVar("T")

_POLL_SECONDS: Final = 0.25
"""Interval between two calls of ``check_stop``, in seconds."""


def run_interruptibly(work: Callable[[], T], check_stop: CheckStop) -> T:
    """Return or raise the result of ``work``, which runs on a thread of its own.

    An exception of ``check_stop`` is raised immediately; ``work`` then continues in the background.
    """
    thread = ThreadPoolExecutor(1, thread_name_prefix="interruptible")
    try:
        future = thread.submit(work)
        while not wait((future,), _POLL_SECONDS).done:
            check_stop()
        return future.result()
    finally:
        thread.shutdown(wait=False)


@contextmanager
def lock_interruptibly(lock: threading.Lock, check_stop: CheckStop) -> Iterator[None]:
    """Hold ``lock``. An exception of ``check_stop`` ends the wait for another thread's lock."""
    while not lock.acquire(timeout=_POLL_SECONDS):
        check_stop()
    try:
        check_stop()
        yield
    finally:
        lock.release()
