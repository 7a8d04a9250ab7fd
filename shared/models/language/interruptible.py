"""Waiting for what cannot be interrupted, without being held by it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Final, TypeVar

from shared.ports.models import CheckStop

T = TypeVar("T")

_POLL_SECONDS: Final = 0.25
"""Seconds."""


def run_interruptibly(work: Callable[[], T], check_stop: CheckStop) -> T:
    """What ``work`` gives or raises. What ``check_stop`` raises is raised at once; ``work`` is left to
    end by itself, in a thread of its own."""
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
    """``lock``, held; raises what ``check_stop`` raises while somebody else holds it."""
    while not lock.acquire(timeout=_POLL_SECONDS):
        check_stop()
    try:
        check_stop()
        yield
    finally:
        lock.release()
