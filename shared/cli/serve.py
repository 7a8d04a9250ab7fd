"""The ``serve`` command: the whole API, its jobs and its storage in one process."""

import asyncio
import logging
import os
import shlex
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer
import uvicorn
from fastapi import FastAPI

from functions.api.application import create_application
from shared.cli.configuration import configured, named_folder
from shared.cli.demo.sample import SAMPLE
from shared.cli.invocation import invocation
from shared.cli.keys import LOCAL_USER, sign_in_link
from shared.domain.access import LOCAL_TENANT, Scope
from shared.domain.errors import DomainError
from shared.http.app import API_PREFIX
from shared.http.connection_deadline import connection_deadline
from shared.http.event_stream.open_streams import OpenStreams
from shared.runtime import Runtime, base_url
from shared.runtime.background import Background
from shared.runtime.local import DataFolderInUse, DataFolderLock, local_server
from shared.runtime.process.garbage_collector import exempt_loaded_objects
from shared.runtime.process.logs import log_to_stderr
from shared.runtime.process.memory_allocator import return_freed_memory
from shared.runtime.process.open_files import permit_open_files
from shared.settings import Settings

_SEARCH: Final = f"{API_PREFIX}/indexes/any/search"
_KEEP_ALIVE_SECONDS: Final = 75
"""Longer than clients keep idle connections, so that clients close them first and no request is lost."""

_STOP_SECONDS: Final = 8


def serve(
    port: Annotated[
        int | None, typer.Option(help="Port to listen on; 0 selects a free port.", min=0, max=65535)
    ] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    data: Annotated[
        Path | None, typer.Option(parser=named_folder, metavar="PATH", help="Folder for all data.")
    ] = None,
) -> None:
    """Serve in the foreground until interrupted."""
    return_freed_memory()
    permit_open_files()
    settings = configured(port=port, host=host, data_folder=data)
    log_to_stderr(settings.log_level, settings.log_format)
    _exit_cleanly_on_signals()
    try:
        listener = _listen(settings.host, settings.port)
    except OSError as error:
        _fail(f"Cannot listen on {settings.host} port {settings.port}: {_reason(error)}.")
    settings = settings.model_copy(update={"port": listener.getsockname()[1]})
    settings = settings.model_copy(update={"public_base_url": _origin(settings)})
    with closing(listener):
        try:
            lock = DataFolderLock(settings.data_folder)
        except DataFolderInUse as error:
            _fail(str(error))
        except OSError as error:
            _fail(f"Cannot use the data folder {settings.data_folder}: {_reason(error)}.")
        with lock:
            _run(settings, listener)


def _run(settings: Settings, listener: socket.socket) -> None:
    try:
        runtime, background = local_server(settings)
    except DomainError as error:
        _fail(error.message)
    application = create_application(runtime, _lifespan_of(background))
    config = uvicorn.Config(
        application,
        log_config=None,
        access_log=False,
        server_header=False,
        # The limit of sign-ins counts the address of the connection. Any client can write X-Forwarded-For.
        proxy_headers=False,
        ws="none",
        http=connection_deadline(runtime.settings.request_head_seconds),
        lifespan="on",
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_STOP_SECONDS,
    )
    streams: OpenStreams = application.state.open_streams
    server = _Server(config, lambda: _begin(runtime, background), streams.end)
    try:
        server.run(sockets=[listener])
    finally:
        if background.has_running_threads:
            _exit_immediately(0 if server.started else 1)
    if not server.started:
        raise typer.Exit(1)


def _exit_immediately(status: int) -> NoReturn:
    """Exit without finalising the interpreter, because native code that still runs would crash in it.

    All durable data is on disk at any moment.
    """
    logging.shutdown()
    sys.stdout.flush()
    os._exit(status)


def _lifespan_of(background: Background) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await asyncio.to_thread(background.start)
        await asyncio.to_thread(_build_route, app, _SEARCH)
        try:
            yield
        finally:
            await asyncio.to_thread(background.stop, _STOP_SECONDS)

    return lifespan


