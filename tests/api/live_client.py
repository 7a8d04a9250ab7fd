"""A client of the live stream that reads in a thread, as a browser does, and a server in this process."""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI

from shared.http.app import API_PREFIX
from tests.api.server_sent_events import EventSourceParser, Message
from tests.waiting import HANG_TIMEOUT, wait_until

STREAM = "/processing/events/stream"


class LiveClient:
    """One open stream. ``error`` is set if the answer ended within a block or a chunk."""

    def __init__(self, base_url: str, headers: Mapping[str, str], query: Mapping[str, str | int]) -> None:
        self.messages: list[Message] = []
        self.parser = EventSourceParser()
        self.status = 0
        self.error: httpx.HTTPError | None = None
        self.is_at_end = False
        self._response: httpx.Response | None = None
        self._client = httpx.Client(timeout=HANG_TIMEOUT)
        self._thread = threading.Thread(target=self._read, args=(base_url + STREAM, headers, query))
        self._thread.start()
        wait_until(lambda: self.status or self.is_at_end)

    @property
    def event_ids(self) -> list[str]:
        return [message.json()["event_id"] for message in self.messages]

    def wait_for_position(self) -> None:
        wait_until(lambda: self.parser.last_event_id or self.is_at_end)

    def wait_for(self, count: int) -> None:
        wait_until(lambda: len(self.messages) >= count or self.is_at_end)

    def wait_for_end(self) -> None:
        self._thread.join(HANG_TIMEOUT)
        assert self.is_at_end

    def close(self) -> None:
        """Close the connection without reading the rest."""
        if not self.is_at_end and self._response is not None:
            stream = self._response.extensions["network_stream"]
            stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
        self._thread.join(HANG_TIMEOUT)
        self._client.close()

    def _read(self, url: str, headers: Mapping[str, str], query: Mapping[str, str | int]) -> None:
        try:
            with self._client.stream("GET", url, headers=dict(headers), params=dict(query)) as response:
                self._response = response
                self.status = response.status_code
                if response.status_code == 200:
                    for message in self.parser.messages(response.iter_lines()):
                        self.messages.append(message)
                else:
                    response.read()
        except httpx.HTTPError as error:
            self.error = error
        finally:
            self.is_at_end = True


@contextmanager
def live(base_url: str, key: str | None, last: str | None = None, **query: str | int) -> Iterator[LiveClient]:
    """Open a stream, after ``last`` if it is given. Close it at the end of the block."""
    headers = {} if key is None else {"X-API-Key": key}
    if last is not None:
        headers["Last-Event-ID"] = last
    client = LiveClient(base_url, headers, query)
    try:
        yield client
    finally:
        client.close()


@contextmanager
def serving(
    application: FastAPI, listener: socket.socket | None = None, certificate: tuple[Path, Path] | None = None
) -> Iterator[str]:
    """Serve an application on a free port of this process, or on that of ``listener``. Yield the base URL of
    its API. ``certificate`` are the files of a certificate and of its key, for TLS."""
    listener = listener or socket.create_server(("127.0.0.1", 0))
    chain, key = certificate or (None, None)
    config = uvicorn.Config(
        application, log_config=None, lifespan="off", ws="none", ssl_certfile=chain, ssl_keyfile=key
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    wait_until(lambda: server.started)
    try:
        scheme = "http" if certificate is None else "https"
        yield f"{scheme}://127.0.0.1:{listener.getsockname()[1]}{API_PREFIX}"
    finally:
        server.should_exit = server.force_exit = True
        thread.join()
        listener.close()
