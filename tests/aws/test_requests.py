"""The number of requests of each route, in the whole API over DynamoDB, S3 and Secrets Manager.

A route takes one read for one resource and two reads for a page of a list. The look-up of the API key takes
one more read, and is then cached for two seconds.
"""

from dataclasses import dataclass
from typing import Any, Final

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from functions.api.application import create_application
from shared.domain.access import Scope
from shared.http.app import API_PREFIX
from shared.runtime import Runtime
from shared.settings import Settings
from tests.aws import stores
from tests.aws.request_counts import RequestCounts
from tests.aws.store_ports import StorePorts
from tests.robustness.routes import routes_of
from tests.robustness.tenant_archive import ArchiveBuilder, TenantArchive, run_queued_jobs
from tests.unit.services.small_models import SmallModels

pytestmark = pytest.mark.slow

MOST_READS_OF_ONE: Final = 1
MOST_READS_OF_LIST: Final = 2

ONE_RESOURCE: Final = {
    "/indexes/{index_id}/deletion",
    "/prompt-runs/{run_id}/videos/{video_id}/video-result",
    "/videos/segments/{segment_id}/thumbnail",
    "/videos/{video_id}/deletion",
    "/videos/{video_id}/gif",
    "/videos/{video_id}/transcript",
    "/videos/{video_id}/timeline",
}
"""Routes that read one resource by id, though their paths do not end with the id."""

ABOVE_THE_GOAL: Final = {
    "/automations": 4,
    "/indexes/{index_id}/automations/export": 3,
    "/indexes/{index_id}/automations/import": 3,
    "/search/fields/{index_id}": 3,
    "/system": 9,
    "/webhooks/deliveries/{delivery_id}": 2,
}
"""Reads of the routes that exceed the goal. ADR 8, "What requests cost", says which may."""

VARIANTS: Final[tuple[tuple[str, dict[str, str]], ...]] = (
    ("/videos/{video_id}/segments", {"run_id": "{run_id}"}),
    ("/videos/{video_id}/segments", {"run_id": "{run_id}", "limit": "100"}),
    ("/videos/{video_id}/segments", {"latest_run": "true"}),
    ("/videos/{video_id}/segments", {"limit": "100"}),
    ("/prompt-runs/{run_id}/results", {"video_id": "{video_id}"}),
    ("/prompt-runs/{run_id}/results", {"video_id": "{video_id}", "limit": "100"}),
    ("/prompt-runs/{failed_run_id}/failed-segments", {}),
    ("/indexes/{index_id}/videos", {"limit": "100"}),
    ("/indexes/{index_id}/videos", {"limit": "1"}),
    ("/playground/videos", {"limit": "100"}),
    ("/indexes/{index_id}/prompt-runs", {"limit": "100"}),
    ("/videos/{video_id}/prompt-runs", {"limit": "200"}),
    ("/import-jobs", {"limit": "200"}),
    ("/import-jobs", {"status": "completed"}),
    ("/import-jobs", {"index_id": "{index_id}", "limit": "1"}),
    ("/import-jobs/{job_id}/files", {"failed_only": "true"}),
)
"""Routes whose reads depend on the query."""

NOT_FROM_RECORDS: Final = {"/health", "/media/{file_name}"}


