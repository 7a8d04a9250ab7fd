"""The default index: every tenant reads and searches it, and no request changes it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from fastapi import FastAPI
from starlette.testclient import TestClient

from functions.api.application import create_application
from shared.domain import default_index
from shared.domain.access import Scope
from shared.domain.errors import InvalidRequest
from shared.domain.prompts.rules import DEFAULT_PROMPT
from shared.runtime import Runtime
from shared.runtime.default_index import default_index_maker
from shared.services.access.bearer_tokens import BearerTokens
from shared.services.access.signing_keys import SigningKeys
from shared.services.maintenance.default_index import MakingStage
from shared.settings import Settings
from tests.api.imports import picture
from tests.robustness.conftest import client_of
from tests.robustness.resource import PARAMETER, REQUIRED_QUERIES, Attempt, isolation_cases, scopes
from tests.robustness.tenant_archive import CONDITION, ArchiveBuilder, TenantArchive, run_queued_jobs
from tests.robustness.test_isolation import attempts_of
from tests.unit.media.samples import make_video
from tests.unit.services.access.test_bearer_tokens import AUDIENCE, ISSUER, Issuer
from tests.unit.services.small_models import SmallModels
from tests.unit.services.small_runtime import small_runtime

pytestmark = pytest.mark.slow

INDEX: Final = default_index.INDEX_ID
CASES: Final = isolation_cases()
RUN: Final = f"run_{default_index.seed(1)}"
VIDEO: Final = default_index.media_id(f"imp_{default_index.seed(1)}", 0)
READ_ONLY: Final = (403, "default_index_read_only")


@dataclass(frozen=True)
class World:
    """The default index, and a tenant with an archive of its own."""

    runtime: Runtime
    application: FastAPI
    mine: TenantArchive
    default: TenantArchive

    def client(self, tenant: str, scope: Scope) -> TestClient:
        return client_of(self.runtime, self.application, tenant, scope)

    def state(self) -> tuple[list[Any], list[str]]:
        """Return all records and files of the default index."""
        with closing(sqlite3.connect(self.runtime.settings.data_folder / "records.sqlite")) as connection:
            rows = connection.execute(
                "SELECT * FROM record WHERE partition GLOB ? ORDER BY partition, sort",
                [f"tenant#{default_index.TENANT}#*"],
            ).fetchall()
        files = [key for key in self.runtime.ports.blobs.keys("") if default_index.TENANT in key]
        return rows, sorted(files)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("default-index")
    models = SmallModels()
    runtime = small_runtime(
        Settings(data_folder=folder / "data", public_base_url="http://testserver", event_stream_seconds=0),
        models,
    )
    application = create_application(runtime)
    client = client_of(runtime, application, "beta", Scope.ADMIN)
    mine = ArchiveBuilder(runtime, client, "beta", folder / "beta").build(models)
    made = make_default_index(runtime, make_video(folder / "sample.mp4", seconds=6.0, scene_seconds=2.0))
    runtime.access.default_index.open()
    return World(runtime, application, mine, _as_archive(client, made, mine))


def make_default_index(runtime: Runtime, sample: Path) -> dict[str, str]:
    """Make the default index; return its ids by path parameter."""
    maker = default_index_maker(runtime)
    assert not maker.is_made()
    for expected in (MakingStage.IMPORTING, MakingStage.PROCESSING):
        assert maker.advance(sample) is expected
        run_queued_jobs(runtime)
    assert maker.advance(sample) is MakingStage.DONE
    assert maker.is_made()
    seed = default_index.seed(1)
    return {"index_id": INDEX, "job_id": f"imp_{seed}", "run_id": f"run_{seed}"}


def _as_archive(client: TestClient, made: dict[str, str], mine: TenantArchive) -> TenantArchive:
    """Describe the default index as the archive of a tenant, for the isolation cases of all routes.

    It has no retries, uploads and deletions, so its ids of these are made up.
    """
    (video,) = client.get(f"/indexes/{INDEX}/videos").json()["data"]
    segments = client.get(f"/videos/{video['video_id']}/segments").json()["data"]
    seed = default_index.seed(1)
    others = {name: f"{value.partition('_')[0]}_{seed}" for name, value in mine.ids.items()}
    ids = {
        **others,
        **made,
        "video_id": video["video_id"],
        "segment_id": segments[0]["segment_id"],
        "prompt_id": DEFAULT_PROMPT.prompt_id,
    }
    uris = [video["video_uri"], *(segment["thumbnail_gcs_uri"] for segment in segments)]
    return TenantArchive(
        client,
        default_index.NAME,
        ids,
        INDEX,
        video["video_id"],
        INDEX,
        made["run_id"],
        uris,
        {path: (cursor, query) for path, (cursor, query) in mine.cursors.items()},
        mine.filter_cursor,
        mine.search_cursor,
        mine.run_results_cursor,
        mine.picture_base64,
    )


def _send(world: World, route: str, path: dict[str, str], attempt: Attempt) -> Any:
    method, template = route.split(" ")
    url = template.format(**path)
    client = world.mine.client
    if attempt.form is None:
        return client.request(method, url, params=attempt.query, json=attempt.body)
    with picture(world.runtime.settings.data_folder, "sent.png", seed=99).open("rb") as content:
        return client.request(method, url, data=attempt.form, files={"file": ("sent.png", content)})


@pytest.mark.parametrize("route", sorted(CASES))
def test_no_route_changes_default_index(world: World, route: str) -> None:
    """The requests are those of the isolation suite, as an administrator of a tenant."""
    before = world.state()
    for attempt, path in attempts_of(route, world.default, world.mine):
        answer = _send(world, route, path, attempt)
        assert answer.status_code < 500, answer.text
        assert world.state() == before, (path, attempt)


def test_index_is_listed_last_and_only_on_request(world: World) -> None:
    client = world.client("gamma", Scope.SEARCH)
    own = world.client("gamma", Scope.ADMIN).post("/indexes", json={"name": "Own"}).json()["index_id"]
    listed = client.get("/indexes", params={"include_defaults": "true"}).json()
    assert [(index["index_id"], index["is_default"]) for index in listed] == [(own, False), (INDEX, True)]
    assert client.get("/indexes").json() == listed
    assert client.get("/indexes", params={"include_defaults": "false"}).json() == listed[:1]
    assert client.get(f"/indexes/{INDEX}").json() == listed[1]


def test_every_read_of_a_tenant_answers_with_default_index(world: World) -> None:
    client, ids = world.client("gamma", Scope.READ), world.default.ids
    media_wide, absent = (
        "/prompt-runs/{run_id}/videos/{video_id}/video-result",
        ("retries", "/deletion", "/webhooks/", "/saved-searches/", "/automations/", "/exports/", "/clips/"),
    )
    own_only = ("/import-jobs/{job_id}", "/uploads/{upload_id}", "/connectors/{connector_id}")
    for route, scope in scopes().items():
        method, path = route.split(" ")
        if method != "GET" or not PARAMETER.search(path) or scope not in ("search", "read"):
            continue
        query = {"video_id": ids["video_id"]} if path.endswith("/results") else REQUIRED_QUERIES.get(path)
        answer = client.get(path.format(**ids), params=query)
        refused = path == media_wide or any(part in path for part in (*absent, *own_only))
        assert answer.status_code == (404 if refused else 200), (route, answer.text)


def test_results_and_status_are_read_in_one_request_with_own_media(world: World) -> None:
    mine, theirs = world.mine["video_id"], world.default["video_id"]
    client, order = world.mine.client, [theirs, mine, theirs]
    for path in ("/videos/batch", "/videos/batch/status", "/videos/batch/segments"):
        answer = client.post(path, json={"video_ids": order})
        assert [each["video_id"] for each in answer.json()] == order, answer.text
    (run,) = client.get(f"/videos/{theirs}/prompt-runs").json()
    assert (run["prompt_type"], run["status"], run["processing_model"]) == ("default", "completed", "builtin")
    results = client.get(f"/prompt-runs/{run['run_id']}/results", params={"video_id": theirs}).json()["data"]
    assert len(results) == run["total_segments"] > 0
    assert client.get(f"/prompts/{run['prompt_id']}").status_code == 200


def test_files_open_by_signed_link(world: World) -> None:
    for uri in world.default.uris:
        link = world.mine.client.post("/videos/signed-url", json={"gcs_uri": uri}).json()["signed_url"]
        assert TestClient(world.application).get(link).status_code == 200


@pytest.mark.parametrize(
    ("run", "video"), [("default", "mine"), ("mine", "default")], ids=["own medium", "own run"]
)
def test_run_does_not_mix_with_media_of_another_tenant(world: World, run: str, video: str) -> None:
    archives = {"mine": world.mine, "default": world.default}
    run_id, video_id = archives[run]["run_id"], archives[video]["video_id"]
    client = world.mine.client
    assert client.get(f"/videos/{video_id}/segments", params={"run_id": run_id}).status_code == 404
    assert client.get(f"/prompt-runs/{run_id}/results", params={"video_id": video_id}).status_code == 404


def _searches(world: World, index_ids: list[str]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield the hits of each kind of search over ``index_ids``."""
    client, scope = world.mine.client, {"index_ids": index_ids}
    at, image = index_ids[0], world.mine.picture_base64
    for path, body in (
        (f"/indexes/{at}/search", {"query": "red", "top_k": 100}),
        (f"/indexes/{at}/image-search", {"image_data": image, "top_k": 100}),
        (
            f"/indexes/{at}/multimodal-search",
            {"text_query": "red", "image_data": image, "top_k": 100},
        ),
    ):
        yield path, client.post(path, json=body | scope).json()
    for place in (at, "playground"):
        body = {"conditions": [CONDITION], "page_size": 100}
        yield "filter", client.post(f"/search/filter/{place}", json=body | scope).json()["results"]


