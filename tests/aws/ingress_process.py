"""A process of the streaming ingress, started as in its container, over the emulator."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx

from tests.waiting import HANG_TIMEOUT

REPOSITORY: Final = Path(__file__).resolve().parents[2]
BOUNDARY: Final = "an-upload"


class IngressProcess:
    def __init__(
        self,
        folder: Path,
        variables: Mapping[str, str],
        *,
        python: str = sys.executable,
        source: Path = REPOSITORY,
    ) -> None:
        """Keep the log in ``folder``, and import the modules from ``source``."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._log = folder / "ingress.log"
        self._variables = {**variables, "VIDEOVECTOR_SERVER_PORT": str(self.port), "TMPDIR": str(folder)}
        self._python, self._source = python, source
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/v2"

    @property
    def log(self) -> str:
        return self._log.read_text()

    def start(self) -> "IngressProcess":
        """Start the process and wait until it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [self._python, "-m", "functions.ingress"],
                env={**os.environ, **self._variables},
                cwd=self._source,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + HANG_TIMEOUT
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                httpx.get(f"http://127.0.0.1:{self.port}/health", timeout=1).raise_for_status()
            except httpx.HTTPError:
                time.sleep(0.05)
            else:
                return self
        raise AssertionError(f"the ingress did not start: {self.log[-3000:]}")

    def terminate(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)

    def wait(self, seconds: float) -> int:
        assert self._process is not None
        return self._process.wait(seconds)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def peak_resident_bytes(self) -> int:
        """The peak resident memory of the process since its start. Linux only."""
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        (peak,) = re.findall(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
        return int(peak) * 1024

    def processor_seconds(self) -> float:
        """The processor time of the process since its start. Linux only."""
        assert self._process is not None
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class SlowUpload:
    """A multipart upload that a test sends piece by piece, at its own pace."""

    def __init__(self, base_url: str, key: str, size: int, path: str = "/videos/upload") -> None:
        address = urlsplit(base_url)
        self._head = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="title"\r\n\r\nSlow\r\n'
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="slow.mp4"\r\n'
            "Content-Type: video/mp4\r\n\r\n"
        ).encode()
        self._tail = f"\r\n--{BOUNDARY}--\r\n".encode()
        length = len(self._head) + size + len(self._tail)
        self._socket = socket.create_connection(
            (str(address.hostname), address.port or 80), timeout=HANG_TIMEOUT
        )
        self._socket.sendall(
            f"POST {address.path}{path} HTTP/1.1\r\nHost: {address.netloc}\r\nX-API-Key: {key}\r\n"
            f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n"
            f"Content-Length: {length}\r\n\r\n".encode()
        )
        self._socket.sendall(self._head)

    def send(self, content: bytes) -> None:
        self._socket.sendall(content)

    def answer(self) -> bytes:
        """End the form, read the answer and close the connection."""
        self._socket.sendall(self._tail)
        found = self._socket.recv(65536)
        self.disconnect()
        return found

    def disconnect(self) -> None:
        self._socket.close()
