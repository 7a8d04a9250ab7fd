"""The stacks as a user gets them: in through API Gateway, through the workflows, out of OpenSearch."""

from functools import partial

import httpx
import pytest
from videovector import NotFoundError, VideoVector

from functions.worker.__main__ import MOST_STARTS
from shared.cli.demo.sample import SAMPLE
from tests.aws.deployment import work
from tests.aws.deployment.deployed import Deployed
from tests.aws.deployment.work import Medium, eventually
from tests.waiting import HANG_TIMEOUT

pytestmark = pytest.mark.slow

CAT_SECOND = 9.0
"""The reel shows one from second 6 to 12."""

HISTORY = {"deletions", "idempotency", "import-jobs", "runs"}
"""That it was deleted, and what was asked for and answered: each by ids alone, and none of it a medium's."""


@pytest.fixture(scope="module")
def medium(product: Deployed, client: VideoVector) -> Medium:
    return work.imported(product, client, SAMPLE, "Sent")


def test_a_file_of_an_upload_session_is_searched_for_what_it_shows(
    product: Deployed, client: VideoVector, medium: Medium
) -> None:
    run = work.ended(client, work.begun(client, medium))
    assert (run.status, run.completed_videos) == ("completed", 1)
    first = client.search.text(medium.index_id, query="a cat", top_k=5)[0]
    assert first.video_id == medium.video_id
    assert (first.start_time or 0) <= CAT_SECOND <= (first.end_time or 0)
    assert work.vectors(product, medium) >= run.total_segments
    assert httpx.get(first.segment_uri or "", timeout=HANG_TIMEOUT).status_code == 200


def test_a_file_put_straight_into_the_bucket_becomes_a_searchable_medium(
    product: Deployed, client: VideoVector
) -> None:
    index = client.indexes.create(name="Dropped")
    key = f"drop/local/{index.index_id}/dropped reel.mp4"
    product.clients["s3"].put_object(
        Bucket=product.outputs["MediaBucket"], Key=key, Body=SAMPLE.read_bytes(), ContentType="video/mp4"
    )
    (video,) = eventually(lambda: client.indexes.list_videos(index.index_id).data)
    medium = Medium(index.index_id, video.video_id)
    run = work.ended(client, work.begun(client, medium))
    assert run.status == "completed"
    assert client.search.text(index.index_id, query="a cat", top_k=1)[0].video_id == video.video_id
    assert work.objects(product, key) == []


def test_a_cancelled_run_stops(product: Deployed, client: VideoVector, medium: Medium) -> None:
    run_id = work.begun(client, medium, **work.EACH_SECOND)
    client.prompt_runs.cancel(run_id)
    run = work.ended(client, run_id)
    assert (run.status, run.cancelled_videos) == ("cancelled", 1)
    assert run.stop_state.completed_at
    assert eventually(lambda: work.ended_as(product, "prompt-run", run_id)) == ["SUCCEEDED"]


def test_a_job_that_dies_again_and_again_ends_as_a_failure_with_a_name(
    product: Deployed, client: VideoVector
) -> None:
    medium = work.imported(product, client, SAMPLE, "Deadly")
    run_id = work.begun(client, medium, **work.EACH_SECOND)
    killed: list[int] = []
    for start in range(1, MOST_STARTS + 1):
        begun = partial(work.has_begun, product, run_id, medium, start)
        killed.append(work.killed_when(product, run_id, killed, begun))
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


def test_a_run_whose_worker_was_killed_has_each_segment_once(product: Deployed, client: VideoVector) -> None:
    medium = work.imported(product, client, SAMPLE, "Killed")
    run_id = work.begun(client, medium, **work.EACH_SECOND)
    work.killed_when(product, run_id, [], lambda: 0 < work.results(product, run_id, medium) < 44)
    run = work.ended(client, run_id)
    assert (run.status, run.total_segments, run.completed_segments) == ("completed", 44, 44)
    assert len(work.worker_starts(product, run_id)) == 2
    page = client.prompt_runs.list_results(run_id, video_id=medium.video_id, limit=20)
    assert [result.start_time for result in page.auto_paging_iter()] == [float(each) for each in range(44)]


def test_a_deletion_leaves_no_item_no_object_and_no_vector(product: Deployed, client: VideoVector) -> None:
    medium = work.imported(product, client, SAMPLE, "Deleted")
    assert work.ended(client, work.begun(client, medium)).status == "completed"
    assert work.vectors(product, medium) > 0
    assert work.objects(product, medium.video_id)
    client.indexes.delete(medium.index_id)
    eventually(lambda: client.indexes.get_deletion(medium.index_id).status == "deleted")
    with pytest.raises(NotFoundError):
        client.videos.retrieve(medium.video_id)
    assert work.vectors(product, medium) == 0
    assert work.objects(product, medium.video_id) == []
    left = {partition.split("#")[2] for partition, _ in work.items(product, medium.video_id)}
    assert left <= HISTORY
