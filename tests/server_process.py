"""A server process that can be killed without warning and restarted on the same folder and port."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import weakref
from collections.abc import Sequence
from pathlib import Path

import httpx

from tests.waiting import HANG_TIMEOUT

_KEY = re.compile(r"^export VIDEO_VECTOR_API_KEY=(\S+)$", re.MULTILINE)


class ServerProcess:
    def __init__(
        self, folder: Path, data_folder: Path | None = None, within: Sequence[str] = (), **settings: str
    ) -> None:
        """``within`` is a command that runs the server's command, for example in another mount namespace.
        ``settings`` are environment variables of the server."""
        self._folder = folder
        self.data_folder = data_folder or folder / "data"
        self._within = within
        self._settings = settings
        self._log = folder / "server.log"
        self._output = folder / "server.out"
        self._process: subprocess.Popen[bytes] | None = None
        # The socket reserves the port while the server is down. On Linux the server can bind the port all the
        # same: both sockets set SO_REUSEADDR, and this one never listens.
        self._reserved = socket.socket()
        self._reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._reserved.bind(("127.0.0.1", 0))
        self.port = int(self._reserved.getsockname()[1])
        if sys.platform != "linux":
            self._reserved.close()
        weakref.finalize(self, self._reserved.close)
        self.starts = 0

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/v2"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        command = [
            *self._within,
            sys.executable,
            "-m",
            "shared.cli",
            "serve",
            "--port",
            str(self.port),
            "--data",
            str(self.data_folder),
        ]
        with self._log.open("ab") as log, self._output.open("ab") as output:
            # A small reserve: the folders of many tests remain on the disk for a while.
            small_reserve = {"VIDEOVECTOR_SERVER_DISK_RESERVE_BYTES": str(4 * 1024**2)}
            environment = small_reserve | os.environ | self._settings
            self._process = subprocess.Popen(command, stdout=output, stderr=log, env=environment)
        self.starts += 1
        deadline = time.monotonic() + HANG_TIMEOUT
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                httpx.get(f"http://127.0.0.1:{self.port}/health", timeout=1).raise_for_status()
            except httpx.HTTPError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError(f"the server did not start: {self._log.read_text()[-3000:]}")

    def log(self) -> str:
        """Return what the server has logged in all its starts."""
        return self._log.read_text()

    def api_key(self) -> str:
        """Return the API key that the first start printed."""
        deadline = time.monotonic() + HANG_TIMEOUT
        while time.monotonic() < deadline:
            if found := _KEY.search(self._output.read_text()):
                return found[1]
            time.sleep(0.05)
        raise AssertionError("the server printed no key")

    def kill(self) -> None:
        """Kill the server by SIGKILL: no handler runs, and nothing is flushed."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def wait(self) -> None:
        """Wait until the process has ended by itself."""
        assert self._process is not None
        self._process.wait(HANG_TIMEOUT)

    def process_id(self) -> int:
        assert self._process is not None
        return self._process.pid

    def resident_bytes(self) -> int:
        assert self._process is not None
        fields = Path(f"/proc/{self._process.pid}/statm").read_text().split()
        return int(fields[1]) * 4096

    def peak_resident_bytes(self) -> int:
        """The peak resident memory of the process since its start. Linux only."""
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        (peak,) = re.findall(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
        return int(peak) * 1024
