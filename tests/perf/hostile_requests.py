"""Requests of an attacker: hostile JSON bodies, and searches by large pictures."""

import base64
import io
import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

MEBIBYTE: Final = 1024**2
SIZE: Final = 15 * MEBIBYTE


@dataclass(frozen=True, slots=True)
class Attack:
    """A request that ``senders`` threads repeat."""

    name: str
    path: str
    body: bytes
    senders: int
    api_key: str | None = None

    def request(self, port: int) -> bytes:
        key = f"X-API-Key: {self.api_key}\r\n" if self.api_key else ""
        head = (
            f"POST /api/v2{self.path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(self.body)}\r\n{key}\r\n"
        )
        return head.encode() + self.body


def hostile_bodies(size: int) -> dict[str, bytes]:
    """Return bodies of about ``size`` bytes that are expensive to parse, to validate or to report."""
    return {
        "arrays": b"[" * size,
        "objects": b'{"a":' * (size // 5),
        "empty objects": b'{"conditions":[' + b"{}," * (size // 3) + b"{}]}",
        "numbers": b'{"run_ids":[' + b"1," * (size // 2) + b"1]}",
        "digits": b'{"a":' + b"9" * size + b"}",
        "escapes": b'{"name":"' + b"\\u0041" * (size // 6) + b'"}',
        "surrogates": b'{"a":["\\ud800",' + b'"a",' * (size // 4) + b"1]}",
        "names": json.dumps({f"k{number}": 1 for number in range(size // 16)}).encode(),
    }


def picture_search(side: int) -> bytes:
    """Return the body of a search by a picture of ``side`` pixels: small as a file, large once decoded."""
    from PIL import Image

    file = io.BytesIO()
    Image.linear_gradient("L").resize((side, side)).convert("RGB").save(file, "PNG")
    return json.dumps({"image_data": base64.b64encode(file.getvalue()).decode(), "top_k": 5}).encode()


def attack(port: int, attacks: Sequence[Attack], seconds: float) -> dict[str, dict[str, int]]:
    """Repeat ``attacks`` for ``seconds``. Returns the number of answers of each attack by status."""
    until = time.monotonic() + seconds
    answers: dict[str, Counter[str]] = {each.name: Counter() for each in attacks}
    lock = threading.Lock()

    def repeat(each: Attack) -> None:
        request = each.request(port)
        while time.monotonic() < until:
            status = send(port, request)
            with lock:
                answers[each.name][status] += 1

    senders = [each for each in attacks for _ in range(each.senders)]
    with ThreadPoolExecutor(len(senders)) as threads:
        list(threads.map(repeat, senders))
    return {name: dict(counts) for name, counts in answers.items()}


def send(port: int, request: bytes) -> str:
    """Send a request and return the status of its answer, or "closed"."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        with suppress(OSError):  # the answer may come before the end of the request
            connection.sendall(request)
        return status_of(connection)


def status_of(connection: socket.socket) -> str:
    """Read an answer up to its end and return its status, or "closed"."""
    answer = b""
    with suppress(OSError):
        while chunk := connection.recv(65536):
            answer += chunk
    return answer[9:12].decode() or "closed"
