"""Connectors with the official client and the stores of every provider.

The client has no ``endpoint_url``: a connector to the S3 store of the tests is created without it.
"""

import io
import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from videovector import ConflictError, NotFoundError, ValidationError

from shared.cli.demo.server import Address
from shared.domain.connectors.credentials import AzureClientSecret, GcsServiceAccount, S3Keys
from tests.api.imports import picture
from tests.clients.conftest import POLL
from tests.clients.either_client import EitherClient, refused_field
from tests.stores.providers import NAMES, Provider, provider
from tests.stores.s3 import S3Store
from tests.unit.services.connectors.test_gcs_key_file import key_file

pytestmark = pytest.mark.slow

SCHEMES = {"s3": "s3", "gcs": "gs", "azure": "az"}


@pytest.fixture(scope="module", params=NAMES)
def store(
    request: pytest.FixtureRequest, s3_store: S3Store | None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Provider]:
    """Yield a provider with a picture and a text in its bucket."""
    made = provider(request.param, s3_store)
    made.put("clips/a b.png", picture(tmp_path_factory.mktemp("clips")).read_bytes())
    made.put("readme.txt", b"text")
    yield made
    made.close()


def connect(
    client: EitherClient, address: Address, store: Provider, credentials: Any = None, **more: Any
) -> str:
    """Create a connector to a store, and return its id."""
    place = store.address
    given = credentials or store.credentials
    match given:
        case GcsServiceAccount():
            content = given.model_dump(exclude={"kind"}) | {
                "type": "service_account",
                "private_key": given.private_key.get_secret_value(),
            }
            file = io.BytesIO(json.dumps(content).encode())
            made = client.connectors.create_gcs(
                name="Clips",
                bucket=place.bucket,
                gcp_project_id=place.gcp_project_id,
                credentials_file=file,
                **more,
            )
            return str(made.connector_id)
        case AzureClientSecret():
            made = client.connectors.create_azure(
                name="Clips",
                storage_account=place.storage_account,
                container=place.container,
                tenant_id=given.tenant_id,
                client_id=given.client_id,
                client_secret=given.client_secret.get_secret_value(),
                **more,
            )
            return str(made.connector_id)
        case S3Keys():
            made = client.connectors.create_s3(
                name="Clips",
                bucket=place.bucket,
                region=place.region,
                aws_access_key_id=given.access_key_id,
                aws_secret_access_key=given.secret_access_key.get_secret_value(),
                **more,
            )
            return str(made.connector_id)
    raise AssertionError(given)


def test_store_is_tested_browsed_and_imported_from(
    client: EitherClient, address: Address, store: Provider
) -> None:
    connector_id = connect(client, address, store, scopes=["import", "export"], export_base_path="out")
    tested = client.connectors.test(connector_id)
    assert (tested.success, tested.error_message) == (True, None)
    connector = client.connectors.retrieve(connector_id)
    assert (connector.status, connector.scopes) == ("active", ["import", "export"])
    assert connector.export_base_path == "out"
    assert connector in client.connectors.list()
    [file] = client.connectors.browse(connector_id, prefix="clips/", pattern="*.{png,jpg}")
    assert (file.path, file.name, file.extension) == ("clips/a b.png", "a b.png", ".png")
    assert file.size_bytes > 0
    assert [each.path for each in client.connectors.browse(connector_id, recursive=False)] == ["readme.txt"]
    uri = f"{SCHEMES[connector.provider]}://{store.address.container_name}/{file.path}"
    index_id = client.indexes.create(name="Clips").index_id
    job = client.videos.create(
        title="A clip", video_uri=uri, index_id=index_id, source_connector_id=connector_id
    )
    job = client.import_jobs.wait_for_completion(job.job_id, poll_interval=POLL)
    assert (job.status, len(job.video_ids)) == ("completed", 1)


def test_wrong_secret_fails_test_and_listing(client: EitherClient, address: Address, store: Provider) -> None:
    connector_id = connect(client, address, store, store.wrong)
    tested = client.connectors.test(connector_id)
    assert not tested.success
    with pytest.raises(ConflictError) as failed:
        client.connectors.browse(connector_id)
    assert (failed.value.status_code, failed.value.error_code) == (409, "connector_wrong_credentials")
    assert failed.value.message == tested.error_message


def test_connectors_of_every_provider_are_created_once_and_deleted(
    client: EitherClient, tmp_path: Path
) -> None:
    path = tmp_path / "key.json"
    path.write_text(json.dumps(key_file()))
    calls: dict[str, dict[str, Any]] = {
        "create_s3": {
            "bucket": "films",
            "region": "eu-central-1",
            "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE",
            "aws_secret_access_key": "x" * 40,
        },
        "create_gcs": {"bucket": "films", "gcp_project_id": "my-project", "credentials_file": path},
        "create_azure": {
            "storage_account": "films",
            "container": "raw",
            "tenant_id": "contoso.com",
            "client_id": "abc",
            "client_secret": "x" * 40,
        },
    }
    for method, arguments in calls.items():
        create = getattr(client.connectors, method)
        key = f"{method}-{client.mode}"
        made, again = (
            create(name="Films", import_mode="new_only", idempotency_key=key, **arguments) for _ in range(2)
        )
        assert again.connector_id == made.connector_id
        assert (made.scopes, made.import_mode, made.status) == (["import"], "new_only", "active")
        with pytest.raises(ConflictError):
            create(name="Other", idempotency_key=key, **arguments)
        with pytest.raises(ValidationError) as refused:
            create(name=" ", **arguments)
        assert refused_field(refused) == "name"
        assert "deleted" in client.connectors.delete(made.connector_id).message
        with pytest.raises(NotFoundError) as missing:
            client.connectors.retrieve(made.connector_id)
        assert missing.value.error_code == "resource_connector_not_found"


def test_files_of_a_store_are_imported_retried_and_cancelled(
    client: EitherClient, address: Address, store: Provider
) -> None:
    connector_id = connect(client, address, store)
    index_id = client.indexes.create(name="Films of a store").index_id
    started = client.import_jobs.create(
        connector_id=connector_id, index_id=index_id, source_prefix="", file_pattern="*", recursive=True
    )
    assert (started.source_kind, started.connector_id) == ("connector", connector_id)
    job = client.import_jobs.wait_for_completion(started.job_id, poll_interval=POLL)
    assert (job.progress.total_files, job.progress.imported, job.progress.failed) == (2, 1, 1)
    assert job.execution.status == "not_requested"
    [failed] = client.import_jobs.iter_files(job.job_id, failed_only=True)
    assert (failed.file_name, failed.status) == ("readme.txt", "failed")
    retried = client.import_jobs.retry(job.job_id)
    assert retried.job_id == job.job_id
    again = client.import_jobs.wait_for_completion(job.job_id, poll_interval=POLL)
    assert (again.progress.imported, again.progress.failed) == (1, 1)
    with pytest.raises(ConflictError):
        client.import_jobs.cancel(job.job_id)
    other = client.import_jobs.create(connector_id=connector_id, index_id=index_id)
    with suppress(ConflictError):  # it may have ended already
        client.import_jobs.cancel(other.job_id)
    ended = client.import_jobs.wait_for_completion(other.job_id, poll_interval=POLL)
    assert ended.status in {"cancelled", "completed"}
