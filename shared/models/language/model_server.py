"""A child process that serves a model over HTTP on this machine and ends with this process."""

from __future__ import annotations

import atexit
import logging
import re
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Final

import httpx

from shared.domain.errors import Unavailable
from shared.models.language import supervised_process
from shared.ports.jobs import CheckStop, never_stop

FAILURE_CODE: Final = "model_server_failed"

_log = logging.getLogger(__name__)

_MAX_LAST_LINES: Final = 30
_ERROR_LINE: Final = re.compile(r"\b[A-Za-z_.]*(?:Error|Exception): \S")
"""A log line that names a Python exception.

The first such lines give the reason of a failure. The last exception of a server with several processes only
says that one of them has ended.
"""

_MAX_ERRORS: Final = 4
_MAX_ERROR_CHARACTERS: Final = 400
_MAX_OUTPUT_CHARACTERS: Final = 800
"""Maximum characters of one error line and of the last output that an error message carries."""


class ModelServer:
    """Starts, monitors and stops the server.

    ``health`` is a URL that returns 200 once the server accepts requests. Each output line is logged, with
    ``secret`` redacted.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        health: str,
        start_timeout: float,
        secret: str = "",
    ) -> None:
        self._command = list(command)
        self._environment = dict(environment)
        self._health = health
        self._start_timeout = start_timeout
        self._secret = secret
        self._last_lines: deque[str] = deque(maxlen=_MAX_LAST_LINES)
        self._errors: list[str] = []
        self._process: subprocess.Popen[str] | None = None
        self._log_reader: threading.Thread | None = None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def failed(self) -> bool:
        """Whether the server has ended, no longer listens, or reports a server error.

        vLLM reports an error if its engine is lost. A server that is too busy to answer has not failed.
        """
        if not self.running:
            return True
        try:
            return httpx.get(self._health, timeout=2.0, trust_env=False).is_server_error
        except httpx.ConnectError:
            return True
        except httpx.HTTPError:
            return not self.running

    def start(self, check_stop: CheckStop = never_stop) -> None:
        """Start the server and wait until it accepts requests. Called once.

        If it raises, all processes of the server have been stopped.

        Raises:
            Unavailable: the server ended or did not become healthy in time (code ``model_server_failed``).
            any exception of ``check_stop``.
        """
        started_at = time.monotonic()
        supervisor = [sys.executable, "-I", str(Path(supervised_process.__file__))]
        self._process = subprocess.Popen(  # noqa: S603 - built from settings, runs without a shell
            [*supervisor, *self._command],
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,  # this process handles an interrupt from the terminal
        )
        assert self._process.stdout is not None  # noqa: S101 - a pipe was requested
        self._log_reader = threading.Thread(
            target=self._read_log, args=(self._process.stdout,), name="model-server-log", daemon=True
        )
        self._log_reader.start()
        atexit.register(self.stop)
        try:
            self._wait(started_at + self._start_timeout, check_stop)
        except BaseException:
            self.stop()
            raise
        _log.info(
            "the model server accepts requests", extra={"seconds": round(time.monotonic() - started_at, 1)}
        )

    def stop(self) -> None:
        """Stop the server and all processes that it started, and wait for their end."""
        atexit.unregister(self.stop)
        if self._process is None:
            return
        assert self._process.stdin is not None  # noqa: S101 - a pipe was requested
        self._process.stdin.close()  # end of input makes the supervisor stop the server
        try:
            self._process.wait(2 * supervised_process.GRACE_SECONDS + 5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._log_reader is not None:
            self._log_reader.join(1.0)

    def _wait(self, deadline: float, check_stop: CheckStop) -> None:
        while not self._healthy():
            check_stop()
            if not self.running:
                assert self._log_reader is not None  # noqa: S101 - set by start
                self._log_reader.join(1.0)  # the last output gives the reason
                raise self._failure("ended while it was starting")
            if time.monotonic() >= deadline:
                raise self._failure(f"was not ready within {self._start_timeout:g} s")
            time.sleep(0.2)

    def _healthy(self) -> bool:
        try:
            answer = httpx.get(self._health, timeout=2.0, trust_env=False)
        except httpx.HTTPError:
            return False
        return answer.status_code == httpx.codes.OK and self.running

    def _failure(self, what: str) -> Unavailable:
        output = "\n".join(self._last_lines)[-_MAX_OUTPUT_CHARACTERS:] or "(nothing)"
        errors = [line[-_MAX_ERROR_CHARACTERS:] for line in self._errors]
        reasons = f"Its errors:\n{chr(10).join(errors)}\n" if errors else ""
        return Unavailable(f"The model server {what}. {reasons}Last output:\n{output}", code=FAILURE_CODE)

    def _read_log(self, lines: IO[str]) -> None:
        with lines:
            for line in lines:
                redacted = line.rstrip()
                if self._secret:
                    redacted = redacted.replace(self._secret, "***")
                if redacted:
                    self._last_lines.append(redacted)
                    self._note_error(redacted)
                    _log.info("%s", redacted)

    def _note_error(self, line: str) -> None:
        """Record an error line. Repetitions and warnings that mention possible errors are ignored."""
        is_error = _ERROR_LINE.search(line) and " WARNING " not in line
        if is_error and line not in self._errors and len(self._errors) < _MAX_ERRORS:
            self._errors.append(line)
