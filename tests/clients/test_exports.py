"""Exports with the official client: every method, downloads, and a delivery through a connector."""

import io
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from videovector import ConflictError, NotFoundError, ProcessingError

from shared.cli.demo.server import Address
from tests.clients.conftest import POLL, Archive
from tests.clients.either_client import EitherClient
from tests.clients.test_connectors import connect
from tests.export_contract import check_export, check_link
from tests.stores.providers import NAMES, provider
from tests.stores.s3 import S3Store
from tests.waiting import HANG_TIMEOUT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(address: Address) -> httpx.Client:
    headers = {"X-API-Key": address.api_key}
    return httpx.Client(base_url=address.base_url, headers=headers, timeout=HANG_TIMEOUT)


def _finished(client: EitherClient, export_id: str) -> Any:
    return client.exports.wait_for_completion(export_id, poll_interval=POLL, timeout=HANG_TIMEOUT)


def test_index_is_exported_and_downloaded(
    client: EitherClient, archive: Archive, server: httpx.Client, address: Address, tmp_path: Path
) -> None:
    created = client.exports.create_index_export(archive.index_id, prompt_run_ids=[archive.run_id])
    export = _finished(client, created.export_id)
    assert export.download_url == f"/api/v2/exports/{export.export_id}/download"
    assert client.exports.retrieve(export.export_id) == export
    assert client.exports.list(limit=100)[0].export_id == export.export_id
    path = tmp_path / "export.json"
    assert client.exports.download(export.export_id, path) == export.file_size_bytes
    text = path.read_text("utf-8")
    assert archive.run_id in text
    assert archive.fixed_run_id not in text
    assert b"".join(client.exports.iter_download(export.export_id)) == path.read_bytes()
    for each in server.get("/exports", params={"limit": 500}).json():
        check_export(each)
    link = server.post(f"/exports/{export.export_id}/download-url").json()
    check_link(link, export.export_id, address.base_url)
    assert client.exports.download_url(export.export_id) == link["download_url"]


def test_run_is_exported_to_a_file_object(client: EitherClient, archive: Archive) -> None:
    created = client.exports.create_prompt_run_export(archive.run_id)
    export = _finished(client, created.export_id)
    assert (export.export_type, export.target_id) == ("prompt_run", archive.run_id)
    held = io.BytesIO()
    client.exports.download(export.export_id, held)
    assert json.loads(held.getvalue())


def test_same_key_creates_one_export(client: EitherClient, archive: Archive) -> None:
    key = f"export-create:{client.mode}"
    first, second = (
        client.exports.create_prompt_run_export(archive.run_id, idempotency_key=key) for _ in range(2)
    )
    assert first.export_id == second.export_id


@pytest.mark.parametrize("name", NAMES)
def test_export_is_delivered_through_a_connector(
    client: EitherClient, address: Address, archive: Archive, s3_store: S3Store | None, name: str
) -> None:
    store = provider(name, s3_store)
    connector_id = connect(client, address, store, scopes=["export"], export_base_path="out/here")
    created = client.exports.create_prompt_run_export(
        archive.run_id, destination_connector_id=connector_id, destination_subpath="june"
    )
    export = _finished(client, created.export_id)
    assert (export.download_url, export.destination_uri) == (None, export.gcs_uri)
    assert export.destination_base_path == "out/here"
    ((found,),) = store.open().list("")
    assert found.path == f"out/here/june/videovector-prompt-run-{export.export_id}.json"
    assert export.gcs_uri.endswith(f"/{found.path}")
    assert found.size == export.file_size_bytes
    assert client.exports.download_url(export.export_id) is None
    with pytest.raises(ConflictError):
        list(client.exports.iter_download(export.export_id))
    store.close()


def test_delivery_that_the_store_refuses_says_why(
    client: EitherClient, address: Address, archive: Archive, s3_store: S3Store | None
) -> None:
    store = provider("s3", s3_store)
    connector_id = connect(client, address, store, store.wrong, scopes=["export"])
    created = client.exports.create_prompt_run_export(archive.run_id, destination_connector_id=connector_id)
    with pytest.raises(ProcessingError, match="secret"):
        _finished(client, created.export_id)


def test_unknown_ids_are_not_found(client: EitherClient) -> None:
    exports = client.exports
    for method in (exports.retrieve, exports.download_url):
        with pytest.raises(NotFoundError):
            method("exp_unknown")
    with pytest.raises(NotFoundError):
        exports.create_index_export("idx_unknown")
    with pytest.raises(NotFoundError):
        exports.create_prompt_run_export("run_unknown")
