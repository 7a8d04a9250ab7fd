"""API functions over the AWS runtime, set up as by the stacks, with DynamoDB and S3 in the emulator."""

import os
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import pytest

from functions.api.gateway.entry import api_handler
from shared.domain.access import Scope
from shared.runtime import Runtime
from shared.runtime.aws import aws_runtime
from shared.settings import Settings
from tests.aws.emulator import Emulator
from tests.aws.request_counts import RequestCounts
from tests.unit.functions.gateway import Gateway

pytestmark = pytest.mark.slow

PROMPT: Final = {
    "name": "what happens",
    "prompt_text": "Say what happens.",
    "json_schema": {"type": "object", "properties": {"what": {"type": "string"}}},
}


@pytest.fixture
def runtime(emulator: Emulator, table: str, bucket: str, tmp_path: Path) -> Runtime:
    settings = Settings(records_table=table, media_bucket=bucket, secrets_prefix=f"test-{table}")
    made = aws_runtime(settings)
    with patch.dict(os.environ, {**emulator.environment, "TMPDIR": str(tmp_path)}):
        _ = made.ports.records, made.ports.blobs, made.ports.secrets  # their clients read the environment
    return made


@pytest.fixture
def key(runtime: Runtime) -> dict[str, str]:
    _, secret = runtime.access.api_keys.create("acme", "usr_acme", "test", [Scope.ADMIN])
    return {"x-api-key": secret}


def test_index_is_created_once_and_read(runtime: Runtime, key: dict[str, str]) -> None:
    indexes = Gateway(api_handler("indexes", runtime), key)
    made = indexes.request(
        "POST", "/api/v2/indexes", json_body={"name": "films"}, headers={"idempotency-key": "once"}
    )
    again = indexes.request(
        "POST", "/api/v2/indexes", json_body={"name": "films"}, headers={"idempotency-key": "once"}
    )
    assert made.status_code == again.status_code == 201
    assert made.json() == again.json()
    assert indexes.request("GET", f"/api/v2/indexes/{made.json()['index_id']}").json()["name"] == "films"


def test_functions_share_keys_and_records(runtime: Runtime, key: dict[str, str]) -> None:
    indexes, prompts = (Gateway(api_handler(name, runtime), key) for name in ("indexes", "prompts"))
    assert prompts.request("POST", "/api/v2/prompts", json_body=PROMPT).status_code == 201
    assert indexes.request("POST", "/api/v2/indexes", json_body={"name": "a"}).status_code == 201
    playground = Gateway(api_handler("playground", runtime), key)
    assert playground.request("GET", "/api/v2/playground/videos").json()["data"] == []


def test_key_is_read_once_and_then_cached(runtime: Runtime, key: dict[str, str]) -> None:
    indexes = Gateway(api_handler("indexes", runtime), key)
    made = indexes.request("POST", "/api/v2/indexes", json_body={"name": "counted"}).json()
    path = f"/api/v2/indexes/{made['index_id']}"
    runtime.access.api_keys._cache.clear()
    client: Any = vars(runtime.ports.records)["_client"]
    with RequestCounts(client) as first:
        assert indexes.request("GET", path).status_code == 200
    with RequestCounts(client) as second:
        assert indexes.request("GET", path).status_code == 200
    assert (first.reads, second.reads, second.writes) == (2, 1, 0)


def test_unknown_key_is_refused(runtime: Runtime) -> None:
    stranger = Gateway(api_handler("indexes", runtime), {"x-api-key": "sk_live_" + "0" * 48})
    assert stranger.request("GET", "/api/v2/indexes").status_code == 401
