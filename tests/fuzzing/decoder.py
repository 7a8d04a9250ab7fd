"""The decode program, with the processor time and the memory that each file takes."""

import os
import re
import select
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tests.waiting import HANG_TIMEOUT

MOST_PROCESSOR_SECONDS: Final = 30.0
"""Processor time after which a file counts as a hang. Wall time depends on the load of the machine."""

MOST_BYTES: Final = 2**30
_POLL_SECONDS: Final = 0.25


@dataclass(frozen=True)
class Outcome:
    """``report`` is a line of the program, or says how it ended. ``bytes`` is the rise of resident memory."""

    report: str
    processor_seconds: float
    bytes: int

    @property
    def is_good(self) -> bool:
        ended_well = self.report == "completed" or self.report.startswith("refused ")
        return ended_well and self.bytes <= MOST_BYTES and self.processor_seconds <= MOST_PROCESSOR_SECONDS


class Decoder:
    """Runs the program, and starts it again after a crash or a hang. Linux only: it reads ``/proc``."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def decode(self, path: Path) -> Outcome:
        process = self._running()
        before_seconds, before_bytes = _processor_seconds(process.pid), _reset_peak(process.pid)
        assert process.stdin is not None
        process.stdin.write(f"{path}\n")
        process.stdin.flush()
        report = self._report(process, before_seconds)
        seconds = _processor_seconds(process.pid) - before_seconds
        peak = sum(_peak_bytes(pid) for pid in _family(process.pid))
        if process.poll() is not None or report.startswith("hang"):
            self._stop()
        return Outcome(report, max(0.0, seconds), max(0, peak - before_bytes))

    def _running(self) -> "subprocess.Popen[str]":
        if self._process is None:
            command = [sys.executable, "-m", "tests.fuzzing.decode_program"]
            pipe = subprocess.PIPE
            self._process = subprocess.Popen(
                command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True, start_new_session=True
            )
        return self._process

    def _report(self, process: "subprocess.Popen[str]", before_seconds: float) -> str:
        assert process.stdout is not None
        for _ in range(round(HANG_TIMEOUT / _POLL_SECONDS)):
            readable, _, _ = select.select([process.stdout], [], [], _POLL_SECONDS)
            if readable:
                line = process.stdout.readline().strip()
                return line or f"crash with status {process.wait()}"
            if _processor_seconds(process.pid) - before_seconds > MOST_PROCESSOR_SECONDS:
                return "hang: the processor time is used up"
        return "hang: no answer"

    def _stop(self) -> None:
        if self._process is None:
            return
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()
        self._process = None


def _family(pid: int) -> list[int]:
    """Return the process and its descendants that still run."""
    found = [pid]
    for parent in found:
        try:
            for task in Path(f"/proc/{parent}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
        except OSError:
            continue
    return found


def _processor_seconds(pid: int) -> float:
    """Return the processor time of the process and its descendants, ended ones included."""
    ticks = 0
    for member in _family(pid):
        try:
            fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _status_bytes(pid: int, name: str) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = re.search(rf"^{name}:\s+(\d+) kB$", status, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def _peak_bytes(pid: int) -> int:
    return _status_bytes(pid, "VmHWM")


def _reset_peak(pid: int) -> int:
    """Reset the peak of the processes' resident memory, and return the memory they use now."""
    total = 0
    for member in _family(pid):
        try:
            Path(f"/proc/{member}/clear_refs").write_text("5")
        except OSError:
            continue
        total += _status_bytes(member, "VmRSS")
    return total