@pytest.mark.parametrize("names", [["default"], ["mine", "default"], ["mine"]], ids=" and ".join)
def test_search_covers_exactly_the_named_indexes(world: World, names: list[str]) -> None:
    index_ids = [{"mine": world.mine["index_id"], "default": INDEX}[name] for name in names]
    for kind, hits in _searches(world, index_ids):
        assert {hit["source_index_id"] for hit in hits} == set(index_ids), kind


def test_search_of_runs_covers_run_of_default_index(world: World) -> None:
    client, runs = world.mine.client, [world.default["run_id"], world.mine["run_id"]]
    by_runs = client.post("/search/multi-run", json={"query": "red", "run_ids": runs, "top_k": 50}).json()
    assert {hit["run_id"] for hit in by_runs} == set(runs)
    by_index = client.post("/search/multi-run", json={"query": "red", "index_id": INDEX}).json()
    assert {hit["run_id"] for hit in by_index} == {world.default["run_id"]}


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ({"index_id": INDEX}, True),
        ({"prompt_run_ids": [RUN]}, True),
        ({"video_ids": VIDEO}, True),
        ({"index_id": INDEX, "filters": [CONDITION]}, True),
        ({"prompt_run_ids": [RUN], "filters": [CONDITION], "query": ""}, True),
        ({}, False),
        ({"filters": [CONDITION]}, False),
    ],
)
def test_workflow_search_covers_default_index_only_by_name(
    world: World, scope: dict[str, Any], expected: bool
) -> None:
    client = world.mine.client
    first = client.post("/workflow/search", json={"query": "red", "limit": 1} | scope).json()
    found = [first]
    while cursor := found[-1]["pagination"]["next_cursor"]:
        found.append(client.get("/workflow/search/page", params={"cursor": cursor}).json())
    indexes = {hit["source_index_id"] for page in found for hit in page["data"]}
    assert (INDEX in indexes) is expected
    assert not expected or indexes == {INDEX}


