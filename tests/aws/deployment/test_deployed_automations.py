"""Automations of the deployed stacks: the events of a bucket start one import, whose end starts one run."""

import os
from datetime import timedelta
from unittest.mock import patch

import pytest
from videovector import VideoVector

from shared.domain import keys
from shared.domain.automations.import_automation import ImportAutomation
from shared.domain.clock import isoformat, now
from shared.runtime.aws import aws_runtime
from shared.services.automations.automation_records import change_writes
from shared.settings import Settings
from tests.aws.deployment import operations, user_stores
from tests.aws.deployment.deployed import NAME, WATCHED_BUCKET, Deployed
from tests.aws.deployment.operations import eventually
from tests.waiting import HANG_TIMEOUT

pytestmark = pytest.mark.slow


def let_time_pass(product: Deployed, index_id: str) -> None:
    """Move the announcements of an automation into the past, and announce that it is due.

    The shortest debounce takes five minutes.
    """
    variables = operations.variables_of(product, f"{NAME}-events-due-work")
    with patch.dict(os.environ, variables):
        runtime = aws_runtime(Settings())
        key = keys.import_automation("local", index_id)
        record = runtime.ports.records.get(key)
        assert record is not None
        before = ImportAutomation.model_validate(record.body)
        past = isoformat(now() - timedelta(minutes=10))
        after = before.model_copy(update={"announced_at": past, "announced_since": past, "due_at": past})
        runtime.documents.write(*change_writes(before, after, expected_version=record.version))
        assert after.due is not None
        runtime.ports.timer.announce(after.due)


def test_object_in_watched_bucket_starts_one_import(product: Deployed, client: VideoVector) -> None:
    bucket = user_stores.new_bucket(product, WATCHED_BUCKET)
    product.clients["s3"].put_bucket_notification_configuration(
        Bucket=bucket, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    connector = user_stores.new_connector(product, bucket)
    assert user_stores.request(product, "POST", f"/connectors/{connector}/test")["success"]
    index = client.indexes.create(name="Watched")
    prompt = client.prompts.create(**operations.PROMPT)
    address = f"/indexes/{index.index_id}/automations/import"
    settings = {
        "connector_id": connector,
        "source_prefix": "pictures/",
        "debounce_interval": "5m",
        "prompt_preset": {"prompt_id": prompt.prompt_id},
    }
    user_stores.request(product, "PUT", address, json=settings)

    user_stores.put_pictures(product, bucket, 2)
    eventually(lambda: stored(product, index.index_id)["announced_at"])
    assert jobs_of(product, index.index_id) == []

    let_time_pass(product, index.index_id)
    (job,) = eventually(lambda: jobs_of(product, index.index_id))
    done = client.import_jobs.wait_for_completion(job, poll_interval=operations.POLL, timeout=HANG_TIMEOUT)
    assert (done.status, done.progress.imported) == ("completed", 2)
    run_id = eventually(
        lambda: user_stores.request(product, "GET", f"/import-jobs/{job}")["execution"]["run_id"]
    )
    run = operations.wait_for_run(client, run_id)
    assert (run.status, run.completed_images) == ("completed", 2)
    assert jobs_of(product, index.index_id) == [job]


def jobs_of(product: Deployed, index_id: str) -> list[str]:
    """Return the ids of the import jobs of an index."""
    found = user_stores.request(product, "GET", "/import-jobs", params={"index_id": index_id})
    return [each["job_id"] for each in found]


def stored(product: Deployed, index_id: str) -> dict[str, object]:
    """Read the record of an automation."""
    variables = operations.variables_of(product, f"{NAME}-events-due-work")
    with patch.dict(os.environ, variables):
        record = aws_runtime(Settings()).ports.records.get(keys.import_automation("local", index_id))
    assert record is not None
    return dict(record.body)
