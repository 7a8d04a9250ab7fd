"""Exports and clips by the deployed stacks: made by workers of the queue, sent, and removed."""

import io
from typing import Any, Final

import av
import httpx
import pyarrow.parquet
import pytest
from videovector import NotFoundError, VideoVector

from shared.adapters.aws.timer import SqsTimer
from shared.cli.demo.sample import SAMPLE
from shared.domain.clock import timestamp
from shared.domain.due import Due, DueKind
from shared.runtime.due_dispatch import group_of
from tests.aws.deployment import operations
from tests.aws.deployment.deployed import NAME, Deployed
from tests.aws.deployment.operations import Medium, eventually
from tests.waiting import HANG_TIMEOUT

pytestmark = pytest.mark.slow

QUEUE: Final = "import-batches"
"""The queue of all jobs of workers."""


@pytest.fixture(scope="module")
def medium(product: Deployed, client: VideoVector) -> Medium:
    return operations.import_medium(product, client, SAMPLE, "Exported")


@pytest.fixture(scope="module")
def run_id(client: VideoVector, medium: Medium) -> str:
    run = operations.wait_for_run(client, operations.start_run(client, medium))
    assert run.status == "completed"
    return str(run.run_id)


@pytest.fixture(scope="module")
def http(product: Deployed) -> httpx.Client:
    return httpx.Client(
        base_url=product.base_url, headers={"X-API-Key": product.api_key}, timeout=HANG_TIMEOUT
    )


def export_run(client: VideoVector, http: httpx.Client, run_id: str, export_format: str) -> Any:
    """Export a run; return the completed export."""
    created = http.post(f"/exports/prompt-run/{run_id}", json={"format": export_format}).raise_for_status()
    return client.exports.wait_for_completion(
        created.json()["export_id"], poll_interval=operations.POLL, timeout=HANG_TIMEOUT
    )


def expire(product: Deployed, kind: DueKind, subject: str) -> None:
    """Announce work as due now."""
    sqs = product.clients["sqs"]
    queue = sqs.get_queue_url(QueueName=f"{NAME}-due-work")["QueueUrl"]
    due = Due(kind=kind, tenant_id="local", subject=subject, due_at=timestamp())
    SqsTimer(queue, sqs, group_of).announce(due)


@pytest.mark.parametrize("export_format", ["json", "jsonl", "csv", "parquet", "sqlite"])
def test_worker_makes_file_that_function_sends(
    client: VideoVector, http: httpx.Client, run_id: str, export_format: str
) -> None:
    export = export_run(client, http, run_id, export_format)
    answer = http.get(f"/exports/{export.export_id}/download").raise_for_status()
    assert len(answer.content) == export.file_size_bytes == int(answer.headers["Content-Length"])
    assert run_id.encode() in answer.content or export_format == "parquet"
    if export_format == "parquet":
        rows = pyarrow.parquet.read_table(io.BytesIO(answer.content))  # type: ignore[no-untyped-call]
        assert rows.num_rows == client.prompt_runs.retrieve(run_id).total_segments


def test_export_leaves_no_message_and_no_request(
    product: Deployed, client: VideoVector, http: httpx.Client, run_id: str
) -> None:
    export = export_run(client, http, run_id, "jsonl")
    eventually(lambda: operations.messages_in(product, QUEUE) == 0)
    assert operations.messages_in(product, f"{QUEUE}-dead-letters") == 0
    partitions = {partition for partition, _ in operations.item_keys(product, export.export_id)}
    assert "jobs" not in partitions
    assert "tenant#local#exports-at-work" not in partitions


def test_expired_file_is_removed(
    product: Deployed, client: VideoVector, http: httpx.Client, run_id: str
) -> None:
    export = export_run(client, http, run_id, "csv")
    assert operations.object_keys(product, export.export_id)
    expire(product, DueKind.EXPORT_EXPIRY, export.export_id)
    eventually(lambda: operations.object_keys(product, export.export_id) == [])
    answer = http.get(f"/exports/{export.export_id}/download")
    assert (answer.status_code, answer.json()["error"]["code"]) == (410, "export_expired")


def test_clip_is_cut_by_worker_and_deleted(product: Deployed, http: httpx.Client, medium: Medium) -> None:
    clips = f"/videos/{medium.video_id}/clips"
    created = http.post(clips, json={"start_seconds": 6, "end_seconds": 12, "precise": True})
    clip_id = created.raise_for_status().json()["clip_id"]

    def ready() -> dict[str, Any] | None:
        found: dict[str, Any] = http.get(f"{clips}/{clip_id}").raise_for_status().json()
        assert found["status"] != "failed", found
        return found if found["status"] == "ready" else None

    link = eventually(ready)["download_url"]
    content = httpx.get(link, timeout=HANG_TIMEOUT).raise_for_status().content
    with av.open(io.BytesIO(content), mode="r") as opened:
        assert (opened.duration or 0) / av.time_base == pytest.approx(6, abs=0.2)
    assert operations.object_keys(product, clip_id)
    http.delete(f"{clips}/{clip_id}").raise_for_status()
    assert operations.object_keys(product, clip_id) == []


def test_deleted_medium_leaves_no_clip_and_no_export(product: Deployed, client: VideoVector) -> None:
    medium = operations.import_medium(product, client, SAMPLE, "Exported and deleted")
    run = operations.wait_for_run(client, operations.start_run(client, medium))
    headers = {"X-API-Key": product.api_key}
    with httpx.Client(base_url=product.base_url, headers=headers, timeout=HANG_TIMEOUT) as http:
        export = export_run(client, http, run.run_id, "sqlite")
        clips = f"/videos/{medium.video_id}/clips"
        clip = http.post(clips, json={"start_seconds": 1, "end_seconds": 3}).raise_for_status().json()
        eventually(lambda: http.get(f"{clips}/{clip['clip_id']}").json()["status"] == "ready")
    client.indexes.delete(medium.index_id)
    eventually(lambda: operations.object_keys(product, medium.video_id) == [])
    eventually(lambda: operations.object_keys(product, export.export_id) == [])
    eventually(lambda: operations.object_keys(product, run.run_id) == [])
    with pytest.raises(NotFoundError):
        client.exports.retrieve(export.export_id)