@dataclass(frozen=True)
class Api:
    application: FastAPI
    client: TestClient
    archive: TenantArchive
    failed_run_id: str
    dynamodb: Any

    def count(self, path: str, **query: str) -> tuple[int, RequestCounts]:
        """Return status and requests of a GET, without the look-up of the API key.

        The key is cached, and the cache's clock stands still.
        """
        self.client.get("/auth/validate")
        with RequestCounts(self.dynamodb) as counts:
            answer = self.client.get(path, params=query, follow_redirects=False)
        return answer.status_code, counts


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Api:
    """The API after uploads, imports, runs, retries and deletions over AWS."""
    folder = tmp_path_factory.mktemp("archive")
    models = SmallModels()
    settings = Settings(data_folder=folder / "data", public_base_url="http://testserver")
    runtime = Runtime(
        StorePorts(settings, models, stores.create_table(), stores.create_bucket(), folder / "scratch")
    )
    runtime.access.api_keys._monotonic = lambda: 0.0
    application = create_application(runtime)
    client = TestClient(application, base_url=f"http://testserver{API_PREFIX}")
    _, secret = runtime.access.api_keys.create("acme", "usr_acme", "test", [Scope.ADMIN])
    client.headers["X-API-Key"] = secret
    archive = ArchiveBuilder(runtime, client, "acme", folder / "archive").build(models)
    failed_run_id = _run_with_failures(runtime, client, archive, models)
    return Api(application, client, archive, failed_run_id, stores.client_of("dynamodb"))


def _run_with_failures(
    runtime: Runtime, client: TestClient, archive: TenantArchive, models: SmallModels
) -> str:
    models.extractor.broken_at = {2.0}
    target = {"type": "videos", "video_ids": [archive["video_id"]]}
    body = {"prompt_id": archive["prompt_id"], "target": target, "video_segmentation_type": "content_aware"}
    run_id: str = client.post("/prompt-runs/execute", json=body).json()["run_id"]
    run_queued_jobs(runtime)
    models.extractor.broken_at = set()
    assert client.get(f"/prompt-runs/{run_id}/failed-segments").json()["failed_segments"] == 1
    return run_id


def test_no_route_exceeds_its_number_of_reads(api: Api) -> None:
    over: dict[str, dict[str, int]] = {}
    tried = 0
    for route in routes_of(api.application):
        method, _, whole_path = route.partition(" ")
        path = whole_path.removeprefix(API_PREFIX)
        if method != "GET" or path in NOT_FROM_RECORDS:
            continue
        status, counts = api.count(path.format_map(_OrUnknown(api.archive.ids)))
        tried += 1
        assert status < 500
        assert counts.writes == 0, path
        if counts.reads > _allowed(path):
            over[path] = dict(counts.calls)
    assert tried >= 25
    assert over == {}


@pytest.mark.parametrize(("path", "query"), VARIANTS)
def test_no_query_exceeds_number_of_reads_of_route(api: Api, path: str, query: dict[str, str]) -> None:
    ids = api.archive.ids | {"failed_run_id": api.failed_run_id}
    found = {name: value.format_map(ids) for name, value in query.items()}
    status, counts = api.count(path.format_map(ids), **found)
    assert status == 200
    assert counts.writes == 0
    assert counts.reads <= _allowed(path), dict(counts.calls)


def test_search_reads_its_hits_in_batches(api: Api) -> None:
    body = {"query": "red", "top_k": 20}
    api.client.get("/auth/validate")
    with RequestCounts(api.dynamodb) as counts:
        answer = api.client.post(f"/indexes/{api.archive['index_id']}/search", json=body)
    assert answer.json(), answer.text
    assert dict(counts.calls) == {"BatchGetItem": 2}


def test_lists_scan_no_table(api: Api) -> None:
    """The table has no secondary index either."""
    with RequestCounts(api.dynamodb) as counts:
        for path in ("/indexes", "/prompts", "/prompt-runs", "/import-jobs", "/playground/videos"):
            assert api.client.get(path).is_success
    assert set(counts.calls) <= {"GetItem", "BatchGetItem", "Query"}


def _allowed(path: str) -> int:
    usual = MOST_READS_OF_ONE if path.endswith("}") or path in ONE_RESOURCE else MOST_READS_OF_LIST
    return ABOVE_THE_GOAL.get(path, usual)


class _OrUnknown(dict[str, str]):
    """Ids of the archive, and an unknown id for each name that the archive lacks."""

    def __missing__(self, key: str) -> str:
        return "unknown"
