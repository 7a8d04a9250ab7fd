"""Exports over HTTP: requests, status, list, links and downloads."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from starlette.testclient import TestClient

from shared.domain import keys
from shared.domain.access import Caller, Scope
from shared.domain.job import JobRequest, Workflow
from shared.domain.media import Media
from shared.domain.runs.prompt_run import RunStatus
from shared.ports.records import Delete
from shared.runtime import Runtime
from shared.runtime.job_dispatch import JobDispatch
from shared.settings import Settings
from tests.api.conftest import NewClient, client_over
from tests.api.imports import picture
from tests.export_contract import LINK_KEYS, check_export, check_link
from tests.unit.services.run_records import add_run
from tests.unit.services.run_world import add_media
from tests.unit.services.small_models import SmallModels
from tests.unit.services.small_runtime import small_runtime

CALLER: Final = Caller(tenant_id="acme", user_id="usr_acme", scopes=frozenset({Scope.ADMIN}))
HTTPS: Final = "https://films.example.org:8443"


@pytest.fixture
def runtime(settings: Settings) -> Runtime:
    return small_runtime(settings, SmallModels())


@pytest.fixture
def index_id(client: TestClient) -> str:
    return str(client.post("/indexes", json={"name": "films"}).json()["index_id"])


@pytest.fixture
def media(runtime: Runtime, index_id: str, tmp_path: Path) -> Media:
    return _medium(runtime, index_id, tmp_path)


@pytest.fixture
def run_id(runtime: Runtime, media: Media) -> str:
    return add_run(runtime.ports, media)


def _medium(runtime: Runtime, index_id: str | None, folder: Path) -> Media:
    path = picture(folder, "leaf.png")
    return add_media(runtime.documents, runtime.ports.blobs, CALLER, path, index_id)


def work(runtime: Runtime) -> None:
    """Run the jobs of exports that are queued."""
    for record in runtime.ports.records.query(keys.job().partition, limit=100).records:
        job = JobRequest.model_validate(record.body)
        if job.workflow is Workflow.EXPORT:
            JobDispatch(runtime).run(job, lambda: False)
            runtime.ports.records.write(Delete(record.key))


def created(client: TestClient, path: str, body: dict[str, Any] | None = None) -> str:
    answer = client.post(f"/exports/{path}") if body is None else client.post(f"/exports/{path}", json=body)
    assert answer.status_code == 202, answer.text
    assert answer.json().keys() == {"export_id", "status"}
    return str(answer.json()["export_id"])


def read(client: TestClient, export_id: str) -> dict[str, Any]:
    export: dict[str, Any] = client.get(f"/exports/{export_id}").json()
    check_export(export)
    return export


def test_index_is_exported_without_a_body(
    client: TestClient, runtime: Runtime, index_id: str, run_id: str
) -> None:
    export_id = created(client, f"index/{index_id}")
    pending = read(client, export_id)
    assert (pending["status"], pending["queue_status"], pending["attempts"]) == ("pending", "queued", 0)
    assert client.get(f"/exports/{export_id}/download").json()["error"]["code"] == "export_not_completed"
    work(runtime)
    done = read(client, export_id)
    assert (done["status"], done["queue_status"], done["attempts"]) == ("completed", "succeeded", 1)
    assert done["download_url"] == f"/api/v2/exports/{export_id}/download"
    answer = client.get(f"/exports/{export_id}/download")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert int(answer.headers["content-length"]) == len(answer.content) == done["file_size_bytes"]
    assert not {"content-encoding", "transfer-encoding"} & set(answer.headers)
    assert f"{export_id}.json" in answer.headers["content-disposition"]
    assert run_id in json.dumps(answer.json())
    assert done["progress"]["segments"] == 2


def test_download_ignores_ranges_and_answers_head(client: TestClient, runtime: Runtime, run_id: str) -> None:
    export_id = created(client, f"prompt-run/{run_id}", {"format": "jsonl"})
    work(runtime)
    whole = client.get(f"/exports/{export_id}/download")
    ranged = client.get(f"/exports/{export_id}/download", headers={"Range": "bytes=0-1"})
    head = client.head(f"/exports/{export_id}/download")
    assert (ranged.status_code, ranged.content) == (200, whole.content)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(whole.content))
    assert whole.headers["content-type"] == "application/x-ndjson"


def test_list_is_newest_first_and_clamps_its_limit(client: TestClient, run_id: str) -> None:
    first, second = created(client, f"prompt-run/{run_id}"), created(client, f"prompt-run/{run_id}")
    listed = client.get("/exports", params={"limit": 1000}).json()
    assert [each["export_id"] for each in listed] == [second, first]
    for each in listed:
        check_export(each)
    assert [each["export_id"] for each in client.get("/exports?limit=0").json()] == [second]


def test_same_idempotency_key_creates_one_export(client: TestClient, run_id: str) -> None:
    headers = {"Idempotency-Key": "export-prompt-run-create-1"}
    answers = [client.post(f"/exports/prompt-run/{run_id}", headers=headers, json={}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert len(client.get("/exports").json()) == 1


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("index/idx_unknown", {}, 404, "resource_index_not_found"),
        ("prompt-run/run_unknown", {}, 404, "resource_prompt_run_not_found"),
        ("index/{index}", {"prompt_run_ids": ["run_unknown"]}, 404, "resource_prompt_run_not_found"),
        ("index/{index}", {"prompt_run_ids": ["{playground_run}"]}, 422, "validation_error"),
        ("index/{index}", {"prompt_run_ids": ["{running}"]}, 409, "prompt_run_not_finished"),
        ("prompt-run/{running}", {}, 409, "prompt_run_not_finished"),
        ("index/{empty}", {}, 409, "export_empty"),
        ("index/{index}", {"format": "sqlite"}, 422, "validation_error"),
        ("index/{index}", {"format": "xlsx"}, 422, "validation_error"),
        ("prompt-run/{run}", {"result_scope": "matches"}, 409, "export_without_selection"),
        ("prompt-run/{run}", {"result_scope": "some"}, 422, "validation_error"),
        ("prompt-run/{run}", {"destination_subpath": "a"}, 422, "validation_error"),
        ("prompt-run/{run}", {"destination_connector_id": "con_x"}, 404, "resource_connector_not_found"),
        ("prompt-run/{run}", {"destination_connector_id": "{importer}"}, 409, "connector_scope_missing"),
        (
            "prompt-run/{run}",
            {"destination_connector_id": "{exporter}", "destination_subpath": "../up"},
            422,
            "validation_error",
        ),
        (
            "prompt-run/{run}",
            {"destination_connector_id": "{exporter}", "destination_subpath": "/up"},
            422,
            "validation_error",
        ),
    ],
)
def test_request_that_cannot_be_fulfilled_is_refused(
    client: TestClient,
    runtime: Runtime,
    index_id: str,
    media: Media,
    run_id: str,
    tmp_path: Path,
    path: str,
    body: dict[str, Any],
    status: int,
    code: str,
) -> None:
    other = _medium(runtime, None, tmp_path)
    names = {
        "index": index_id,
        "run": run_id,
        "second": add_run(runtime.ports, media),
        "running": add_run(runtime.ports, media, run_status=RunStatus.PROCESSING),
        "playground_run": add_run(runtime.ports, other),
        "empty": client.post("/indexes", json={"name": "empty"}).json()["index_id"],
        "importer": _connector(client, ["import"]),
        "exporter": _connector(client, ["export"]),
    }
    text = json.dumps(body)
    for name, value in names.items():
        text, path = text.replace(f"{{{name}}}", value), path.replace(f"{{{name}}}", value)
    answer = client.post(f"/exports/{path}", json=json.loads(text))
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.text
    assert client.get("/exports").json() == []


def _connector(client: TestClient, scopes: list[str], **fields: Any) -> str:
    body = {
        "name": "Results",
        "bucket": "results-of-the-tests",
        "region": "eu-central-1",
        "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE",
        "aws_secret_access_key": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "scopes": scopes,
        **fields,
    }
    return str(client.post("/connectors/s3", json=body).json()["connector_id"])


def test_delivery_is_described_before_it_is_made(client: TestClient, run_id: str) -> None:
    connector_id = _connector(client, ["export"], export_base_path="out")
    body = {"destination_connector_id": connector_id, "destination_subpath": "june/"}
    export = read(client, created(client, f"prompt-run/{run_id}", body))
    assert export["export_params"] == {
        "prompt_run_ids": None,
        "destination_connector_id": connector_id,
        "destination_base_path": "out",
        "destination_subpath": "june",
    }
    assert export["destination_type"] == "connector"
    link = client.post(f"/exports/{export['export_id']}/download-url").json()
    assert (link.keys(), link["download_url"]) == (LINK_KEYS, None)


def test_exports_at_work_are_limited(runtime: Runtime, settings: Settings, run_id: str) -> None:
    settings.max_exports_at_work = 2
    client = client_over(runtime)
    for _ in range(2):
        created(client, f"prompt-run/{run_id}")
    refused = client.post(f"/exports/prompt-run/{run_id}")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "resource_quota_exceeded")
    work(runtime)
    created(client, f"prompt-run/{run_id}")


class TestLinks:
    """Links of a server that clients reach over TLS."""

    @pytest.fixture
    def settings(self, tmp_path: Path) -> Settings:
        return Settings(data_folder=tmp_path / "data", public_base_url=HTTPS)

    @pytest.fixture
    def export_id(self, client: TestClient, runtime: Runtime, run_id: str) -> str:
        export_id = created(client, f"prompt-run/{run_id}")
        work(runtime)
        return export_id

    def test_link_downloads_without_a_credential(
        self, client: TestClient, anonymous: TestClient, export_id: str
    ) -> None:
        link = client.post(f"/exports/{export_id}/download-url").json()
        check_link(link, export_id, f"{HTTPS}/api/v2")
        path = link["download_url"].removeprefix(f"{HTTPS}/api/v2")
        answer = anonymous.get(path)
        assert answer.status_code == 200
        assert answer.content == client.get(f"/exports/{export_id}/download").content

    def test_token_opens_nothing_else(
        self, client: TestClient, anonymous: TestClient, runtime: Runtime, export_id: str, run_id: str
    ) -> None:
        url = client.post(f"/exports/{export_id}/download-url").json()["download_url"]
        token = url.partition("?token=")[2]
        other = created(client, f"prompt-run/{run_id}")
        work(runtime)
        wrong = anonymous.get(f"/exports/{other}/download", params={"token": token})
        assert (wrong.status_code, wrong.json()["error"]["code"]) == (403, "export_link_invalid")
        for path in (f"/exports/{export_id}", "/exports", f"/prompt-runs/{run_id}"):
            assert anonymous.get(path, params={"token": token}).status_code == 401
        for bad in (token[:-2], token + "AA", "v1.e30.AAAA", "", "x" * 2048):
            answer = anonymous.get(f"/exports/{export_id}/download", params={"token": bad})
            assert answer.status_code == 403, bad
        assert anonymous.get(f"/exports/{export_id}/download").status_code == 401

    def test_pending_export_has_no_link(self, client: TestClient, run_id: str) -> None:
        export_id = created(client, f"prompt-run/{run_id}")
        link = client.post(f"/exports/{export_id}/download-url").json()
        check_link(link, export_id, f"{HTTPS}/api/v2")
        assert (link["status"], link["download_url"]) == ("pending", None)


def test_plain_http_has_no_link(client: TestClient, runtime: Runtime, run_id: str) -> None:
    export_id = created(client, f"prompt-run/{run_id}")
    work(runtime)
    assert client.post(f"/exports/{export_id}/download-url").json()["download_url"] is None


def test_foreign_export_is_not_found(
    client: TestClient, new_client: NewClient, runtime: Runtime, run_id: str
) -> None:
    export_id = created(client, f"prompt-run/{run_id}")
    work(runtime)
    stranger = new_client(tenant="other")
    for answer in (
        stranger.get(f"/exports/{export_id}"),
        stranger.get(f"/exports/{export_id}/download"),
        stranger.post(f"/exports/{export_id}/download-url"),
        stranger.post(f"/exports/prompt-run/{run_id}"),
    ):
        assert answer.status_code == 404
    assert stranger.get("/exports").json() == []
