"""The official client, sync or async, behind one face, so that one test drives both.

Every method that is called is written down with the route it used; the table in
``docs/client-methods.md`` is made from these notes.
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

_IDENTIFIER: Final = re.compile(r"(?<=/)(idx|vid|prm|run|seg|imp|rty)_[0-9A-Za-z_]+")
_READINESS: Final = "POST /auth/processing-activity"


@dataclass
class Notes:
    """Per client method: the routes it called, and per mode whether every test with it passed."""

    routes: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    passed: dict[tuple[str, str], bool] = field(default_factory=dict)
    in_this_test: set[tuple[str, str]] = field(default_factory=set)


NOTES: Final = Notes()


class EitherClient:
    """``client.videos.retrieve(...)`` calls the client of this mode and returns the plain result."""

    def __init__(self, mode: str, base_url: str, api_key: str) -> None:
        self.mode = mode
        self._runner = asyncio.Runner()
        self._current = ""
        self.client: Any
        if mode == "sync":
            self.client = VideoVector(api_key=api_key, base_url=base_url, max_retries=0)
            self.client._http._client.event_hooks = {"request": [self._note_request]}
        else:
            self.client = AsyncVideoVector(api_key=api_key, base_url=base_url, max_retries=0)
            inner = self._runner.run(self.client._http._ensure_client())
            inner.event_hooks = {"request": [self._note_async_request]}

    def __getattr__(self, resource: str) -> "Resource":
        return Resource(self, resource)

    def authenticate(self) -> Any:
        return self.call("authenticate", self.client.authenticate)

    def call(self, name: str, method: Any, /, *args: Any, **kwargs: Any) -> Any:
        self._current = name
        NOTES.in_this_test.add((name, self.mode))
        result = method(*args, **kwargs)
        if inspect.isasyncgen(result):
            return self._runner.run(_collect(result))
        if inspect.isawaitable(result):
            return self._runner.run(_await(result))
        return list(result) if inspect.isgenerator(result) else result

    def walk(self, page: Any) -> list[Any]:
        """Every item from ``page`` on, over all following pages."""
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

    def _note_request(self, request: httpx.Request) -> None:
        path = _IDENTIFIER.sub(r"{\1}", request.url.path.partition("/api/v2")[2])
        route = f"{request.method} {path}"
        if route != _READINESS or self._current == "authenticate":
            NOTES.routes[self._current].add(route)

    async def _note_async_request(self, request: httpx.Request) -> None:
        self._note_request(request)


class Resource:
    def __init__(self, owner: EitherClient, name: str) -> None:
        self._owner = owner
        self._name = name

    def __getattr__(self, method: str) -> Any:
        bound = getattr(getattr(self._owner.client, self._name), method)
        return lambda *args, **kwargs: self._owner.call(f"{self._name}.{method}", bound, *args, **kwargs)


def refused_field(refused: pytest.ExceptionInfo[ValidationError]) -> str:
    """The dotted path of the first field that an answer complains about."""
    details: Any = refused.value.details
    return str(details["errors"][0]["field"])


async def _await(awaitable: Any) -> Any:
    return await awaitable


async def _collect(items: Any) -> list[Any]:
    return [item async for item in items]


def methods_in_scope() -> Iterator[str]:
    """Every public method of the resources whose routes this server has."""
    absent = {
        "import_jobs.create",
        "import_jobs.cancel",
        "import_jobs.retry",
    }
    client = VideoVector(api_key="sk_live_" + "0" * 48)
    for name in ("videos", "indexes", "prompts", "prompt_runs", "search", "workflow", "import_jobs"):
        for method, _ in inspect.getmembers(getattr(client, name), inspect.ismethod):
            if not method.startswith("_") and f"{name}.{method}" not in absent:
                yield f"{name}.{method}"
    client.close()
    yield "authenticate"
