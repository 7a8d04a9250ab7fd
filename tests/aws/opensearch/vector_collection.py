"""Simulated vector collection of OpenSearch Serverless: a real OpenSearch behind a proxy with its limits.

The proxy rejects operations that AWS's table of supported operations does not list, and requests that a
vector collection rejects among the others. The errors are those that others met in an account (sources in
docs/adr/0009). Changes become visible after ``LAG_SECONDS``. The server itself answers aliases, mappings and
queries, so these tests do not show whether a real collection accepts every setting and query of the project.
"""

import json
import re
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.waiting import HANG_TIMEOUT

LAG_SECONDS: Final = 0.2
_WRITES: Final = ("index", "create")

Answer = tuple[int, bytes]


class VectorCollection:
    """The proxy, a context manager.

    ``before`` and ``after`` may be set to functions that are called with the method and path of each
    forwarded request, before and after the server handles it. They may raise ``Dropped``.
    """

    def __init__(self, server: str, lag_seconds: float = LAG_SECONDS) -> None:
        self.before: Callable[[str, str], None] = lambda _method, _path: None
        self.after: Callable[[str, str], None] = lambda _method, _path: None
        self.refused: list[str] = []
        self._lag = lag_seconds
        self._client = httpx.Client(base_url=server, timeout=HANG_TIMEOUT)
        self._refreshes: list[threading.Timer] = []
        self._refreshing = threading.Lock()
        self._closed = False
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "VectorCollection":
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        with self._refreshing:  # a connection whose client left may still be handled
            self._closed = True
        for refresh in self._refreshes:
            refresh.cancel()
            refresh.join()
        self._client.close()

    def answer(self, method: str, target: str, body: bytes) -> Answer:
        address = urlsplit(target)
        path, parameters = address.path, parse_qs(address.query)
        refusal, body = self._checked(method, path, parameters, body)
        if refusal is not None:
            self.refused.append(f"{method} {path}")
            return refusal
        self.before(method, path)
        headers = {"Content-Type": "application/x-ndjson" if path.endswith("k") else "application/json"}
        done = self._client.request(method, target, content=body, headers=headers)
        if path.endswith("/_bulk"):
            self._refresh_later(path.split("/")[1])
        self.after(method, path)
        return done.status_code, done.content

    def _checked(
        self, method: str, path: str, parameters: Mapping[str, list[str]], body: bytes
    ) -> tuple[Answer | None, bytes]:
        """Return the error response of a rejected request, or None, and the body to forward."""
        for methods, pattern, check in _SUPPORTED:
            if re.fullmatch(pattern, path) and method in methods:
                return check(parameters, body)
        reason = f"{method} {path} is not supported"
        return _error(404, "resource_not_found_exception", reason), body

    def _refresh_later(self, index: str) -> None:
        timer = threading.Timer(self._lag, self._refresh, (index,))
        timer.daemon = True
        with self._refreshing:
            if not self._closed:
                self._refreshes.append(timer)
                timer.start()

    def _refresh(self, index: str) -> None:
        self._client.post(f"/{index}/_refresh", params={"ignore_unavailable": "true"})

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        collection = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def respond(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                try:
                    status, content = collection.answer(self.command, self.path, body)
                except Dropped:
                    self.close_connection = True
                    return
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)

            do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = respond  # noqa: N815 - http.server's names

            def log_message(self, *_: object) -> None:
                pass

        return Handler


class Dropped(Exception):
    """The connection closes without a response."""


def _error(status: int, kind: str, reason: str) -> Answer:
    error = {"type": kind, "reason": reason, "root_cause": [{"type": kind, "reason": reason}]}
    return status, json.dumps({"error": error, "status": status}).encode()


def _accept(_: Mapping[str, list[str]], body: bytes) -> tuple[Answer | None, bytes]:
    return None, body


def _index(_: Mapping[str, list[str]], body: bytes) -> tuple[Answer | None, bytes]:
    """Check the creation of an index: a collection supports only the engine Faiss, in any nested field.

    The server lacks Faiss's native library, so the proxy turns graph building off and the server scores
    exactly.
    """
    definition = json.loads(body)
    engines = set(re.findall(r'"engine": ?"(\w+)"', body.decode()))
    if engines != {"faiss"}:
        refusal = _error(400, "mapper_parsing_exception", f"engines {sorted(engines)} are not supported")
        return refusal, body
    definition["settings"] |= {"index.refresh_interval": "-1", "index.knn.advanced.approximate_threshold": -1}
    return None, json.dumps(definition).encode()


def _bulk(parameters: Mapping[str, list[str]], body: bytes) -> tuple[Answer | None, bytes]:
    if "refresh" in parameters:
        reason = f"{parameters['refresh'][0]} refresh policy is not supported"
        return _error(400, "status_exception", reason), body
    items = [_refused_item(action) for action in _actions(body)]
    if any(items):
        refused = [item for item in items if item is not None]
        return (200, json.dumps({"took": 0, "errors": True, "items": refused}).encode()), body
    return None, body


def _actions(body: bytes) -> list[dict[str, dict[str, str]]]:
    found, lines = [], iter(body.decode().splitlines())
    for line in lines:
        action: dict[str, dict[str, str]] = json.loads(line)
        found.append(action)
        if "delete" not in action:
            next(lines)
    return found


def _refused_item(action: Mapping[str, Mapping[str, str]]) -> dict[str, Any] | None:
    ((operation, about),) = action.items()
    if operation == "delete" or (operation in _WRITES and "_id" not in about):
        return None
    reason = "Document ID is not supported in create/index operation request"
    error = {"type": "illegal_argument_exception", "reason": reason}
    return {operation: {"_id": about.get("_id"), "status": 400, "error": error}}


def _search(parameters: Mapping[str, list[str]], body: bytes) -> tuple[Answer | None, bytes]:
    languages = set(re.findall(r'"lang": ?"(\w+)"', body.decode()))
    if "scroll" in parameters or languages - {"knn"}:
        return _error(400, "illegal_argument_exception", "scroll and scripts are not supported"), body
    return None, body


_SUPPORTED: Final[tuple[tuple[tuple[str, ...], str, Callable[..., tuple[Answer | None, bytes]]], ...]] = (
    (("PUT",), r"/[^_/][^/]*", _index),
    (("GET", "HEAD", "DELETE"), r"/[^_/][^/]*", _accept),
    (("POST",), r"/[^_/][^/]*/_bulk", _bulk),
    (("POST", "GET"), r"/[^_/][^/]*/_search", _search),
    (("POST", "GET"), r"/_msearch", _search),
    (("GET",), r"/_alias/[^/]+", _accept),
    (("POST",), r"/_aliases", _accept),
)
"""Supported operations from AWS's table that clients may use: methods, path pattern, and check of the
request."""
