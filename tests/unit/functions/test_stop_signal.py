"""Tests of the stop signal in a process of its own, with and without a safe point."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.waiting import HANG_TIMEOUT

_PROGRAM = """
import sys, threading, time
from concurrent.futures import ThreadPoolExecutor
from functions.worker.stop_signal import StopSignal, exit_immediately
stop = StopSignal(75, grace_seconds=float(sys.argv[1]))
stop.listen()
if sys.argv[3:]:
    stop.stop_before(*map(float, sys.argv[3:]))
threads = ThreadPoolExecutor(1)
threads.submit(time.sleep, 120)  # cannot be interrupted; Python would wait for it
print("ready", flush=True)
while not (stop() and sys.argv[2] == "safe"):
    threading.Event().wait(0.05)
exit_immediately(74)
"""


@pytest.mark.parametrize(
    ("grace_seconds", "place", "code"), [(HANG_TIMEOUT, "safe", 74), (0.3, "unsafe", 75)]
)
def test_signalled_process_exits_at_safe_point_or_after_grace_period(
    grace_seconds: float, place: str, code: int
) -> None:
    with _started(grace_seconds, place) as worker:
        worker.send_signal(signal.SIGTERM)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(HANG_TIMEOUT) == code


@pytest.mark.parametrize(
    ("seconds", "margin_seconds", "place", "code"),
    [(HANG_TIMEOUT, HANG_TIMEOUT, "safe", 74), (0.6, 0.3, "unsafe", 75)],
)
def test_process_stops_before_its_attempt_is_over(
    seconds: float, margin_seconds: float, place: str, code: int
) -> None:
    with _started(HANG_TIMEOUT, place, seconds, margin_seconds) as worker:
        assert worker.wait(HANG_TIMEOUT) == code


def test_signal_after_deadline_shortens_grace_period() -> None:
    with _started(0.3, "unsafe", HANG_TIMEOUT, HANG_TIMEOUT) as worker:
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(HANG_TIMEOUT) == 75


@contextmanager
def _started(grace_seconds: float, place: str, *attempt: float) -> Iterator[subprocess.Popen[bytes]]:
    worker = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, str(grace_seconds), place, *map(str, attempt)],
        cwd=Path(__file__).parents[3],
        stdout=subprocess.PIPE,
    )
    assert worker.stdout is not None
    with worker, worker.stdout:
        assert worker.stdout.readline() == b"ready\n"
        yield worker