def _build_route(app: FastAPI, path: str) -> None:
    """Match a ``POST`` to ``path``. FastAPI builds the routes of a router when one is first matched, which
    takes longer than a search."""
    scope = {"type": "http", "method": "POST", "path": path, "root_path": "", "headers": []}
    for route in app.routes:
        route.matches(scope)


class _Server(uvicorn.Server):
    """A server that calls ``begin`` once it accepts connections, and ``end_streams`` when it stops."""

    def __init__(
        self, config: uvicorn.Config, begin: Callable[[], None], end_streams: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._begin = begin
        self._end_streams = end_streams

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._begin()  # before the first answer, so that a client that polls the port finds it printed

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._end_streams()  # otherwise uvicorn would wait for them
        await super().shutdown(sockets)


def _begin(runtime: Runtime, background: Background) -> None:
    """Print the address, then start the work that must not delay it."""
    _announce(runtime)
    exempt_loaded_objects()
    background.make_default_index(SAMPLE)


def _announce(runtime: Runtime) -> None:
    """Print where the server is for people, then what programs need."""
    _announce_console(runtime)
    settings = runtime.settings
    print(f"export VIDEO_VECTOR_BASE_URL={shlex.quote(f'{settings.public_base_url}{API_PREFIX}')}")
    if runtime.access.api_keys.list(LOCAL_TENANT):
        command = ("keys", "create", "--name", "NAME", "--scope", "admin", "--data", settings.data_folder)
        print(f"# Another key: {invocation(*command)}", flush=True)
    else:
        _, secret = runtime.access.api_keys.create(LOCAL_TENANT, LOCAL_USER, "first key", [Scope.ADMIN])
        print(f"export VIDEO_VECTOR_API_KEY={secret}")
        print("# The key is shown this once. It may do everything.", flush=True)


def _announce_console(runtime: Runtime) -> None:
    """Print a link that signs in. Where no ticket can be stored, print the plain address."""
    origin = base_url(runtime.settings)
    try:
        link = sign_in_link(runtime, origin)
    except DomainError as error:  # for example on a full disk, which can still be read
        print(f"The server is ready. Open {origin}/")
        print(f"# No link that signs in could be made: {error.message}", flush=True)
        return
    folder = runtime.settings.data_folder
    another = invocation("keys", "sign-in-link", "--data", folder, "--address", origin)
    print(f"The server is ready. Open {link}")
    print(f"# The link signs in once, within 10 minutes. Another link: {another}", flush=True)


def _origin(settings: Settings) -> str:
    if settings.public_base_url:
        return settings.public_base_url.rstrip("/")
    loopback_by_wildcard = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - the user may have chosen it
    host = loopback_by_wildcard.get(
        settings.host, f"[{settings.host}]" if ":" in settings.host else settings.host
    )
    return f"http://{host}:{settings.port}"


def _listen(host: str, port: int) -> socket.socket:
    """Bind the port before the runtime is built, so that links contain the real port. Raises: OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, _, _, _, address = found[0]
    # The protocol must be given explicitly: asyncio disables Nagle's algorithm, which delays each answer by
    # 40 ms, only for sockets with the protocol TCP.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener


def _exit_cleanly_on_signals() -> None:
    """Exit with status 0 on SIGTERM and SIGINT, which uvicorn raises again after its orderly shutdown."""

    def exit_cleanly(_number: int, _frame: object) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, exit_cleanly)
    signal.signal(signal.SIGINT, exit_cleanly)


def _reason(error: OSError) -> str:
    """Return the system's text of an error."""
    if error.errno is None or error.errno <= 0:  # a failed address resolution has its own error numbers
        return str(error.strerror or error)
    return os.strerror(error.errno)


def _fail(message: str) -> NoReturn:
    print(message, file=sys.stderr)
    raise typer.Exit(1)
