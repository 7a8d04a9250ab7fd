"""Tenant isolation over DynamoDB, S3 and Secrets Manager, by the attempts of ``tests/robustness``.

No route gives access to a resource of another tenant, and no store takes an id for a key, a path or a query.
"""

from dataclasses import dataclass
from typing import Any, Final

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from functions.api.application import create_application
from shared.adapters.aws.records.items import PARTITION
from shared.adapters.aws.upload_sessions import S3UploadSessions
from shared.domain.access import Scope
from shared.domain.lazy import lazy
from shared.http.app import API_PREFIX
from shared.runtime import Runtime
from shared.settings import Settings
from tests.api.imports import picture
from tests.aws import stores
from tests.aws.store_ports import StorePorts
from tests.robustness.resource import PARAMETER
from tests.robustness.tenant_archive import ArchiveBuilder, TenantArchive
from tests.robustness.test_isolation import CASES, ROUTES, attempts_of
from tests.unit.services.small_models import SmallModels

pytestmark = pytest.mark.slow

MALFORMED_IDS: Final = (
    "%23",
    "vid_1%23media",
    "..%2F..%2Fsecrets",
    "%2E%2E",
    "%F0%9F%8E%AC" * 60,
    "%E2%80%AE",
    "%ED%A0%80",
    "a" * 2100,
    "%25",
    "*",
    "%0D%0AX-Injected:%201",
    "playground",
)
"""Separators of keys and paths, wildcards, and ids longer than a key of DynamoDB may be."""

QUERY: Final = {"video_id": "#/../", "field": "summary", "type": "string"}
"""What the routes require beside their path: each takes the ones that it knows."""


@dataclass(frozen=True)
class Tenants:
    runtime: Runtime
    alpha: TenantArchive
    beta: TenantArchive
    table: str


class PortsWithUploads(StorePorts):
    @lazy
    def upload_sessions(self) -> S3UploadSessions:  # type: ignore[override]
        return S3UploadSessions(self.bucket, stores.client_of("s3"))


@pytest.fixture(scope="module")
def tenants(tmp_path_factory: pytest.TempPathFactory) -> Tenants:
    folder = tmp_path_factory.mktemp("tenants")
    settings = Settings(data_folder=folder / "data", public_base_url="http://testserver")
    models = SmallModels()
    table = stores.create_table()
    runtime = Runtime(PortsWithUploads(settings, models, table, stores.create_bucket(), folder / "scratch"))
    application = create_application(runtime)
    alpha, beta = (
        ArchiveBuilder(runtime, _client(runtime, application, name), name, folder / name).build(models)
        for name in ("alpha", "beta")
    )
    return Tenants(runtime, alpha, beta, table)


def _client(runtime: Runtime, application: FastAPI, tenant: str) -> TestClient:
    _, secret = runtime.access.api_keys.create(tenant, f"usr_{tenant}", "test", [Scope.ADMIN])
    client = TestClient(application, base_url=f"http://testserver{API_PREFIX}", raise_server_exceptions=False)
    client.headers["X-API-Key"] = secret
    return client


def _records_of(tenants: Tenants, tenant: str) -> list[Any]:
    pages = stores.client_of("dynamodb").get_paginator("scan").paginate(TableName=tenants.table)
    own = f"tenant#{tenant}#"
    found = [item for page in pages for item in page["Items"] if item[PARTITION]["S"].startswith(own)]
    return sorted(found, key=str)


def test_no_route_reaches_another_tenant(tenants: Tenants) -> None:
    theirs, mine = tenants.alpha, tenants.beta
    before = _records_of(tenants, "alpha")
    assert len(before) > 20
    file = picture(tenants.runtime.settings.data_folder, "sent.png", seed=99)
    for route in ROUTES:
        method, template = route.replace(API_PREFIX, "", 1).split(" ")
        for attempt, path in attempts_of(f"{method} {template}", theirs, mine):
            url = template.format(**path)
            if attempt.form is None:
                answer = mine.client.request(method, url, params=attempt.query, json=attempt.body)
            else:
                with file.open("rb") as content:
                    files = {"file": (file.name, content)}
                    answer = mine.client.request(method, url, data=attempt.form, files=files)
            asked = f"{route} {path} {attempt}"
            assert answer.status_code in attempt.statuses, f"{asked}: {answer.text}"
            assert not [secret for secret in theirs.secrets if secret in answer.text and secret not in asked]
    assert _records_of(tenants, "alpha") == before


def test_malformed_id_is_not_found(tenants: Tenants) -> None:
    client = tenants.beta.client
    before = _records_of(tenants, "beta")
    for route in CASES:
        method, template = route.split(" ")
        if not PARAMETER.search(template) or method in ("POST", "PUT"):
            continue
        change = {"name": "odd"} if method == "PATCH" else None
        for odd in MALFORMED_IDS:
            url = PARAMETER.sub(odd, template)
            if f"{method} {url}" in CASES:  # a route of its own, such as that of the playground
                continue
            answer = client.request(method, url, params=QUERY, json=change)
            assert answer.status_code == 404, f"{route} {odd[:40]}: {answer.text[:300]}"
    for odd in ("#", "a#b", "../x", "\U0001f3ac" * 20, "*", "%", "playground"):
        target = {"type": "videos", "video_ids": [odd]}
        for path, body in (
            ("/videos/batch", {"video_ids": [odd]}),
            ("/videos/batch/status", {"video_ids": [odd]}),
            ("/videos/batch/segments", {"targets": [{"video_id": odd, "run_id": odd}]}),
            ("/prompt-runs/execute", {"prompt_id": odd, "target": target}),
            ("/workflow/process", {"prompt_id": odd, "video_ids": [odd], "index_id": odd}),
            ("/search/multi-run", {"query": "red", "run_ids": [odd]}),
            ("/workflow/search", {"query": "red", "prompt_run_ids": [odd], "video_ids": [odd]}),
            ("/videos/signed-url", {"gcs_uri": f"s3://{odd}/../{odd}"}),
        ):
            answer = client.post(path, json=body)
            assert answer.status_code == 404, f"{path} {body}: {answer.text[:300]}"
    assert _records_of(tenants, "beta") == before
