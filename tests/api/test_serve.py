"""Tests of ``python -m shared.cli serve`` in a process of its own."""

import errno
import http.client
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.measures import ratio_to_floor
from tests.waiting import HANG_TIMEOUT

pytestmark = pytest.mark.slow

_COMMAND = (sys.executable, "-m", "shared.cli", "serve")


@contextmanager
def serving(folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """Run a server. Yield its process and the first four lines that it prints when it is ready."""
    command = [*_COMMAND, "--port", "0", "--data", str(folder), *arguments]
    with (folder.parent / "log").open("a") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
    assert process.stdout is not None
    try:
        yield process, [process.stdout.readline().strip() for _ in range(4)]
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def exports(lines: list[str]) -> dict[str, str]:
    found = (re.fullmatch(r"export (\w+)=(\S+)", line) for line in lines)
    return {match[1]: match[2] for match in found if match}


def test_first_start_prints_link_address_and_key(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as (_, lines):
        given = exports(lines)
        origin = given["VIDEO_VECTOR_BASE_URL"].removesuffix("/api/v2")
        assert lines[0].startswith(f"The server is ready. Open {origin}/#ticket=")
        headers = {"X-API-Key": given["VIDEO_VECTOR_API_KEY"]}
        answer = httpx.get(given["VIDEO_VECTOR_BASE_URL"] + "/indexes", headers=headers, timeout=HANG_TIMEOUT)
    assert answer.json() == []
    assert "server" not in answer.headers
    secret = given["VIDEO_VECTOR_API_KEY"].encode()
    kept = (path for path in tmp_path.rglob("*") if path.is_file())
    assert not any(secret in path.read_bytes() for path in kept)


@pytest.mark.skipif(sys.platform != "linux", reason="TCP_QUICKACK is Linux's")
def test_response_is_not_delayed_by_nagle_algorithm(tmp_path: Path) -> None:
    """With Nagle's algorithm, the body of a response waits for the acknowledgement of its head, which the
    client's TCP stack delays by 40 ms. Requests with immediate acknowledgement are the floor."""
    with serving(tmp_path / "data") as (_, lines):
        given = exports(lines)
        headers = {"X-API-Key": given["VIDEO_VECTOR_API_KEY"]}
        address = urlsplit(given["VIDEO_VECTOR_BASE_URL"])
        connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=HANG_TIMEOUT)

        def answered(*, acknowledged_at_once: bool) -> float:
            started = time.perf_counter()
            connection.request("GET", f"{address.path}/indexes", headers=headers)
            if acknowledged_at_once:
                connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            assert connection.getresponse().read() == b"[]"
            return time.perf_counter() - started

        def usually(*, acknowledged_at_once: bool) -> float:
            answers = [answered(acknowledged_at_once=acknowledged_at_once) for _ in range(40)]
            return statistics.quantiles(answers, n=4)[0]

        ratio = ratio_to_floor(
            lambda: usually(acknowledged_at_once=False), lambda: usually(acknowledged_at_once=True), most=2
        )
        connection.close()
    assert ratio <= 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_server_exits_with_zero_on_signal(tmp_path: Path, number: signal.Signals) -> None:
    with serving(tmp_path / "data") as (process, _):
        process.send_signal(number)
        assert process.wait(HANG_TIMEOUT) == 0


def test_second_start_accepts_key_without_printing_it(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with serving(folder) as (process, first):
        process.terminate()
        process.wait(HANG_TIMEOUT)
    with serving(folder) as (_, second):
        given = exports(second)
        assert list(given) == ["VIDEO_VECTOR_BASE_URL"]
        assert "keys create" in second[3]
        headers = {"X-API-Key": exports(first)["VIDEO_VECTOR_API_KEY"]}
        url = given["VIDEO_VECTOR_BASE_URL"] + "/auth/validate"
        assert httpx.get(url, headers=headers, timeout=HANG_TIMEOUT).status_code == 204


def test_forwarded_address_does_not_avoid_limit_of_sign_ins(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as (_, lines):
        address = exports(lines)["VIDEO_VECTOR_BASE_URL"]
        with httpx.Client(base_url=address, timeout=HANG_TIMEOUT) as client:
            answers = [
                client.post(
                    "/console/sign-in",
                    json={"ticket": "x"},
                    headers={"X-Forwarded-For": f"192.0.2.{number}", "X-Forwarded-Proto": "https"},
                )
                for number in range(61)
            ]
    assert [answer.status_code for answer in answers] == [401] * 60 + [429]


def refused(*arguments: str) -> str:
    result = subprocess.run(
        [*_COMMAND, *arguments], capture_output=True, text=True, timeout=HANG_TIMEOUT, check=False
    )
    assert result.returncode == 1
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    return line


def test_startup_failure_is_reported_in_one_line(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as (process, lines):
        port = exports(lines)["VIDEO_VECTOR_BASE_URL"].split(":")[2].partition("/")[0]
        in_use = refused("--port", port, "--data", str(tmp_path / "other"))
        locked = refused("--port", "0", "--data", str(tmp_path / "data"))
        assert in_use == f"Cannot listen on 127.0.0.1 port {port}: {os.strerror(errno.EADDRINUSE)}."
        assert str(process.pid) in locked
    (tmp_path / "file").write_text("")
    assert "Cannot use the data folder" in refused("--port", "0", "--data", str(tmp_path / "file"))
