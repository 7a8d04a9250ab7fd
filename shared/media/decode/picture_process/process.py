"""The decoding process as seen by the server: started at first use, restarted after its end.

Pictures are decoded one after another, so that memory for one is enough.
"""

import atexit
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from functools import cache
from typing import Final

from shared.domain.errors import Unavailable, UnsupportedMedia
from shared.media.decode.picture_process.messages import Answer, Request

_COMMAND: Final = ("-m", "shared.media.decode.picture_process.worker")
_HANG_SECONDS: Final = 300.0
"""Time after which the process is ended. Its processor time has a lower limit of its own."""

_INHERITED: Final = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LANG", "TMPDIR", "SYSTEMROOT")
"""Environment variables that the process needs. It decodes untrusted files and gets no secrets."""

_PROCESSOR_TIME_EXCEEDED: Final = -24  # SIGXCPU, which Windows does not have
_KILLED: Final = -9


class _Killed(UnsupportedMedia):
    """The process was killed, and not because it hangs."""


class PictureProcess:
    """Sends requests to the decoding process."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def decode(self, request: Request) -> tuple[Answer, bytearray]:
        """Return the answer and its pixels. If the process is killed, for example because the system is short
        of memory, the request is sent once more.

        Raises:
            UnsupportedMedia: the process reports an error, or ends: ``picture_too_large``,
                ``media_truncated``, ``unsupported_codec`` or ``media_undecodable``.
            Unavailable: the process cannot be started.
        """
        with self._lock:
            try:
                answer, pixels = self._attempt(request)
            except _Killed:
                answer, pixels = self._attempt(request)
        if answer.error_code is not None:
            raise UnsupportedMedia(answer.error_message, code=answer.error_code, details=answer.error_details)
        return answer, pixels

    def _attempt(self, request: Request) -> tuple[Answer, bytearray]:
        process = self._started()
        started_at = time.monotonic()
        watchdog = threading.Timer(_HANG_SECONDS, process.kill)
        watchdog.daemon = True
        watchdog.start()
        try:
            return _exchange(process, request)
        except (EOFError, BrokenPipeError) as error:
            hangs = time.monotonic() - started_at >= _HANG_SECONDS
            raise _ended(self._stop(), request, hangs=hangs) from error
        finally:
            watchdog.cancel()

    def close(self) -> None:
        with self._lock:
            self._stop()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._stop()
        environment = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
        environment["OPENBLAS_NUM_THREADS"] = "1"  # each thread reserves memory that counts towards the limit
        try:
            self._process = subprocess.Popen(  # noqa: S603 - a fixed command without a shell
                [sys.executable, *_COMMAND],
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # the server handles an interrupt from the terminal
            )
        except OSError as error:
            raise Unavailable("Pictures cannot be decoded: the decoding process does not start.") from error
        return self._process

    def _stop(self) -> int | None:
        """Stop the process, and return its exit status, negative for a signal."""
        process, self._process = self._process, None
        if process is None:
            return None
        assert process.stdin is not None  # noqa: S101 - a pipe was requested
        assert process.stdout is not None  # noqa: S101 - a pipe was requested
        process.stdout.close()
        with suppress(BrokenPipeError):  # the process has ended with a part of a request unread
            process.stdin.close()
        try:
            return process.wait(1.0)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()


@cache
def picture_process() -> PictureProcess:
    """Return the process that decodes the pictures of the library. It ends with the server."""
    return _ending_with_server()


@cache
def query_picture_process() -> PictureProcess:
    """Return the process that decodes the pictures of searches, which wait for no import."""
    return _ending_with_server()


def _ending_with_server() -> PictureProcess:
    process = PictureProcess()
    atexit.register(process.close)
    return process


def _exchange(process: subprocess.Popen[bytes], request: Request) -> tuple[Answer, bytearray]:
    assert process.stdin is not None  # noqa: S101 - a pipe was requested
    assert process.stdout is not None  # noqa: S101 - a pipe was requested
    process.stdin.write(request.model_dump_json().encode() + b"\n")
    process.stdin.flush()
    line = process.stdout.readline()
    if not line.endswith(b"\n"):
        raise EOFError
    answer = Answer.model_validate_json(line)
    pixels = bytearray(answer.pixel_width * answer.pixel_height * 3)
    view, filled = memoryview(pixels), 0
    while filled < len(pixels):
        count = process.stdout.readinto(view[filled:])  # type: ignore[attr-defined]  # a BufferedReader
        if not count:
            raise EOFError
        filled += count
    return answer, pixels


def _ended(status: int | None, request: Request, *, hangs: bool) -> UnsupportedMedia:
    """Return the reason why the process ended while it decoded a picture."""
    if status not in (_KILLED, _PROCESSOR_TIME_EXCEEDED):
        return UnsupportedMedia("The picture is damaged: its decoder fails.", code="media_undecodable")
    is_killed = status == _KILLED
    seconds = request.processor_seconds
    limit = "memory or time than is available" if is_killed else f"than {seconds} s of processor time"
    message = f"Decoding the picture takes more {limit}. Upload it in a smaller size."
    kind = _Killed if is_killed and not hangs else UnsupportedMedia
    return kind(message, code="picture_too_large")
