"""Two tenants with the same kinds of resources in one application."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from functions.api.application import create_application
from shared.domain.access import Scope
from shared.http.app import API_PREFIX
from shared.runtime import Runtime
from shared.settings import Settings
from tests.robustness.tenant_archive import ArchiveBuilder, TenantArchive
from tests.unit.services.small_models import SmallModels
from tests.unit.services.small_runtime import small_runtime


@dataclass(frozen=True)
class Tenants:
    runtime: Runtime
    application: FastAPI
    alpha: TenantArchive
    beta: TenantArchive

    def client(self, tenant: str, scope: Scope) -> TestClient:
        return client_of(self.runtime, self.application, tenant, scope)


def client_of(runtime: Runtime, application: FastAPI, tenant: str, scope: Scope) -> TestClient:
    _, secret = runtime.access.api_keys.create(tenant, f"usr_{tenant}", "test", [scope])
    client = TestClient(application, base_url=f"http://testserver{API_PREFIX}", raise_server_exceptions=False)
    client.headers["X-API-Key"] = secret
    return client


@pytest.fixture(scope="session")
def tenants(tmp_path_factory: pytest.TempPathFactory) -> Tenants:
    folder = tmp_path_factory.mktemp("tenants")
    models = SmallModels()
    settings = Settings(
        data_folder=folder / "data", public_base_url="http://testserver", event_stream_seconds=0
    )
    runtime = small_runtime(settings, models)
    application = create_application(runtime)
    archives = [
        ArchiveBuilder(
            runtime, client_of(runtime, application, name, Scope.ADMIN), name, folder / name
        ).build(models)
        for name in ("alpha", "beta")
    ]
    return Tenants(runtime, application, *archives)


@pytest.fixture
def client(tenants: Tenants) -> TestClient:
    return tenants.alpha.client


@pytest.fixture
def assert_nothing_written(tenants: Tenants) -> Iterator[None]:
    """Assert that the test writes nothing and that the server still answers."""
    from tests.robustness.answers import stored_state

    before = stored_state(tenants)
    yield
    assert stored_state(tenants) == before
    alpha = tenants.alpha
    assert alpha.client.get(f"/videos/{alpha['video_id']}/segments").status_code == 200
