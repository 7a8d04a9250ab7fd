"""The official client, sync or async, behind one interface, so that each test covers both.

Each call of a method is recorded with the route that it requests. The table in ``docs/client-methods.md``
is generated from these records.
"""

import asyncio
import inspect
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
import pytest
from videovector import AsyncVideoVector, ValidationError, VideoVector

MODES: Final = ("sync", "async")

_IDENTIFIER: Final = re.compile(r"(?<=/)(idx|vid|prm|run|seg|imp|rty|whk|dlv|con|exp)_[0-9A-Za-z_]+")
_READINESS: Final = "POST /auth/processing-activity"


@dataclass
class CallLog:
    """The routes of each client method, and by mode whether every test that calls the method passed."""

    routes: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    passed: dict[tuple[str, str], bool] = field(default_factory=dict)
    in_current_test: set[tuple[str, str]] = field(default_factory=set)


CALL_LOG: Final = CallLog()


class EitherClient:
    """The client of one mode: ``client.videos.retrieve(...)`` returns the plain result in both modes."""

    def __init__(self, mode: str, base_url: str, api_key: str) -> None:
        self.mode = mode
        self._runner = asyncio.Runner()
        self._current = ""
        self.client: Any
        if mode == "sync":
            self.client = VideoVector(api_key=api_key, base_url=base_url, max_retries=0)
            self.client._http._client.event_hooks = {"request": [self._record_request]}
        else:
            self.client = AsyncVideoVector(api_key=api_key, base_url=base_url, max_retries=0)
            inner = self._runner.run(self.client._http._ensure_client())
            inner.event_hooks = {"request": [self._record_async_request]}

    def __getattr__(self, resource: str) -> "Resource":
        return Resource(self, resource)

    def authenticate(self) -> Any:
        return self.call("authenticate", self.client.authenticate)

    def call(self, name: str, method: Any, /, *args: Any, **kwargs: Any) -> Any:
        self._current = name
        CALL_LOG.in_current_test.add((name, self.mode))
        result = method(*args, **kwargs)
        if inspect.isasyncgen(result):
            return self._runner.run(_collect(result))
        if inspect.isawaitable(result):
            return self._runner.run(_await(result))
        return list(result) if inspect.isgenerator(result) else result

    def walk(self, page: Any) -> list[Any]:
        """Return every item of ``page`` and of all following pages."""
        if self.mode == "sync":
            return list(page.auto_paging_iter())
        return self._runner.run(_collect(page.auto_paging_iter()))

    def next_page(self, page: Any) -> Any:
        following = page.next_page()
        return self._runner.run(_await(following)) if inspect.isawaitable(following) else following

    def close(self) -> None:
        if self.mode == "sync":
            self.client.close()
        else:
            self._runner.run(self.client.close())
        self._runner.close()

    def _record_request(self, request: httpx.Request) -> None:
        path = _IDENTIFIER.sub(r"{\1}", request.url.path.partition("/api/v2")[2])
        route = f"{request.method} {path}"
        if route != _READINESS or self._current == "authenticate":
            CALL_LOG.routes[self._current].add(route)

    async def _record_async_request(self, request: httpx.Request) -> None:
        self._record_request(request)


class Resource:
    """One resource of the client, such as ``client.videos``."""

    def __init__(self, owner: EitherClient, name: str) -> None:
        self._owner = owner
        self._name = name

    def __getattr__(self, method: str) -> Any:
        bound = getattr(getattr(self._owner.client, self._name), method)
        return lambda *args, **kwargs: self._owner.call(f"{self._name}.{method}", bound, *args, **kwargs)


def refused_field(refused: pytest.ExceptionInfo[ValidationError]) -> str:
    """Return the dotted path of the first field that the error names."""
    details: Any = refused.value.details
    return str(details["errors"][0]["field"])


async def _await(awaitable: Any) -> Any:
    return await awaitable


async def _collect(items: Any) -> list[Any]:
    return [item async for item in items]


def methods_in_scope() -> Iterator[str]:
    """Yield every public method of the client whose routes this server implements."""
    client = VideoVector(api_key="sk_live_" + "0" * 48)
    for name in (
        "videos",
        "indexes",
        "prompts",
        "prompt_runs",
        "search",
        "workflow",
        "import_jobs",
        "webhooks",
        "connectors",
        "exports",
    ):
        for method, _ in inspect.getmembers(getattr(client, name), inspect.ismethod):
            if not method.startswith("_"):
                yield f"{name}.{method}"
    client.close()
    yield "authenticate"
