"""Processes of this machine, as /proc shows them."""

import time
from collections.abc import Iterable
from pathlib import Path

from tests.waiting import HANG_TIMEOUT


def process_stat(process: int) -> list[str]:
    """Return the fields of proc_pid_stat(5) after the command's name: state, parent, ..."""
    return Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()


def alive(process: int) -> bool:
    """Whether a process runs. A zombie does not."""
    try:
        return process_stat(process)[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):  # the latter if the process ends during the read
        return False


def parent_of(process: int) -> int:
    return int(process_stat(process)[1])


def all_ended(processes: Iterable[int]) -> bool:
    """Wait for the end of all processes."""
    waiting = list(processes)
    deadline = time.monotonic() + HANG_TIMEOUT
    while any(alive(each) for each in waiting) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not any(alive(each) for each in waiting)
