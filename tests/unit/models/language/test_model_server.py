"""A model server as a child process: its start, its failures and its end."""

import logging
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import pytest

from shared.domain.errors import Unavailable
from shared.models.language.model_server import FAILURE_CODE, ModelServer
from tests.unit.models.chat_server import ChatServer, chat_server, refuses
from tests.unit.models.processes import alive
from tests.waiting import HANG_TIMEOUT, wait_until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="GPU workers run on Linux"),
]

SECRET: Final = "s3cret-key"
STAY: Final = "import time; time.sleep(600)"

MakeServer = Callable[..., ModelServer]


@pytest.fixture
def endpoint() -> Iterator[ChatServer]:
    """The address that tells the health of the server under test."""
    with chat_server(lambda _body, _number: refuses("unused")) as server:
        yield server


@pytest.fixture
def make(endpoint: ChatServer) -> Iterator[MakeServer]:
    """Return a factory of servers that run a Python program. All are stopped at the end."""
    made: list[ModelServer] = []

    def make(program: str, *, health: str | None = None, start_timeout: float = HANG_TIMEOUT) -> ModelServer:
        server = ModelServer(
            [sys.executable, "-I", "-S", "-c", program],
            {"SHOWN": "yes"},
            health=health or endpoint.base_url.removesuffix("/v1") + "/health",
            start_timeout=start_timeout,
            secret=SECRET,
        )
        made.append(server)
        return server

    yield make
    for server in made:
        server.stop()


def failure_of(server: ModelServer) -> str:
    with pytest.raises(Unavailable) as failure:
        server.start()
    assert failure.value.code == FAILURE_CODE
    assert not server.running
    return failure.value.message


def state_of(server: ModelServer) -> tuple[bool, bool]:
    return server.running, server.failed


def test_server_runs_from_start_to_stop(make: MakeServer) -> None:
    server = make(STAY)
    assert state_of(server) == (False, True)
    server.start()
    assert state_of(server) == (True, False)
    server.stop()
    assert state_of(server) == (False, True)
    server.stop()  # a second time without effect


def test_stop_before_start_has_no_effect(make: MakeServer) -> None:
    make(STAY).stop()


@pytest.mark.parametrize(
    ("status", "failed"), [(200, False), (404, False), (429, False), (500, True), (503, True)]
)
def test_server_error_at_health_address_is_failure(
    make: MakeServer, endpoint: ChatServer, status: int, failed: bool
) -> None:
    server = make(STAY)
    server.start()
    endpoint.health = status
    assert server.failed is failed


@contextmanager
def one_answer(before: Callable[[], None] = lambda: None) -> Iterator[str]:
    """Yield an address that answers one request with 200, after ``before``. Later requests wait."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65_536)
                before()
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/health"
        thread.join(HANG_TIMEOUT)


@pytest.mark.slow
def test_busy_server_has_not_failed(make: MakeServer) -> None:
    with one_answer() as health:
        server = make(STAY, health=health)
        server.start()
        assert not server.failed
    assert server.failed, "nobody listens any more"


def test_server_that_ends_during_start_is_reported(make: MakeServer, endpoint: ChatServer) -> None:
    endpoint.health = 503
    program = f"print('loading {SECRET} with', __import__('os').environ['SHOWN']); raise SystemExit(1)"
    message = failure_of(make(program))
    assert message == "The model server ended while it was starting. Last output:\nloading *** with yes"
    assert failure_of(make("pass")).endswith("Last output:\n(nothing)")


def test_answer_of_another_program_is_no_health(make: MakeServer) -> None:
    made: list[ModelServer] = []
    with one_answer(before=lambda: wait_until(lambda: not made[0].running, "its end")) as health:
        made.append(make("pass", health=health))
        assert "ended while it was starting" in failure_of(made[0])


def test_first_errors_are_reported_beside_last_output(make: MakeServer, endpoint: ChatServer) -> None:
    endpoint.health = 503
    program = (
        "for line in ['W WARNING maybe OSError: no', 'ValueError: first', 'ValueError: first', "
        "'a.b.MyException: ' + 'x' * 500, 'KeyError: third', 'OSError: fourth', 'TypeError: fifth', "
        "'Error without colon']: print(line)\n"
        "for number in range(40): print('line', number)\n"
        "raise SystemExit(1)"
    )
    message = failure_of(make(program))
    errors, _, output = message.partition("Last output:\n")
    assert errors.splitlines() == [
        "The model server ended while it was starting. Its errors:",
        "ValueError: first",
        "x" * 400,
        "KeyError: third",
        "OSError: fourth",
    ]
    assert output.splitlines() == [f"line {number}" for number in range(10, 40)]


def test_reported_output_is_bounded(make: MakeServer, endpoint: ChatServer) -> None:
    endpoint.health = 503
    output = failure_of(make("print('x' * 5000); raise SystemExit(1)")).partition("Last output:\n")[2]
    assert output == "x" * 800


def test_server_that_is_not_ready_in_time_is_stopped(make: MakeServer, endpoint: ChatServer) -> None:
    endpoint.health = 503
    assert "was not ready within 0.3 s" in failure_of(make(STAY, start_timeout=0.3))


def test_start_is_interruptible(make: MakeServer, endpoint: ChatServer) -> None:
    class Stopped(Exception):
        pass

    def check_stop() -> None:
        raise Stopped

    endpoint.health = 503
    server = make(STAY)
    with pytest.raises(Stopped):
        server.start(check_stop)
    assert not server.running


def test_output_is_logged_without_secret(make: MakeServer, caplog: pytest.LogCaptureFixture) -> None:
    server = make(f"print('key {SECRET}', flush=True); {STAY}")
    with caplog.at_level(logging.INFO):
        server.start()
        wait_until(lambda: "key ***" in caplog.text, "the output")
    assert SECRET not in caplog.text


def test_processes_of_server_end_with_stop(make: MakeServer, caplog: pytest.LogCaptureFixture) -> None:
    program = f"import os; print('process', os.getpid(), flush=True); {STAY}"
    server = make(program)
    with caplog.at_level(logging.INFO):
        server.start()
        wait_until(lambda: "process" in caplog.text, "the output")
    process = int(caplog.text.split("process ")[1].split()[0])
    assert process != os.getpid()
    assert alive(process)
    server.stop()
    assert not alive(process)