def _writes(world: World) -> Iterator[tuple[str, str, dict[str, Any]]]:
    theirs, mine = world.default, world.mine
    index, run, video, segment = (theirs[f"{kind}_id"] for kind in ("index", "run", "video", "segment"))
    own = {"prompt_id": mine["prompt_id"]}
    mixed = [mine["video_id"], video]
    yield "DELETE", f"/indexes/{index}", {}
    yield "DELETE", f"/videos/{video}", {}
    yield "POST", f"/videos/{video}/process", {}
    yield "POST", f"/prompt-runs/{run}/cancel", {}
    yield "POST", f"/prompt-runs/{run}/videos/{video}/segments/{segment}/retry", {}
    uri = {"title": "A", "video_uri": "https://example.com/a.mp4", "index_id": index}
    yield "POST", "/videos", {"json": uri}
    upload = {"file_name": "a.mp4", "content_type": "video/mp4", "size_bytes": 5, "index_id": index}
    yield "POST", "/uploads", {"json": upload}
    for path in ("/videos/upload", "/workflow/upload"):
        form = {"title": "A", "index_id": index}
        yield "POST", path, {"data": form, "files": {"file": ("a.png", b"content")}}
    for target in (
        {"type": "index", "index_id": index},
        {"type": "index", "index_id": f" {index} "},
        {"type": "videos", "video_ids": mixed},
        {"type": "videos", "video_ids": [video], "index_id": index},
    ):
        for path in ("/prompt-runs/execute", "/prompt-runs/estimate"):
            yield "POST", path, {"json": own | {"target": target}}
    for place in (
        {"index_id": index},
        {"video_ids": mixed},
        {"video_ids": video, "index_id": index},
        {"import_job_id": theirs["job_id"]},
    ):
        yield "POST", "/workflow/process", {"json": own | place}
        yield "POST", "/workflow/process", {"json": {"prompt_instruction": "List what is seen"} | place}


