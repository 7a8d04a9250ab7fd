"""Refusal of compressed bodies, by routes of JSON and of forms."""

import gzip
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from shared.runtime.local import local_runtime
from shared.settings import Settings
from tests.api.conftest import client_over


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    return client_over(local_runtime(Settings(data_folder=tmp_path / "data")))


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/indexes", "application/json"), ("/videos/upload", "multipart/form-data; boundary=x")],
)
def test_compressed_body_is_refused_by_name(client: TestClient, path: str, kind: str) -> None:
    headers = {"Content-Type": kind, "Content-Encoding": "gzip"}
    answer = client.post(path, content=gzip.compress(b'{"name": "A"}'), headers=headers)
    assert answer.status_code == 422
    assert answer.json()["error"]["details"]["errors"][0]["field"] == "Content-Encoding"


def test_identity_is_no_compression(client: TestClient) -> None:
    headers = {"Content-Encoding": "identity"}
    assert client.post("/indexes", json={"name": "A"}, headers=headers).status_code == 201
