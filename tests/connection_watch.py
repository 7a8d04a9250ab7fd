"""Connections that this process attempts, to any address, and processes that it starts."""

import functools
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

_ATTEMPTS: Final = ("socket.connect", "subprocess.Popen")


@dataclass(slots=True)
class Watch:
    """``attempts`` are the audited events with their arguments; ``port`` is that of a listener on every
    address of this machine."""

    port: int
    attempts: list[str] = field(default_factory=list)


_watches: Final[list[Watch]] = []


@contextmanager
def watched_connections() -> Iterator[Watch]:
    """Watch connections in the block, and assert at its end that the listener got none.

    The interpreter reports every attempt as an audit event (PEP 578), also one that fails. The listener sees
    those of other processes.
    """
    with _listener() as listener:
        watch = Watch(listener.getsockname()[1])
        _add_hook()
        _watches.append(watch)
        try:
            yield watch
        finally:
            _watches.remove(watch)
        listener.setblocking(False)
        try:
            connection, peer = listener.accept()
        except BlockingIOError:
            return
        connection.close()
        raise AssertionError(f"the listener got a connection from {peer}")


@functools.cache
def _add_hook() -> None:
    """Add the hook once in a process, because hooks stay. It does nothing without a watch."""
    sys.addaudithook(_note)


def _listener() -> socket.socket:
    if socket.has_dualstack_ipv6():
        return socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
    return socket.create_server(("0.0.0.0", 0))  # noqa: S104 - all addresses of this machine are watched


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if _watches and event in _ATTEMPTS and not _is_local(arguments):
        for watch in _watches:
            watch.attempts.append(f"{event} {arguments[1:]}")


def _is_local(arguments: tuple[Any, ...]) -> bool:
    """Return whether a socket is one of the file system, as those to the system's loggers are."""
    return isinstance(arguments[0], socket.socket) and arguments[0].family == socket.AF_UNIX
