"""Imports of many files by the deployed stacks: the listing, the queue of batches, and warm workers."""

import json
from pathlib import PurePath

import pytest
from videovector import VideoVector

from tests.aws.deployment import operations, user_stores
from tests.aws.deployment.deployed import Deployed
from tests.aws.deployment.operations import eventually
from tests.waiting import HANG_TIMEOUT

pytestmark = pytest.mark.slow

SMALL = 60
LARGE = 2_000
LONG_TIMEOUT = 20 * HANG_TIMEOUT


def import_workers(product: Deployed) -> list[list[str]]:
    """Return the commands of the import workers that Batch has started."""
    processes = [json.loads(file.read_text()) for file in product.jobs.glob("*/process-1")]
    return [process["command"] for process in processes if process["command"][0] == "imports"]


@pytest.mark.parametrize("count", [SMALL, pytest.param(LARGE, marks=pytest.mark.long)])
def test_each_file_of_store_is_imported_once(product: Deployed, client: VideoVector, count: int) -> None:
    bucket = user_stores.new_bucket(product)
    keys = user_stores.put_pictures(product, bucket, count)
    connector = user_stores.new_connector(product, bucket)
    index = client.indexes.create(name=f"Many {count}")
    before = len(import_workers(product))
    job = client.import_jobs.create(
        connector_id=connector, index_id=index.index_id, source_prefix="pictures/"
    )
    done = client.import_jobs.wait_for_completion(
        job.job_id, poll_interval=operations.POLL, timeout=HANG_TIMEOUT if count == SMALL else LONG_TIMEOUT
    )
    assert (done.status, done.progress.total_files, done.progress.imported) == ("completed", count, count)
    outputs = list(client.import_jobs.iter_outputs(job.job_id))
    assert len({output.video_id for output in outputs}) == count
    files = list(client.import_jobs.iter_files(job.job_id))
    assert sorted(file.file_name for file in files) == [PurePath(key).name for key in keys]
    videos = list(client.indexes.list_videos(index.index_id, limit=100).auto_paging_iter())
    assert {video.video_id for video in videos} == {output.video_id for output in outputs}
    assert len(import_workers(product)) - before <= 2


def test_import_leaves_no_message_and_no_request(product: Deployed, client: VideoVector) -> None:
    bucket = user_stores.new_bucket(product)
    user_stores.put_pictures(product, bucket, 3)
    connector = user_stores.new_connector(product, bucket)
    index = client.indexes.create(name="Few")
    job = client.import_jobs.create(connector_id=connector, index_id=index.index_id)
    done = client.import_jobs.wait_for_completion(
        job.job_id, poll_interval=operations.POLL, timeout=HANG_TIMEOUT
    )
    assert (done.status, done.progress.imported) == ("completed", 3)
    for title in ("import-listings", "import-batches"):
        eventually(lambda title=title: operations.messages_in(product, title) == 0)  # type: ignore[misc]
        assert operations.messages_in(product, f"{title}-dead-letters") == 0
    requests = [sort for partition, sort in operations.item_keys(product, job.job_id) if partition == "jobs"]
    assert requests == []
