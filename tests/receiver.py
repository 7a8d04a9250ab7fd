"""A receiver of webhooks on loopback, which stores the requests that it gets."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Received:
    """A request. ``headers`` has lower-case names."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def delivery_id(self) -> str | None:
        return self.headers.get("x-delivery-id")

    @property
    def envelope(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.body)
        return content


@dataclass(frozen=True, slots=True)
class Answer:
    status: int = 200
    body: bytes = b"thanks"
    headers: Mapping[str, str] = field(default_factory=dict)


def accept(_: Received) -> Answer:
    return Answer()


class Receiver:
    """A running receiver. ``answer`` decides on the answer to each request; tests may replace it."""

    def __init__(self, port: int, answer: Callable[[Received], Answer]) -> None:
        self.answer = answer
        self.received: list[Received] = []
        self._server = _Server(("127.0.0.1", port), self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def port(self) -> int:
        return self._server.server_port

    @property
    def host(self) -> str:
        """Return host and port, as the setting ``webhook_hosts`` lists them."""
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}/hook"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def running_receiver(answer: Callable[[Received], Answer] = accept, *, port: int = 0) -> Iterator[Receiver]:
    """Run a receiver on ``port``; 0 selects a free one."""
    receiver = Receiver(port, answer)
    receiver.start()
    try:
        yield receiver
    finally:
        receiver.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], receiver: Receiver) -> None:
        self.receiver = receiver
        super().__init__(address, _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore clients that end the connection before the answer."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if len(body) < length:  # the sender was killed
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Received(self.path, headers, body)
        self.server.receiver.received.append(request)
        answer = self.server.receiver.answer(request)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the base class
        pass
