"""A server that refuses every request with the same answer: an overload, which the emulator never has."""

import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class RefusingServer:
    """A context manager that runs the server; ``requests`` counts the requests received."""

    def __init__(self, status: int, answer: Mapping[str, Any] | bytes) -> None:
        """Send ``answer`` as JSON, or unchanged if it is bytes (S3 answers in XML)."""
        self.requests = 0
        content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        counted = self._count

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def refuse(self) -> None:
                counted()
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = refuse  # noqa: N815 - http.server looks for these names

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "RefusingServer":
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _count(self) -> None:
        with self._lock:
            self.requests += 1
