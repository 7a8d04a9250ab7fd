"""Connectors over HTTP. The stores are asked in ``test_connected_stores.py``."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from starlette.testclient import TestClient

from shared.domain.access import Scope
from shared.ports.incoming_files import IncomingFile
from shared.runtime import Runtime
from shared.runtime.local import local_runtime
from shared.settings import Settings
from tests.api.conftest import NewClient, client_over
from tests.api.imports import picture, send
from tests.unit.services.connectors.test_gcs_key_file import key_file

SECRET: Final = "planted-wJalrXUtnFEMI/K7MDENG/bPxRfi"
S3: Final[dict[str, Any]] = {
    "name": "Films",
    "bucket": "films",
    "region": "eu-central-1",
    "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE",
    "aws_secret_access_key": SECRET,
}
AZURE: Final[dict[str, Any]] = {
    "name": "Raw",
    "storage_account": "films",
    "container": "raw",
    "tenant_id": "contoso.com",
    "client_id": "00000000-0000-0000-0000-000000000001",
    "client_secret": SECRET,
}
GCS: Final[dict[str, Any]] = {"name": "Clips", "bucket": "films", "gcp_project_id": "my-project"}


def post_gcs(client: TestClient, *, content: bytes | None = None, key: str = "", **fields: Any) -> Any:
    """Create a GCS connector, with the parts as the official client sends them."""
    content = json.dumps(key_file()).encode() if content is None else content
    return client.post(
        "/connectors/gcs",
        data=GCS | {"scopes": ["import"], "import_mode": "all"} | fields,
        files={"credentials_file": ("key.json", content, "application/json")},
        headers={"Idempotency-Key": key} if key else {},
    )


def error_of(answer: Any) -> tuple[int, str, str]:
    """Return status, code and first field of a refusal."""
    error = answer.json()["error"]
    return answer.status_code, error["code"], error["details"].get("errors", [{"field": ""}])[0]["field"]


def test_s3_connector_is_created_listed_and_read(client: TestClient) -> None:
    created = client.post(
        "/connectors/s3", json=S3 | {"scopes": ["export", "import"], "export_base_path": "o/"}
    )
    assert created.status_code == 201
    connector = created.json()
    assert connector == {
        "connector_id": connector["connector_id"],
        "name": "Films",
        "provider": "s3",
        "status": "active",
        "scopes": ["import", "export"],
        "import_mode": "all",
        "export_base_path": "o",
        "bucket": "films",
        "region": "eu-central-1",
        "endpoint_url": None,
        "external_id": None,
        "storage_account": None,
        "container": None,
        "gcp_project_id": None,
        "created_at": connector["created_at"],
        "updated_at": connector["created_at"],
        "last_tested_at": None,
        "last_test_result": None,
        "last_test_error": None,
    }
    assert client.get(f"/connectors/{connector['connector_id']}").json() == connector
    assert client.get("/connectors").json() == [connector]


def test_connectors_of_all_providers_are_listed_in_order_of_creation(client: TestClient) -> None:
    client.post("/connectors/azure", json=AZURE)
    answer = post_gcs(client, scopes=["import", "export"], export_base_path="out")
    assert answer.status_code == 201
    assert (answer.json()["scopes"], answer.json()["export_base_path"]) == (["import", "export"], "out")
    client.post("/connectors/s3", json=S3)
    found = client.get("/connectors").json()
    assert [each["provider"] for each in found] == ["azure", "gcs", "s3"]
    assert (found[0]["storage_account"], found[0]["container"]) == ("films", "raw")
    assert (found[1]["bucket"], found[1]["gcp_project_id"]) == ("films", "my-project")


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("s3", S3 | {"name": " "}, "name"),
        ("s3", S3 | {"name": "n" * 101}, "name"),
        ("s3", S3 | {"scopes": []}, "scopes"),
        ("s3", S3 | {"scopes": ["write"]}, "scopes.0"),
        ("s3", S3 | {"scopes": None}, "scopes"),
        ("s3", S3 | {"import_mode": "some"}, "import_mode"),
        ("s3", S3 | {"export_base_path": "../x"}, "export_base_path"),
        ("s3", S3 | {"bucket": "a/b"}, "bucket"),
        ("s3", S3 | {"region": "eu-central-1.evil.example"}, "region"),
        ("s3", S3 | {"endpoint_url": "http://169.254.169.254"}, "endpoint_url"),
        ("s3", S3 | {"endpoint_url": "https://example.com"}, "endpoint_url"),
        ("s3", S3 | {"aws_secret_access_key": SECRET + "\n"}, "aws_secret_access_key"),
        ("s3", S3 | {"aws_secret_access_key": ""}, "aws_secret_access_key"),
        ("s3", S3 | {"aws_access_key_id": None}, "aws_access_key_id"),
        ("s3", S3 | {"aws_access_key_id": None, "aws_secret_access_key": None}, "aws_access_key_id"),
        ("s3", S3 | {"role_arn": "arn:aws:iam::123456789012:role/films"}, "role_arn"),
        ("azure", AZURE | {"storage_account": "films.evil.example/"}, "storage_account"),
        ("azure", AZURE | {"container": ".."}, "container"),
        ("azure", AZURE | {"tenant_id": "a/b"}, "tenant_id"),
        ("azure", AZURE | {"client_id": "a&b"}, "client_id"),
        ("azure", AZURE | {"client_secret": SECRET + " x"}, "client_secret"),
    ],
)
def test_invalid_connector_is_refused_by_field(
    client: TestClient, path: str, body: dict[str, Any], field: str
) -> None:
    answer = client.post(f"/connectors/{path}", json=body)
    assert error_of(answer) == (422, "validation_error", field)
    assert "planted" not in answer.text
    assert client.get("/connectors").json() == []


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"bucket": "a/b"}, "bucket"),
        ({"gcp_project_id": ""}, "gcp_project_id"),
        ({"scopes": ["none"]}, "scopes.0"),
        ({"content": b"planted"}, "credentials_file"),
        ({"content": b""}, "credentials_file"),
        (
            {"content": json.dumps(key_file(token_uri="http://planted")).encode()},
            "credentials_file.token_uri",
        ),
    ],
)
def test_invalid_gcs_form_is_refused_by_field(client: TestClient, fields: dict[str, Any], field: str) -> None:
    answer = post_gcs(client, **fields)
    assert error_of(answer) == (422, "validation_error", field)
    assert "planted" not in answer.text


def test_key_file_over_64_kib_is_too_large(client: TestClient) -> None:
    answer = post_gcs(client, content=b" " * (64 * 1024 + 1))
    assert (answer.status_code, answer.json()["error"]["details"]) == (
        413,
        {"rule": "max_key_file_bytes", "limit": 65536},
    )


def test_form_without_file_is_refused(client: TestClient) -> None:
    answer = client.post("/connectors/gcs", data=GCS, files={"other": ("x", b"{}", "application/json")})
    assert error_of(answer) == (422, "validation_error", "credentials_file")


def test_field_of_the_form_that_is_sent_twice_is_refused(client: TestClient) -> None:
    answer = post_gcs(client, bucket=["films", "other-films"])
    assert error_of(answer) == (422, "validation_error", "bucket")
    assert answer.json()["error"]["message"] == "bucket: must be sent once"


class NoIncomingFiles:
    """A port of incoming files that takes none."""

    def begin(self, tenant_id: str, content_type: str) -> IncomingFile:
        raise AssertionError("a file is written")


def test_key_file_reaches_neither_uploads_nor_scratch_files(
    client: TestClient, runtime: Runtime, settings: Settings, tmp_path: Path
) -> None:
    vars(runtime.ports)["incoming_files"] = NoIncomingFiles()
    assert send(client, picture(tmp_path)).status_code == 500
    assert post_gcs(client).status_code == 201
    kept = [path for path in settings.data_folder.rglob("*") if path.is_file()]
    with_key = [path for path in kept if b"PRIVATE" in path.read_bytes()]
    assert [path.relative_to(settings.data_folder).parts[0] for path in with_key] == ["tenant-secrets"]


def test_same_key_creates_one_connector_of_each_provider(client: TestClient) -> None:
    key = {"Idempotency-Key": "once"}
    for path, body in (("s3", S3), ("azure", AZURE)):
        first, again = (client.post(f"/connectors/{path}", json=body, headers=key) for _ in range(2))
        assert again.headers["Idempotency-Replayed"] == "true"
        assert again.json() == first.json()
    first, again = post_gcs(client, key="once"), post_gcs(client, key="once")  # other boundaries
    assert again.json() == first.json()
    assert len(client.get("/connectors").json()) == 3


def test_same_key_with_other_credentials_is_a_conflict(client: TestClient) -> None:
    key = {"Idempotency-Key": "once"}
    client.post("/connectors/s3", json=S3, headers=key)
    other = client.post("/connectors/s3", json=S3 | {"aws_secret_access_key": "x" * 40}, headers=key)
    assert error_of(other)[:2] == (409, "idempotency_request_mismatch")
    post_gcs(client, key="once")
    other = post_gcs(client, key="once", content=json.dumps(key_file(client_email="a@b")).encode())
    assert error_of(other)[:2] == (409, "idempotency_request_mismatch")


def test_change_answers_with_the_changed_connector(client: TestClient) -> None:
    path = f"/connectors/{client.post('/connectors/s3', json=S3).json()['connector_id']}"
    body = {
        "name": "Archive",
        "scopes": ["export"],
        "import_mode": "new_only",
        "export_base_path": "out",
        "aws_access_key_id": "AKIAIOSFODNN7EXAMPL2",
        "aws_secret_access_key": SECRET,
    }
    changed = client.patch(path, json=body)
    assert changed.status_code == 200
    assert "planted" not in changed.text
    named = {name: changed.json()[name] for name in ("name", "scopes", "import_mode", "export_base_path")}
    assert named == {
        "name": "Archive",
        "scopes": ["export"],
        "import_mode": "new_only",
        "export_base_path": "out",
    }
    assert client.patch(path, json={"export_base_path": ""}).json()["export_base_path"] is None
    assert client.patch(path, json={}).json()["name"] == "Archive"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE"}, "aws_secret_access_key"),
        ({"client_secret": "x"}, "client_secret"),
        ({"credentials": key_file()}, "credentials"),
        ({"bucket": "other"}, "bucket"),
        ({"endpoint_url": "https://example.com"}, "endpoint_url"),
    ],
)
def test_change_that_breaks_a_rule_is_refused(client: TestClient, body: dict[str, Any], field: str) -> None:
    connector = client.post("/connectors/s3", json=S3).json()
    path = f"/connectors/{connector['connector_id']}"
    assert error_of(client.patch(path, json=body)) == (422, "validation_error", field)
    assert client.get(path).json() == connector


def test_key_of_gcs_and_secret_of_azure_rotate(client: TestClient, runtime: Runtime) -> None:
    gcs = post_gcs(client).json()["connector_id"]
    renewed = key_file(private_key_id="new-id-of-the-key")
    assert client.patch(f"/connectors/{gcs}", json={"credentials": renewed}).status_code == 200
    azure = client.post("/connectors/azure", json=AZURE).json()["connector_id"]
    assert client.patch(f"/connectors/{azure}", json={"client_secret": "new-secret"}).status_code == 200
    kept = [path.read_bytes() for path in (runtime.settings.data_folder / "tenant-secrets").rglob("*/*/*")]
    assert sum(b"new-id-of-the-key" in content for content in kept) == 1
    assert sum(b"new-secret" in content and b"contoso.com" in content for content in kept) == 1


def test_deleted_connector_is_gone_with_its_secret(client: TestClient, settings: Settings) -> None:
    path = f"/connectors/{client.post('/connectors/s3', json=S3).json()['connector_id']}"
    answer = client.delete(path)
    assert answer.status_code == 200
    assert "deleted" in answer.json()["message"]
    for again in (client.get(path), client.delete(path)):
        assert error_of(again)[:2] == (404, "resource_connector_not_found")
    assert [each for each in (settings.data_folder / "tenant-secrets").rglob("*") if each.is_file()] == []


def test_deletion_needs_the_admin_scope(client: TestClient, new_client: NewClient) -> None:
    path = f"/connectors/{client.post('/connectors/s3', json=S3).json()['connector_id']}"
    assert new_client(Scope.WRITE).delete(path).status_code == 403
    assert new_client(Scope.READ).post(f"{path}/test").status_code == 403


def test_quota_of_connectors_is_a_conflict(settings: Settings) -> None:
    client = client_over(local_runtime(settings.model_copy(update={"max_connectors": 1})))
    client.post("/connectors/s3", json=S3)
    error = client.post("/connectors/s3", json=S3).json()["error"]
    assert (error["code"], error["details"]) == (
        "resource_quota_exceeded",
        {"resource": "connectors", "limit": 1, "used": 1, "reserved": 0},
    )


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"pattern": "{a,b}" * 7}, "pattern"),
        ({"pattern": "x" * 1025}, "pattern"),
        ({"prefix": "x" * 1025}, "prefix"),
        ({"start_after": "x" * 1025}, "start_after"),
    ],
)
def test_invalid_listing_is_refused_by_field(client: TestClient, body: dict[str, Any], field: str) -> None:
    path = f"/connectors/{client.post('/connectors/s3', json=S3).json()['connector_id']}/browse"
    assert error_of(client.post(path, json=body)) == (422, "validation_error", field)


def test_connector_without_import_scope_lists_and_imports_nothing(client: TestClient) -> None:
    connector_id = client.post("/connectors/s3", json=S3 | {"scopes": ["export"]}).json()["connector_id"]
    browsed = client.post(f"/connectors/{connector_id}/browse")  # the body is optional
    body = {"title": "A", "video_uri": "s3://films/a.mp4", "source_connector_id": connector_id}
    for answer in (browsed, client.post("/videos", json=body)):
        assert error_of(answer)[:2] == (409, "connector_scope_missing")
    assert client.get("/import-jobs").json() == []


def test_no_record_holds_a_credential(client: TestClient, settings: Settings) -> None:
    key = {"Idempotency-Key": "once"}
    path = f"/connectors/{client.post('/connectors/s3', json=S3, headers=key).json()['connector_id']}"
    client.patch(path, json={"aws_access_key_id": "AKIA2", "aws_secret_access_key": SECRET}, headers=key)
    client.post("/connectors/azure", json=AZURE, headers=key)
    post_gcs(client, key="once")
    secrets = settings.data_folder / "tenant-secrets"
    kept = [
        each for each in settings.data_folder.rglob("*") if each.is_file() and secrets not in each.parents
    ]
    assert kept
    for each in kept:
        assert b"planted" not in each.read_bytes(), each
        assert b"PRIVATE KEY" not in each.read_bytes(), each
