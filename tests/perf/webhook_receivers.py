"""Receivers of webhooks in a process of their own, so that they take no time of the sender's interpreter.

Run as ``python -m tests.perf.webhook_receivers``. It prints the ports of two receivers. The first answers
each request after 50 ms and prints a line with the event's id and the time of its arrival. The second never
answers.
"""

import asyncio
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

ANSWER_SECONDS: Final = 0.05
_ANSWER: Final = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
_LENGTH: Final = b"content-length:"


class Arrivals:
    """The times at which events arrived at the first receiver, in seconds since the epoch."""

    def __init__(self, ports: tuple[int, int]) -> None:
        self.answering, self.hanging = (f"127.0.0.1:{port}" for port in ports)
        self.times: dict[str, float] = {}
        self.requests = 0

    def add(self, line: str) -> None:
        event_id, moment = line.split()
        self.times.setdefault(event_id, float(moment))
        self.requests += 1


@contextmanager
def running_receivers() -> Iterator[Arrivals]:
    """Run both receivers."""
    command = [sys.executable, "-m", "tests.perf.webhook_receivers"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, bufsize=1) as process:
        assert process.stdout is not None
        first, second = map(int, process.stdout.readline().split())
        arrivals = Arrivals((first, second))

        def follow(lines: Iterator[str]) -> None:
            for line in lines:
                arrivals.add(line)

        threading.Thread(target=follow, args=(process.stdout,), daemon=True).start()
        yield arrivals
        process.kill()


async def _read(reader: asyncio.StreamReader) -> bytes:
    """Read a request, and return its body."""
    length = 0
    while (line := await reader.readline()).strip():
        if line.lower().startswith(_LENGTH):
            length = int(line[len(_LENGTH) :])
    return await reader.readexactly(length)


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    body = await _read(reader)
    print(json.loads(body)["id"], time.time(), flush=True)
    await asyncio.sleep(ANSWER_SECONDS)
    writer.write(_ANSWER)
    await writer.drain()
    writer.close()


async def _hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _read(reader)
    await reader.read()
    writer.close()


async def _serve() -> None:
    servers = [await asyncio.start_server(each, "127.0.0.1", 0, backlog=512) for each in (_answer, _hang)]
    print(*(server.sockets[0].getsockname()[1] for server in servers), flush=True)
    await asyncio.gather(*(server.serve_forever() for server in servers))


if __name__ == "__main__":
    asyncio.run(_serve())
