"""Supervisor that runs a command and stops it when its own parent ends.

Usage: ``python supervised_process.py COMMAND...`` with a pipe as standard input whose write end only the
parent holds. The kernel closes that end even if the parent is killed by SIGKILL. PR_SET_PDEATHSIG in a child
of the parent is not sufficient: it is sent when the *thread* that created the child ends (prctl(2)), and the
parent's worker threads are short-lived.

Linux alone has process descriptors (pidfd_open(2)) and prctl(2). Elsewhere the supervisor polls the command
instead; a command whose supervisor is killed by SIGKILL, and orphans of the command that left its process
group, then live on.

The module imports nothing of this project, so that it can be run as a file.
"""

import ctypes
import os
import selectors
import signal
import sys
import time
from collections.abc import Sequence
from types import FrameType
from typing import Final

GRACE_SECONDS: Final = 4.0
"""Seconds between SIGTERM and SIGKILL.

The server has nothing to save, and a process that is being stopped has little time. vLLM ends within 3 s, but
not at all while its engine loads.
"""

_POLL_SECONDS: Final = 0.1
"""Interval of the checks on the command where there are no process descriptors."""

_NOT_FOUND: Final = 127
_PR_SET_PDEATHSIG: Final = 1
_PR_SET_CHILD_SUBREAPER: Final = 36


def main(command: Sequence[str]) -> int:
    """Return the command's exit code, or 128 plus the number of the signal that ended it."""
    signal.signal(signal.SIGTERM, _exit_on_sigterm)
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)  # orphans of the command become children of this process
    child = _fork_command(command)
    status = 0
    try:
        status = _wait_for_exit_or_eof(child)
    finally:
        _end_group(child)
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


def _fork_command(command: Sequence[str]) -> int:
    """Start the command in a session of its own. The kernel kills it if this process is killed."""
    parent = os.getpid()
    child = os.fork()
    if child:
        return child
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.setsid()
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == parent:
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.execvp(command[0], list(command))  # noqa: S606 - no shell is intended
    except OSError as error:
        print(f"{command[0]}: {error}", file=sys.stderr, flush=True)  # noqa: T201 - the parent reads this output
    os._exit(_NOT_FOUND)


def _wait_for_exit_or_eof(child: int) -> int:
    """Wait until the command ends or standard input closes; return the command's wait status, or 0."""
    exit_descriptor = _process_descriptor(child)
    with selectors.DefaultSelector() as selector:
        selector.register(0, selectors.EVENT_READ)
        if exit_descriptor is not None:
            selector.register(exit_descriptor, selectors.EVENT_READ)
        while True:
            ready = selector.select(_POLL_SECONDS if exit_descriptor is None else None)
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended or ready:
                return status


def _process_descriptor(child: int) -> int | None:
    """Return a descriptor that is readable once ``child`` has ended, or None if the system has none."""
    try:
        return os.pidfd_open(child)
    except (AttributeError, OSError):  # not Linux, a kernel before 5.3, or a sandbox that forbids the call
        return None


def _end_group(child: int) -> None:
    for number, timeout in ((signal.SIGTERM, GRACE_SECONDS), (signal.SIGKILL, GRACE_SECONDS)):
        try:
            os.killpg(child, number)
        except (ProcessLookupError, PermissionError):  # macOS refuses to signal a group of zombies
            return
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if _reap_children():
                return
            time.sleep(0.02)


def _reap_children() -> bool:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return True
    return False


def _prctl(option: int, value: int) -> None:
    """Set an attribute of this process. Do nothing on systems without prctl."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def _exit_on_sigterm(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
