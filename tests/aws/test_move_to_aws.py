"""A local archive, copied into the AWS stores: the API gives the same answers there."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from typer.testing import CliRunner

from shared.cli.__main__ import application
from shared.runtime.aws import aws_runtime
from shared.runtime.local import local_runtime
from shared.services.maintenance.reindexing import Reindexing
from shared.settings import Settings
from tests.aws import stores
from tests.aws.emulator import Emulator
from tests.aws.opensearch.server import shared_url
from tests.aws.sample_archive import (
    PLANTED,
    TENANT,
    Archive,
    assert_same_answers,
    client_of,
    filled_archive,
    post,
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return filled_archive(tmp_path_factory.mktemp("laptop"))


@pytest.fixture(scope="module")
def deployment(emulator: Emulator) -> Iterator[dict[str, str]]:
    """The variables of an operator's shell, for new stores."""
    prefix = "VIDEOVECTOR_SERVER_"
    variables = {
        **emulator.environment,
        f"{prefix}RECORDS_TABLE": stores.create_table(),
        f"{prefix}MEDIA_BUCKET": stores.create_bucket(),
        f"{prefix}ENCRYPTION_KEY_ARN": stores.create_encryption_key(),
        f"{prefix}SEARCH_ENDPOINT": shared_url(),
        f"{prefix}SEARCH_INDEX_PREFIX": stores.new_name(),
    }
    with patch.dict(os.environ, variables):
        yield variables


def move(archive: Archive, *options: str, code: int = 0) -> str:
    result = CliRunner().invoke(application, ["move-to-aws", "--data", str(archive.folder), *options])
    assert result.exit_code == code, result.output
    return result.output


def test_dry_run_writes_nothing(archive: Archive, deployment: dict[str, str]) -> None:
    said = move(archive, "--dry-run")
    assert "Nothing was written." in said
    assert " 0 records copied" not in said
    table = deployment["VIDEOVECTOR_SERVER_RECORDS_TABLE"]
    assert stores.client_of("dynamodb").scan(TableName=table)["Count"] == 0


def test_api_gives_same_answers_after_move(archive: Archive, deployment: dict[str, str]) -> None:
    first = move(archive, "--keys")
    again = move(archive, "--keys")
    assert "0 files copied" in again
    assert "0 records copied" in again
    count = first.split(" files copied")[0]
    assert f"0 files copied, {count} there already" in again  # compared byte by byte
    here = client_of(local_runtime(Settings(data_folder=archive.folder, records_table=None)), archive.key)
    runtime = aws_runtime(Settings(), worker=True)
    there = client_of(runtime, archive.key)
    assert_same_answers(archive, here, there)
    reindexing = Reindexing(
        runtime.documents, runtime.ports.blobs, runtime.ports.models, runtime.ports.search_index
    )
    assert reindexing.rebuild([TENANT], lambda *_: None) >= 3
    query = {"query": "somebody speaks", "top_k": 5}
    found = [post(client, f"/indexes/{archive.index_id}/search", query) for client in (here, there)]
    assert found[0]
    assert [hit["segment_id"] for hit in found[0]] == [hit["segment_id"] for hit in found[1]]


def test_moved_files_have_same_bytes(archive: Archive, deployment: dict[str, str]) -> None:
    here, there = local_runtime(Settings(data_folder=archive.folder)), aws_runtime(Settings())
    names = [key for folder in ("content/", "media/") for key in here.ports.blobs.keys(folder)]
    assert names == [key for folder in ("content/", "media/") for key in there.ports.blobs.keys(folder)]
    assert all(here.ports.blobs.read(key) == there.ports.blobs.read(key) for key in names)
    assert all(here.ports.blobs.stat(key) == there.ports.blobs.stat(key) for key in names)


def test_moved_secrets_are_sealed_under_same_version(archive: Archive, deployment: dict[str, str]) -> None:
    assert aws_runtime(Settings()).ports.tenant_secrets.read(*archive.secret) == PLANTED
    items = stores.client_of("dynamodb").scan(TableName=deployment["VIDEOVECTOR_SERVER_RECORDS_TABLE"])
    assert PLANTED not in json.dumps(items, default=repr).encode()


def test_changes_on_aws_are_kept_unless_overwritten(archive: Archive, deployment: dict[str, str]) -> None:
    there = aws_runtime(Settings())
    client = client_of(there, archive.key)
    client.request("PATCH", f"/prompts/{archive.prompt_id}", json={"name": "Renamed"})
    changed = next(key for key in there.ports.blobs.keys("media/"))
    there.ports.blobs.write(changed, b"changed", "video/mp4")
    said = move(archive, code=1)
    assert "1 different" in said
    assert changed in said
    assert there.ports.blobs.read(changed) == b"changed"
    assert changed not in move(archive, "--overwrite")
    assert there.ports.blobs.read(changed) != b"changed"


def test_api_keys_are_moved_only_on_request(archive: Archive, deployment: dict[str, str]) -> None:
    with patch.dict(os.environ, {"VIDEOVECTOR_SERVER_RECORDS_TABLE": stores.create_table()}):
        move(archive, "--sizes-only")
        assert client_of(aws_runtime(Settings()), archive.key).get("/indexes").status_code == 401
        assert json.dumps(archive.key[:16]) not in json.dumps(
            stores.client_of("dynamodb").scan(TableName=os.environ["VIDEOVECTOR_SERVER_RECORDS_TABLE"])
        )


def test_move_is_refused_while_job_is_open(tmp_path: Path, deployment: dict[str, str]) -> None:
    from shared.domain import keys
    from shared.domain.job import JobRequest, Workflow
    from shared.services.records.documents import put

    runtime = local_runtime(Settings(data_folder=tmp_path))
    job = JobRequest(job_id="imp_1", workflow=Workflow.INGEST, arguments={}, requested_at="")
    runtime.documents.write(put(keys.job("imp_1"), job))
    result = CliRunner().invoke(application, ["move-to-aws", "--data", str(tmp_path)])
    assert result.exit_code == 1
    assert "still to be done" in result.output
