"""Fixtures: the real application with real storage in a temporary folder, called without a network."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from functions.api.application import create_application
from shared.domain.access import Scope
from shared.http.app import API_PREFIX
from shared.runtime import Runtime
from shared.runtime.local import local_runtime
from shared.settings import Settings

NewClient = Callable[..., TestClient]


class Answer(Protocol):
    """The response type of the test client, for old and new versions of httpx."""

    @property
    def status_code(self) -> int: ...

    @property
    def headers(self) -> Mapping[str, str]: ...

    @property
    def content(self) -> bytes: ...

    def json(self) -> Any: ...


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_folder=tmp_path / "data", public_base_url="http://testserver")


@pytest.fixture
def runtime(settings: Settings) -> Runtime:
    return local_runtime(settings)


_APPLICATIONS: Final[dict[str, FastAPI]] = {}


def application_over(runtime: Runtime) -> FastAPI:
    """Return the application with its state set to ``runtime``.

    One application is built for all tests with the same settings, because building its routes takes longer
    than most requests. ``runtime`` is its only part that belongs to one test.
    """
    like = runtime.settings.model_dump_json(exclude={"data_folder", "max_indexes", "requests_per_minute"})
    application = _APPLICATIONS.get(like) or _APPLICATIONS.setdefault(like, create_application(runtime))
    application.state.runtime = runtime
    return application


@pytest.fixture
def new_client(runtime: Runtime) -> NewClient:
    """Return a function that creates a client with a key of a scope and a tenant (default ``acme``)."""
    return partial(client_over, runtime)


def client_over(runtime: Runtime, scope: Scope | None = Scope.ADMIN, tenant: str = "acme") -> TestClient:
    client = TestClient(
        application_over(runtime), base_url=f"http://testserver{API_PREFIX}", raise_server_exceptions=False
    )
    if scope is not None:
        _, secret = runtime.access.api_keys.create(tenant, f"usr_{tenant}", "test", [scope])
        client.headers["X-API-Key"] = secret
    return client


@pytest.fixture
def client(new_client: NewClient) -> TestClient:
    """A client with the admin scope."""
    return new_client()


@pytest.fixture
def anonymous(new_client: NewClient) -> TestClient:
    return new_client(None)
