"""The deployed stacks end to end: through API Gateway, the workflows and OpenSearch."""

from functools import partial

import httpx
import pytest
from videovector import NotFoundError, VideoVector

from functions.worker.__main__ import MAX_STARTS
from shared.cli.demo.sample import SAMPLE
from tests.aws.deployment import operations
from tests.aws.deployment.deployed import Deployed
from tests.aws.deployment.operations import Medium, eventually
from tests.waiting import HANG_TIMEOUT

pytestmark = pytest.mark.slow

CAT_SECOND = 9.0
"""The reel shows a cat from second 6 to 12."""

HISTORY = {"deletions", "idempotency", "import-jobs", "runs"}
"""Kinds of records that outlive a medium: its deletion, and requests with their answers, all by ids only."""


@pytest.fixture(scope="module")
def medium(product: Deployed, client: VideoVector) -> Medium:
    return operations.import_medium(product, client, SAMPLE, "Sent")


def test_uploaded_file_is_found_by_its_content(
    product: Deployed, client: VideoVector, medium: Medium
) -> None:
    run = operations.wait_for_run(client, operations.start_run(client, medium))
    assert (run.status, run.completed_videos) == ("completed", 1)
    first = client.search.text(medium.index_id, query="a cat", top_k=5)[0]
    assert first.video_id == medium.video_id
    assert (first.start_time or 0) <= CAT_SECOND <= (first.end_time or 0)
    assert operations.count_vectors(product, medium) >= run.total_segments
    assert httpx.get(first.segment_uri or "", timeout=HANG_TIMEOUT).status_code == 200


def test_file_dropped_into_bucket_becomes_searchable(product: Deployed, client: VideoVector) -> None:
    index = client.indexes.create(name="Dropped")
    key = f"drop/local/{index.index_id}/dropped reel.mp4"
    product.clients["s3"].put_object(
        Bucket=product.outputs["MediaBucket"], Key=key, Body=SAMPLE.read_bytes(), ContentType="video/mp4"
    )
    (video,) = eventually(lambda: client.indexes.list_videos(index.index_id).data)
    medium = Medium(index.index_id, video.video_id)
    run = operations.wait_for_run(client, operations.start_run(client, medium))
    assert run.status == "completed"
    assert client.search.text(index.index_id, query="a cat", top_k=1)[0].video_id == video.video_id
    assert operations.object_keys(product, key) == []


def test_cancelled_run_stops(product: Deployed, client: VideoVector, medium: Medium) -> None:
    run_id = operations.start_run(client, medium, **operations.EACH_SECOND)
    client.prompt_runs.cancel(run_id)
    run = operations.wait_for_run(client, run_id)
    assert (run.status, run.cancelled_videos) == ("cancelled", 1)
    assert run.stop_state.completed_at
    assert eventually(lambda: operations.final_statuses(product, "prompt-run", run_id)) == ["SUCCEEDED"]


def test_repeatedly_killed_worker_fails_medium_by_code(product: Deployed, client: VideoVector) -> None:
    medium = operations.import_medium(product, client, SAMPLE, "Deadly")
    run_id = operations.start_run(client, medium, **operations.EACH_SECOND)
    killed: list[int] = []
    for start in range(1, MAX_STARTS + 1):
        begun = partial(operations.has_started, product, run_id, medium, start)
        killed.append(operations.kill_worker_when(product, run_id, killed, begun))
    eventually(lambda: client.prompt_runs.retrieve(run_id).status not in {"pending", "processing"})
    run = client.prompt_runs.retrieve(run_id)
    assert (run.status, run.failed_videos) == ("failed", 1)
    manifest = httpx.get(
        f"{product.base_url}/prompt-runs/{run_id}/failed-segments",
        headers={"X-API-Key": product.api_key},
        timeout=HANG_TIMEOUT,
    )
    (failed,) = manifest.raise_for_status().json()["videos"]
    assert (failed["video_id"], failed["failure_code"]) == (medium.video_id, "worker_died")


def test_run_with_killed_worker_has_each_segment_once(product: Deployed, client: VideoVector) -> None:
    medium = operations.import_medium(product, client, SAMPLE, "Killed")
    run_id = operations.start_run(client, medium, **operations.EACH_SECOND)
    operations.kill_worker_when(
        product, run_id, [], lambda: 0 < operations.count_results(product, run_id, medium) < 44
    )
    run = operations.wait_for_run(client, run_id)
    assert (run.status, run.total_segments, run.completed_segments) == ("completed", 44, 44)
    assert len(operations.worker_starts(product, run_id)) == 2
    page = client.prompt_runs.list_results(run_id, video_id=medium.video_id, limit=20)
    assert [result.start_time for result in page.auto_paging_iter()] == [float(each) for each in range(44)]


def test_deletion_leaves_no_item_object_or_vector(product: Deployed, client: VideoVector) -> None:
    medium = operations.import_medium(product, client, SAMPLE, "Deleted")
    assert operations.wait_for_run(client, operations.start_run(client, medium)).status == "completed"
    assert operations.count_vectors(product, medium) > 0
    assert operations.object_keys(product, medium.video_id)
    client.indexes.delete(medium.index_id)
    eventually(lambda: client.indexes.get_deletion(medium.index_id).status == "deleted")
    with pytest.raises(NotFoundError):
        client.videos.retrieve(medium.video_id)
    assert operations.count_vectors(product, medium) == 0
    assert operations.object_keys(product, medium.video_id) == []
    left = {partition.split("#")[2] for partition, _ in operations.item_keys(product, medium.video_id)}
    assert left <= HISTORY
