"""A listener on the loopback interface that counts connections, and answers requests if it is told how."""

import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

UNSHARED_HOST: Final = "127.83.0.1" if sys.platform == "linux" else "127.0.0.1"
"""A loopback address of its own: a client of another test that tries a closed port again uses 127.0.0.1."""

Answer = Callable[[bytes], bytes]
"""Returns the whole answer to the head of a request."""


class Listener:
    """``heads`` are the heads of the requests so far, ``connections`` the number of connections."""

    def __init__(self, answer: Answer | None = None, host: str = "127.0.0.1") -> None:
        self._answer = answer
        self._host = host
        self._socket = socket.create_server((host, 0))
        self.port: int = self._socket.getsockname()[1]
        self.connections = 0
        self.heads: list[bytes] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://{self._host}:{self.port}"

    def close(self) -> None:
        self._socket.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                received = connection.recv(65536)
                if not received:
                    return
                head += received
            self.heads.append(head)
            if self._answer is not None:
                connection.sendall(self._answer(head))


@contextmanager
def listening(answer: Answer | None = None, host: str = "127.0.0.1") -> Iterator[Listener]:
    listener = Listener(answer, host)
    try:
        yield listener
    finally:
        listener.close()
