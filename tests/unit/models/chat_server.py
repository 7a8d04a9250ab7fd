"""A chat endpoint on a real socket that speaks the protocol and misbehaves as it is told."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

JsonObject = dict[str, Any]


@dataclass(frozen=True)
class Reply:
    status: int = 200
    body: Any = None
    headers: tuple[tuple[str, str], ...] = ()
    delay: float = 0.0


def says(text: str) -> Reply:
    message = {"role": "assistant", "content": text}
    usage = {"prompt_tokens": 120, "completion_tokens": 30, "total_tokens": 150}
    return Reply(
        body={"choices": [{"index": 0, "message": message, "finish_reason": "stop"}], "usage": usage}
    )


def refuses(message: str, status: int = 400) -> Reply:
    return Reply(status, {"error": {"message": message, "type": "invalid_request_error"}})


@dataclass
class ChatServer:
    """``behave`` answers each request, in order of arrival."""

    behave: Callable[[JsonObject, int], Reply]
    base_url: str = ""
    requests: list[JsonObject] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    answered: int = 0
    health: int = 200


@contextmanager
def chat_server(behave: Callable[[JsonObject, int], Reply], port: int = 0) -> Iterator[ChatServer]:
    """Port 0 is any that is free. ``/health`` is answered as vLLM answers it."""
    state, lock = ChatServer(behave), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(state.health if self.path == "/health" else 404)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            assert self.path == "/v1/chat/completions"
            state.requests.append(body)
            state.keys.append(self.headers.get("Authorization"))
            reply = state.behave(body, len(state.requests))
            time.sleep(reply.delay)
            payload = reply.body.encode() if isinstance(reply.body, str) else json.dumps(reply.body).encode()
            self.send_response(reply.status)
            for name, value in reply.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)
            with lock:
                state.answered += 1

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base class names it so)
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients that hang up are expected
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    state.base_url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
