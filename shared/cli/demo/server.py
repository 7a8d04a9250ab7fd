"""The demo's server: started on a free port, stopped at the end."""

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

_EXPORT = re.compile(r"^export (VIDEO_VECTOR_BASE_URL|VIDEO_VECTOR_API_KEY)=(\S+)$")
_STOP_TIMEOUT_SECONDS = 15


class Address(NamedTuple):
    base_url: str
    api_key: str


class ServerDidNotStart(RuntimeError):
    """The server ended before it answered. The message is its log."""


@contextmanager
def running_server(data_folder: Path, variables: Mapping[str, str] | None = None) -> Iterator[Address]:
    """Serve ``data_folder`` on a free port until the block ends. A folder that has keys gets another one.
    ``variables`` are environment variables of the server, beside those of this process.

    Raises:
        ServerDidNotStart: the server ended before it answered.
    """
    log_path = data_folder.parent / "server.log"
    command = [sys.executable, "-m", "shared.cli", "serve", "--port", "0", "--data", str(data_folder)]
    own = {"VIDEOVECTOR_SERVER_DEFAULT_INDEX": "false"}  # the demo imports the sample
    environment = os.environ | own | dict(variables or {})
    with log_path.open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own command
            command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment
        )
        try:
            yield _address(process, log_path, data_folder)
        finally:
            _stop(process)


def _address(process: subprocess.Popen[str], log_path: Path, data_folder: Path) -> Address:
    found: dict[str, str] = {}
    assert process.stdout is not None  # noqa: S101 - it was opened as a pipe
    for line in process.stdout:
        if match := _EXPORT.match(line.strip()):
            (found[match[1]],) = shlex.split(match[2])
        elif found:  # the exports follow each other; the first start alone exports a key
            key = found.get("VIDEO_VECTOR_API_KEY") or _new_key(data_folder)
            return Address(found["VIDEO_VECTOR_BASE_URL"], key)
    raise ServerDidNotStart(log_path.read_text(errors="replace")[-2000:] or "the server ended without output")


def _new_key(data_folder: Path) -> str:
    arguments = ["keys", "create", "--name", "demo", "--scope", "admin", "--data", str(data_folder)]
    created = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "shared.cli", *arguments], capture_output=True, text=True, check=True
    )
    return created.stdout.splitlines()[-1]


def _stop(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(_STOP_TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()
