"""The whole API over DynamoDB, S3 and Secrets Manager, and how many requests each route makes.

The goal is one read for one thing and two for a page of a list, beside the read that looks up an
API key and is spared for two seconds after. What needs more is listed here with its reason.
"""

from dataclasses import dataclass
from typing import Any, Final

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from functions.api.application import create_application
from shared.domain.access import Scope
from shared.http.app import API_PREFIX
from shared.runtime.local import local_runtime
from shared.settings import Settings
from tests.aws import stores
from tests.aws.request_counts import RequestCounts
from tests.robustness.routes import routes_of
from tests.robustness.tenant_archive import Builder, TenantArchive
from tests.unit.services.small_models import SmallModels

pytestmark = pytest.mark.slow

MOST_FOR_ONE: Final = 1
MOST_FOR_A_LIST: Final = 2

ABOVE_THE_GOAL: Final = {
    "/import-jobs": 6,  # outputs of each job, to tell its media: one query a job
    "/import-jobs/{job_id}": 2,  # the same
    "/indexes/{index_id}/prompt-runs": 3,  # index, pointers, runs
    "/indexes/{index_id}/videos": 8,  # index, pointers, media, indexes; for each medium its runs (2)
    "/playground/videos": 6,  # the same without index
    "/prompt-runs/{run_id}/results": 6,  # run, medium and its index, medium in run, results, segments
    "/prompt-runs/{run_id}/videos/{video_id}/video-result": 6,  # run, medium and its index, result
    "/videos/segments/{segment_id}/thumbnail": 3,  # segment, medium, index
    "/videos/{video_id}": 8,  # medium, index, pointers, runs; results and media-wide result of each run
    "/videos/{video_id}/gif": 2,  # medium, index
    "/videos/{video_id}/prompt-runs": 4,  # medium, index, pointers, runs
    "/videos/{video_id}/segments": 6,  # medium, index, run, medium in run, segments, results
}
"""Reads, with the archive's two runs and five imports."""

NOT_FROM_RECORDS: Final = {"/health", "/media/{file_name}"}


@dataclass(frozen=True)
class Api:
    application: FastAPI
    client: TestClient
    archive: TenantArchive
    dynamodb: Any

    def count(self, path: str, **query: str) -> tuple[int, RequestCounts]:
        """Status and requests of a GET, without the look at the API key."""
        self.client.get("/auth/validate")
        with RequestCounts(self.dynamodb) as counts:
            answer = self.client.get(path, params=query, follow_redirects=False)
        return answer.status_code, counts


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Api:
    """Uploads, imports, runs, retries and deletions have been done over AWS when this is ready."""
    folder = tmp_path_factory.mktemp("archive")
    runtime = local_runtime(Settings(data_folder=folder / "data", public_base_url="http://testserver"))
    models = SmallModels()
    runtime.__dict__ |= {
        "records": stores.open_records(stores.create_table()),
        "blobs": stores.open_blobs(stores.create_bucket(), folder / "scratch"),
        "secrets": stores.open_secrets(f"{stores.new_name()}/"),
        "models": models.pack("builtin"),
    }
    application = create_application(runtime)
    client = TestClient(application, base_url=f"http://testserver{API_PREFIX}")
    _, secret = runtime.api_keys.create("acme", "usr_acme", "test", [Scope.ADMIN])
    client.headers["X-API-Key"] = secret
    archive = Builder(runtime, client, "acme", folder / "archive").build(models)
    return Api(application, client, archive, stores.client_of("dynamodb"))


def test_no_route_reads_more_than_it_is_allowed_to(api: Api) -> None:
    ids = api.archive.ids
    queries = {
        "/videos/{video_id}/segments": {"run_id": ids["run_id"]},
        "/prompt-runs/{run_id}/results": {"video_id": ids["video_id"]},
    }
    over: dict[str, dict[str, int]] = {}
    tried = 0
    for route in routes_of(api.application):
        method, _, whole_path = route.partition(" ")
        path = whole_path.removeprefix(API_PREFIX)
        if method != "GET" or path in NOT_FROM_RECORDS:
            continue
        status, counts = api.count(path.format_map(_OrUnknown(ids)), **queries.get(path, {}))
        tried += 1
        allowed = ABOVE_THE_GOAL.get(path, MOST_FOR_ONE if path.endswith("}") else MOST_FOR_A_LIST)
        assert status < 500
        assert counts.writes == 0, path
        if counts.reads > allowed:
            over[path] = dict(counts.calls)
    assert tried >= 25
    assert over == {}


def test_nothing_is_scanned(api: Api) -> None:
    """Nor is there an index to write to, beside the table."""
    with RequestCounts(api.dynamodb) as counts:
        for path in ("/indexes", "/prompts", "/prompt-runs", "/import-jobs", "/playground/videos"):
            assert api.client.get(path).is_success
    assert set(counts.calls) <= {"GetItem", "BatchGetItem", "Query"}


class _OrUnknown(dict[str, str]):
    """An id that the archive does not have is one that nobody knows."""

    def __missing__(self, key: str) -> str:
        return "unknown"
