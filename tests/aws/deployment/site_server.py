"""The site as CloudFront serves it: the built files, and the API of the emulator, under one origin.

The emulator has no CloudFront that forwards requests. This server takes from ``infra`` what the stack
``site`` gives to CloudFront: the function that maps paths, the paths of the API, the headers of the files.
"""

import json
import mimetypes
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from fnmatch import fnmatchcase
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from infra import site_files, site_headers
from infra.node import use_packaged_node
from infra.stacks.site import PATHS_OF_API
from tests.aws.deployment.deployed import Deployed
from tests.waiting import HANG_TIMEOUT

_ANSWER_LINES: Final = """
require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
  console.log(JSON.stringify(handler({ request: { uri: JSON.parse(line) } })));
});
"""
_OF_CONNECTION: Final = ("connection", "content-length", "host", "keep-alive", "transfer-encoding")
"""Headers of one connection, and the host's name: CloudFront passes none of them on."""


class PathsFunction:
    """The CloudFront function that maps paths, run by Node."""

    def __init__(self) -> None:
        program = site_files.paths_program() + _ANSWER_LINES
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [use_packaged_node(), "-e", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __call__(self, path: str) -> dict[str, Any]:
        """Return the request with another ``uri``, or an answer with ``statusCode``."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._lock:
            self._process.stdin.write(json.dumps(path) + "\n")
            self._process.stdin.flush()
            found: dict[str, Any] = json.loads(self._process.stdout.readline())
        return found

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()


Answer = tuple[int, Mapping[str, str], bytes]
"""Status, headers and content."""


@contextmanager
def running_site(product: Deployed) -> Iterator[str]:
    """Serve the site at the origin that the media bucket accepts; yield the origin."""
    site_files.check_built()
    address, distribution = urlsplit(product.site_origin), _Distribution(product)
    handler = _handler(distribution)
    with ThreadingHTTPServer((str(address.hostname), int(address.port or 0)), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield product.site_origin
        finally:
            server.shutdown()
            distribution.close()


def _handler(distribution: "_Distribution") -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            status, headers, content = distribution.answer(
                self.command, self.path, dict(self.headers.items()), sent
            )
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                with suppress(ConnectionError):  # the page is gone
                    self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Log nothing."""

    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
        setattr(Handler, f"do_{method}", Handler._answer)
    return Handler


class _Distribution:
    """Answers as CloudFront does: with the API's answer, a redirect of the paths function, or a file."""

    def __init__(self, product: Deployed) -> None:
        self._files, self._paths = _Files(product), PathsFunction()
        self._api = httpx.Client(base_url=product.base_url.removesuffix("/api/v2"), timeout=HANG_TIMEOUT)

    def answer(self, method: str, target: str, headers: Mapping[str, str], content: bytes) -> Answer:
        path = urlsplit(target).path
        if any(fnmatchcase(path, pattern) for pattern in PATHS_OF_API):
            return self._forward(method, target, headers, content)
        mapped = self._paths(path)
        if "statusCode" in mapped:
            return (
                mapped["statusCode"],
                {name: each["value"] for name, each in mapped["headers"].items()},
                b"",
            )
        return self._files.find(mapped["uri"])

    def close(self) -> None:
        self._paths.close()
        self._api.close()

    def _forward(self, method: str, target: str, headers: Mapping[str, str], content: bytes) -> Answer:
        sent = {name: value for name, value in headers.items() if name.lower() not in _OF_CONNECTION}
        sent["Accept-Encoding"] = "identity"
        found = self._api.request(method, target, headers=sent, content=content)
        kept = {name: value for name, value in found.headers.items() if name not in _OF_CONNECTION}
        return found.status_code, kept, found.content


class _Files:
    """The files of the site's bucket, with the headers of the distribution."""

    def __init__(self, product: Deployed) -> None:
        emulator = urlsplit(product.base_url)
        self._console = site_headers.console_headers(f"{emulator.scheme}://{emulator.netloc}")
        self._documentation = site_headers.documentation_headers()

    def find(self, key: str) -> Answer:
        is_page = not key.startswith("/docs/")
        folder = site_files.CONSOLE if is_page else site_files.DOCUMENTATION
        path = Path(folder, key.removeprefix("/" if is_page else "/docs/"))
        headers = self._console if is_page else self._documentation
        if not path.is_file():
            return 404, {**headers, "Content-Type": "application/xml"}, b"<Error/>"
        content_type = mimetypes.guess_type(path.name)[0] or "binary/octet-stream"
        return 200, {**headers, "Content-Type": content_type}, path.read_bytes()
