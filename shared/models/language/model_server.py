"""A program that serves a model over HTTP on this machine, for as long as this process lives."""

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
from shared.models.language import supervised_process as kept_process
from shared.ports.models import CheckStop, never_stop

FAILED: Final = "model_server_failed"

_log = logging.getLogger(__name__)

_KEPT_LINES: Final = 30
_ERRORS: Final = re.compile(r"\b[A-Za-z_.]*(?:Error|Exception): \S")
"""A line that names one, as Python does. The first are the reason; what ends a server of several
processes at last is only that one of them is gone."""

_KEPT_ERRORS: Final = 4
_LONGEST_ERROR: Final = 400
_LAST_LINES: Final = 800
"""Characters of what it said that an error carries: of an error's line, and of the last lines."""


class ModelServer:
    """``health`` is an address that answers 200 once requests are taken. Whatever the program writes
    goes to the log line by line, without ``secret``."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        health: str,
        patience: float,
        secret: str = "",
    ) -> None:
        self._command = list(command)
        self._environment = dict(environment)
        self._health = health
        self._patience = patience
        self._secret = secret
        self._said: deque[str] = deque(maxlen=_KEPT_LINES)
        self._errors: list[str] = []
        self._process: subprocess.Popen[str] | None = None
        self._listener: threading.Thread | None = None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def lost(self) -> bool:
        """It has ended, listens no longer, or says itself that what does its work is gone. One that is too
        busy to say anything is not lost."""
        if not self.running:
            return True
        try:
            return httpx.get(self._health, timeout=2.0, trust_env=False).is_server_error
        except httpx.ConnectError:
            return True
        except httpx.HTTPError:
            return not self.running

    def start(self, check_stop: CheckStop = never_stop) -> None:
        """Once, and wait until requests are taken.

        Raises: Unavailable: it ended, or did not become healthy in time (code ``model_server_failed``);
            what ``check_stop`` raises. Nothing of it is left then.
        """
        began = time.monotonic()
        keeper = [sys.executable, "-I", str(Path(kept_process.__file__))]
        self._process = subprocess.Popen(  # noqa: S603 - made from settings, without a shell
            [*keeper, *self._command],
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,  # an interrupt from a terminal is for this process to act on
        )
        assert self._process.stdout is not None  # noqa: S101 - a pipe, as asked for
        self._listener = threading.Thread(
            target=self._listen, args=(self._process.stdout,), name="model-server-log", daemon=True
        )
        self._listener.start()
        atexit.register(self.stop)
        try:
            self._wait(began + self._patience, check_stop)
        except BaseException:
            self.stop()
            raise
        _log.info("the model server takes requests", extra={"seconds": round(time.monotonic() - began, 1)})

    def stop(self) -> None:
        """End it and all that it started, and wait for that."""
        atexit.unregister(self.stop)
        if self._process is None:
            return
        assert self._process.stdin is not None  # noqa: S101 - a pipe, as asked for
        self._process.stdin.close()  # what its keeper waits for
        try:
            self._process.wait(2 * kept_process.PATIENCE + 5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._listener is not None:
            self._listener.join(1.0)

    def _wait(self, deadline: float, check_stop: CheckStop) -> None:
        while not self._healthy():
            check_stop()
            if not self.running:
                assert self._listener is not None  # noqa: S101 - it was started
                self._listener.join(1.0)  # its last words are the reason
                raise self._failure("ended while it was starting")
            if time.monotonic() >= deadline:
                raise self._failure(f"was not ready within {self._patience:g} s")
            time.sleep(0.2)

    def _healthy(self) -> bool:
        try:
            answer = httpx.get(self._health, timeout=2.0, trust_env=False)
        except httpx.HTTPError:
            return False
        return answer.status_code == httpx.codes.OK and self.running

    def _failure(self, what: str) -> Unavailable:
        last = "\n".join(self._said)[-_LAST_LINES:] or "(nothing)"
        named = [line[-_LONGEST_ERROR:] for line in self._errors]
        reasons = f"Its errors:\n{chr(10).join(named)}\n" if named else ""
        return Unavailable(f"The model server {what}. {reasons}It said last:\n{last}", code=FAILED)

    def _listen(self, lines: IO[str]) -> None:
        with lines:
            for line in lines:
                clean = line.rstrip()
                if self._secret:
                    clean = clean.replace(self._secret, "***")
                if clean:
                    self._said.append(clean)
                    self._note_error(clean)
                    _log.info("%s", clean)

    def _note_error(self, line: str) -> None:
        """Processes repeat one another's errors, and warnings tell of errors that might come."""
        is_error = _ERRORS.search(line) and " WARNING " not in line
        if is_error and line not in self._errors and len(self._errors) < _KEPT_ERRORS:
            self._errors.append(line)
