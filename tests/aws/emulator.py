"""An emulator of AWS in a process of its own: ministack, in the version of the lock file.

The emulator pins its own botocore, so it has a virtual environment of its own below ``.tools``. The first use
creates the environment, which needs a package index. Later uses download nothing.
"""

import atexit
import fcntl
import functools
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from tests.waiting import HANG_TIMEOUT

REGION: Final = "eu-central-1"
ACCESS_KEY: Final = "test"
"""The account's own key, which has every permission."""

WAIT_SCALE: Final = 0.02
"""Factor by which the emulator shortens the waits of workflows and the pauses before retries."""

_REPOSITORY: Final = Path(__file__).resolve().parents[2]
_LOCK_FILE: Final = Path(__file__).with_name("emulator-requirements.lock")
_HOME: Final = _REPOSITORY / ".tools" / "emulator"
_UV: Final = _REPOSITORY / ".tools" / "bin" / "uv"
_STOP_SECONDS: Final = 3.0


class EmulatorFailed(AssertionError):
    """The emulator cannot be installed or started. Tests then fail: a skipped test would hide the fault."""


class Emulator:
    """A context manager that runs one emulator on a free port."""

    def __init__(
        self,
        folder: Path,
        variables: Mapping[str, str] | None = None,
        program: Sequence[str] = ("-m", "ministack"),
    ) -> None:
        """Keep the log and all files in ``folder``, and add ``variables`` to the emulator's environment."""
        self._folder = folder
        self._program = program
        self._variables = dict(variables or {})
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()
        self.log = folder / "emulator.log"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which a process finds the emulator in place of AWS."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": ACCESS_KEY,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def __enter__(self) -> "Emulator":
        python = _emulator_python()
        self._folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [str(python), *self._program],
                env=self._process_environment(),
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a process group of its own, so that its workers end with it
            )
        try:
            self._await_health()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop the emulator and its workers. It may hang at SIGTERM, and is then killed."""
        if self._process is None:
            return
        process, self._process = self._process, None
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_STOP_SECONDS)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def _process_environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self._folder),
            "TMPDIR": str(self._folder),
            "GATEWAY_PORT": str(self.port),
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_HOST": "127.0.0.1",
            "MINISTACK_REGION": REGION,
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "LOG_LEVEL": "INFO",
            **self.environment,
            **self._variables,
        }

    def _await_health(self) -> None:
        deadline = time.monotonic() + HANG_TIMEOUT
        while time.monotonic() < deadline and self._process is not None and self._process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/_ministack/health", timeout=2):  # noqa: S310 - our own
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise EmulatorFailed(f"the emulator did not start; {self.log} ends:\n{self.log.read_text()[-3000:]}")


@functools.cache
def running_emulator() -> Emulator:
    """Return the emulator that all tests of this process share; it ends with the process."""
    runs = _HOME / "runs"
    runs.mkdir(parents=True, exist_ok=True)
    for folder in runs.iterdir():
        if not _is_running(int(folder.name)):  # the log of a run stays until the next run
            shutil.rmtree(folder, ignore_errors=True)
    emulator = Emulator(runs / str(os.getpid()), {"SFN_WAIT_SCALE": str(WAIT_SCALE)}).__enter__()
    atexit.register(emulator.stop)
    return emulator


def _emulator_python() -> Path:
    """Return the emulator's Python, whose environment is named by a hash of the lock file."""
    name = hashlib.sha256(_LOCK_FILE.read_bytes()).hexdigest()[:12]
    target = _HOME / f"{name}-{sys.version_info.major}.{sys.version_info.minor}"
    python = target / "bin" / "python"
    _HOME.mkdir(parents=True, exist_ok=True)
    with (_HOME / "lock").open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        ready = target / ".complete"
        if not ready.exists():
            shutil.rmtree(target, ignore_errors=True)
            _install(target, python)
            ready.touch()
    return python


def _install(target: Path, python: Path) -> None:
    uv = str(_UV) if _UV.exists() else shutil.which("uv")
    if uv is None:
        raise EmulatorFailed(
            f"the emulator is installed with uv, which is missing at {_UV}: run `make check`"
        )
    for command in (
        ["venv", "--quiet", "--python", sys.executable, str(target)],
        ["pip", "install", "--quiet", "--require-hashes", "--python", str(python), "-r", str(_LOCK_FILE)],
    ):
        done = subprocess.run([uv, *command], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise EmulatorFailed(
                f"the emulator could not be installed (uv {command[0]}):\n{done.stderr[-3000:]}"
            )


def _is_running(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
