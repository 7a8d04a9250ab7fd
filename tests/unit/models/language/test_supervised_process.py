"""A supervised command: its exit code, and its end together with its parent."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from shared.models.language import supervised_process
from shared.models.language.supervised_process import main
from tests.unit.models.processes import alive, all_ended
from tests.waiting import HANG_TIMEOUT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="processes are read from /proc"),
]

MODULE: Final = Path(supervised_process.__file__)
PYTHON: Final = (sys.executable, "-I", "-S", "-c")

SHORT_GRACE: Final = f"""
import sys
sys.path.insert(0, {str(MODULE.parent)!r})
import supervised_process
supervised_process.GRACE_SECONDS = 0.2
sys.exit(supervised_process.main(sys.argv[1:]))
"""

WITHOUT_LINUX: Final = f"""
import os, sys
del os.pidfd_open
sys.platform = "darwin"
sys.path.insert(0, {str(MODULE.parent)!r})
import supervised_process
sys.exit(supervised_process.main(sys.argv[1:]))
"""
"""The supervisor on a system without process descriptors and prctl."""

WAIT: Final = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
STUBBORN: Final = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {WAIT}"
PARENT: Final = (
    "import os, subprocess, sys, time\n"
    "child = subprocess.Popen([sys.executable, '-I', '-S', '-c', 'import time; time.sleep(600)'])\n"
    "print(os.getpid(), child.pid, flush=True)\n"
)

Supervisor = subprocess.Popen[str]


@contextmanager
def supervised(*command: str, program: str | None = None) -> Iterator[Supervisor]:
    """Run the supervisor of ``command``, or ``program`` in place of the supervisor.

    The end of the block closes its standard input.
    """
    run = [str(MODULE)] if program is None else ["-S", "-c", program]
    with subprocess.Popen(
        [sys.executable, "-I", *run, *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        yield process


def processes_of(supervisor: Supervisor) -> list[int]:
    """Return the process numbers that the command prints when it is ready."""
    assert supervisor.stdout is not None
    return [int(number) for number in supervisor.stdout.readline().split()]


def close_input(supervisor: Supervisor) -> None:
    assert supervisor.stdin is not None
    supervisor.stdin.close()


@pytest.mark.parametrize(
    ("program", "code"),
    [
        ("pass", 0),
        ("raise SystemExit(3)", 3),
        ("import os; os.kill(os.getpid(), 9)", 128 + 9),
        ("import sys; raise SystemExit(len(sys.stdin.read()))", 0),  # its standard input is empty
    ],
)
def test_exit_code_is_that_of_command(program: str, code: int) -> None:
    with supervised(*PYTHON, program) as supervisor:
        assert supervisor.wait(HANG_TIMEOUT) == code


def test_missing_command_is_reported() -> None:
    with supervised("/nowhere/program") as supervisor:
        assert supervisor.stdout is not None
        assert supervisor.wait(HANG_TIMEOUT) == 127
        assert supervisor.stdout.read().startswith("/nowhere/program: [Errno 2]")


def test_command_and_its_children_end_with_input() -> None:
    with supervised(*PYTHON, f"{PARENT}time.sleep(600)") as supervisor:
        started = processes_of(supervisor)
        assert len(started) == 2
        assert all(map(alive, started))
        close_input(supervisor)
        assert supervisor.wait(HANG_TIMEOUT) == 0
        assert not any(map(alive, started)), "the supervisor waits for their end"


def test_children_end_with_command() -> None:
    with supervised(*PYTHON, f"{PARENT}raise SystemExit(5)") as supervisor:
        started = processes_of(supervisor)
        assert supervisor.wait(HANG_TIMEOUT) == 5
        assert not any(map(alive, started))


@pytest.mark.parametrize(
    ("program", "code"), [("raise SystemExit(3)", 3), ("import os; os.abort()", 128 + 6)]
)
def test_exit_code_is_known_without_process_descriptors(program: str, code: int) -> None:
    with supervised(*PYTHON, program, program=WITHOUT_LINUX) as supervisor:
        assert supervisor.wait(HANG_TIMEOUT) == code


def test_processes_end_without_process_descriptors() -> None:
    with supervised(*PYTHON, f"{PARENT}time.sleep(600)", program=WITHOUT_LINUX) as supervisor:
        started = processes_of(supervisor)
        assert len(started) == 2
        close_input(supervisor)
        assert supervisor.wait(HANG_TIMEOUT) == 0
        assert all_ended(started)
    with supervised(*PYTHON, f"{PARENT}raise SystemExit(5)", program=WITHOUT_LINUX) as supervisor:
        started = processes_of(supervisor)
        assert supervisor.wait(HANG_TIMEOUT) == 5
        assert all_ended(started)


def test_command_that_ignores_sigterm_is_killed() -> None:
    program = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n{PARENT}time.sleep(600)"
    with supervised(*PYTHON, program, program=SHORT_GRACE) as supervisor:
        started = processes_of(supervisor)
        assert len(started) == 2, "the child inherits what its parent ignores"
        close_input(supervisor)
        assert supervisor.wait(HANG_TIMEOUT) == 0
        assert not any(map(alive, started))


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 128 + 15), (signal.SIGKILL, -9)])
def test_command_ends_with_supervisor(number: int, code: int) -> None:
    with supervised(*PYTHON, WAIT) as supervisor:
        started = processes_of(supervisor)
        os.kill(supervisor.pid, number)
        assert supervisor.wait(HANG_TIMEOUT) == code
        assert all_ended(started)


def test_killed_supervisor_ends_stubborn_command() -> None:
    with supervised(*PYTHON, STUBBORN) as supervisor:
        started = processes_of(supervisor)
        supervisor.kill()
        assert all_ended(started)


def test_module_is_run_as_file_with_main() -> None:
    assert callable(main)
    source = MODULE.read_text("utf-8")
    assert "from shared" not in source
    assert "import shared" not in source