def test_every_write_is_refused_and_writes_nothing(world: World) -> None:
    from tests.robustness.answers import error_of, stored_state
    from tests.robustness.conftest import Tenants

    tenants = Tenants(world.runtime, world.application, world.mine, world.mine)
    before = stored_state(tenants)
    for method, path, sent in _writes(world):
        answer = world.mine.client.request(method, path, **sent)
        assert (answer.status_code, error_of(answer)["code"]) == READ_ONLY, (path, sent)
        assert stored_state(tenants) == before, (path, sent)


def test_scope_is_checked_before_default_index(world: World) -> None:
    reader = world.client("gamma", Scope.READ)
    error = reader.delete(f"/indexes/{INDEX}").json()["error"]
    assert error["code"] == "authorization_insufficient_scope"


def test_default_prompt_runs_over_own_media(world: World) -> None:
    target = {"type": "videos", "video_ids": [world.mine["video_id"]]}
    body = {"prompt_id": world.default["prompt_id"], "target": target}
    assert world.mine.client.post("/prompt-runs/execute", json=body).status_code == 202
    run_queued_jobs(world.runtime)


def test_index_is_unknown_until_it_is_complete(world: World) -> None:
    """A process that has not opened the index, because of its setting or of a run in progress, hides it."""
    closed = Runtime(world.runtime.ports)
    application = create_application(closed)
    client = client_of(closed, application, "beta", Scope.ADMIN)
    assert INDEX not in client.get("/indexes").text
    for method, path, sent in _writes(world):
        assert client.request(method, path, **sent).status_code == 404, path
    for path in (
        "/indexes/{index_id}",
        "/videos/{video_id}",
        "/prompt-runs/{run_id}",
        "/videos/{video_id}/gif",
    ):
        assert client.get(path.format(**world.default.ids)).status_code == 404
    for uri in world.default.uris:
        assert client.post("/videos/signed-url", json={"gcs_uri": uri}).status_code == 404
    assert client.post(f"/indexes/{INDEX}/search", json={"query": "red"}).status_code == 404


def test_reserved_tenant_is_refused_in_credentials(world: World) -> None:
    with pytest.raises(InvalidRequest, match="tenant"):
        world.runtime.access.api_keys.create(default_index.TENANT, "usr_1", "test", [Scope.ADMIN])
    issuer = Issuer({"k": rsa.generate_private_key(public_exponent=65537, key_size=2048)})
    tokens = BearerTokens(ISSUER, AUDIENCE, "tenant", SigningKeys(ISSUER, issuer))
    caller = tokens.authenticate(issuer.sign("k", tenant=default_index.TENANT))
    assert caller.tenant_id.startswith("sub-")
