"""The process of a store as seen by the server: started at first use, restarted after its end."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from shared.adapters.http.stores.store_process.messages import Answer, Request, StoreSpecification
from shared.domain.connectors.store_problem import StoreProblem
from shared.ports.stores import StoreFailed

_COMMAND: Final = ("-P", "-s", "-X", "utf8", "-m", "shared.adapters.http.stores.store_process.worker")
_HANG_SECONDS: Final = 300.0
"""Time without an answer after which the process is ended: longer than obstore's retries together."""

_INHERITED: Final = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")
"""Environment variables that Python itself needs. obstore reads none of them."""

_ENDED: Final = "The store does not answer. Try again later."


class StoreProcess:
    """Sends requests to the process of one store, one at a time."""

    def __init__(self, specification: StoreSpecification) -> None:
        self._specification = specification
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self.starts = 0
        """Number of processes so far: listings end with theirs."""

    def ask(self, request: Request, progress: Callable[[int], None] = lambda _: None) -> Answer:
        """Return the final answer to a request. If ``progress`` raises, the process is ended.

        Raises:
            StoreFailed: the store refuses, or the process ends.
            OSError: the file of the request cannot be read or written.
        """
        with self._lock:
            try:
                answer = self._exchange(request, progress)
            except BaseException:
                self._stop()
                raise
        if answer.error_number:
            raise OSError(answer.error_number, os.strerror(answer.error_number), request.file)
        if answer.problem:
            raise StoreFailed(answer.message, StoreProblem(answer.problem), retryable=answer.retryable)
        return answer

    @property
    def is_running(self) -> bool:
        return self._process is not None

    def close(self) -> None:
        """End the process. A request in another thread fails."""
        self._stop()

    def _exchange(self, request: Request, progress: Callable[[int], None]) -> Answer:
        try:
            process = self._started()
            assert process.stdin is not None  # noqa: S101 - a pipe was requested
            process.stdin.write(request.line())
            process.stdin.flush()
            while (answer := _next_answer(process)).progress is not None:
                progress(answer.progress)
        except (EOFError, BrokenPipeError, ValueError) as error:
            raise StoreFailed(_ENDED, StoreProblem.NO_ANSWER, retryable=True) from error
        return answer

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._stop()
        environment = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
        try:
            process = subprocess.Popen(  # noqa: S603 - a fixed command without a shell
                [sys.executable, *_COMMAND],
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # the server handles an interrupt from the terminal
            )
        except OSError as error:
            raise StoreFailed(_ENDED, StoreProblem.NO_ANSWER, retryable=True) from error
        self._process = process
        self.starts += 1
        assert process.stdin is not None  # noqa: S101 - a pipe was requested
        process.stdin.write(self._specification.line())
        return process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError, ValueError):  # a request was not sent whole
                    pipe.close()
        process.wait()


def _next_answer(process: subprocess.Popen[bytes]) -> Answer:
    """Read an answer. Raises: EOFError: the process has ended, or was ended because it hangs."""
    assert process.stdout is not None  # noqa: S101 - a pipe was requested
    watchdog = threading.Timer(_HANG_SECONDS, process.kill)
    watchdog.daemon = True
    watchdog.start()
    try:
        line = process.stdout.readline()
    finally:
        watchdog.cancel()
    if not line.endswith(b"\n"):
        raise EOFError
    return Answer.of(line)
