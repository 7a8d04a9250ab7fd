"""Failures between the parts: unreadable messages, lost starts and duplicate announcements."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from ulid import ULID
from videovector import VideoVector

from shared.cli.demo.sample import SAMPLE
from shared.domain import keys
from shared.domain.access import Caller, Scope
from shared.domain.clock import isoformat, now
from shared.domain.job import JobRequest
from shared.domain.runs.prompt_run import RunOptions
from shared.domain.runs.targets import IndexTarget
from shared.runtime.aws import aws_runtime
from shared.services.records.documents import Documents, put
from shared.settings import Settings
from tests.aws.deployment import operations
from tests.aws.deployment.deployed import NAME, Deployed
from tests.aws.deployment.operations import Medium, eventually
from tests.waiting import HANG_TIMEOUT

pytestmark = pytest.mark.slow

OPERATOR = Caller(tenant_id="local", user_id="usr_local", scopes=frozenset({Scope.ADMIN}))
UNREADABLE = json.dumps({"detail": "of nothing that we know"})


def test_unreadable_message_is_dead_lettered_and_next_is_done(product: Deployed, client: VideoVector) -> None:
    """The queue hides a message for 90 minutes between attempts; here for one second."""
    sqs, queue, dead_letters = product.clients["sqs"], _queue_url(product, "uploads"), "uploads-dead-letters"
    index = client.indexes.create(name="Beside")
    hidden = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["VisibilityTimeout"])["Attributes"]
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "1"})
    try:
        with _consumer_paused(product):
            sqs.send_message(QueueUrl=queue, MessageBody=UNREADABLE)
            _drop_file(product, f"drop/local/{index.index_id}/beside.mp4")
            eventually(lambda: _messages_in(product, "uploads") == 2)
        (message,) = eventually(
            lambda: sqs.receive_message(QueueUrl=_queue_url(product, dead_letters)).get("Messages")
        )
    finally:
        sqs.set_queue_attributes(QueueUrl=queue, Attributes=hidden)
    assert message["Body"] == UNREADABLE
    assert len(eventually(lambda: client.indexes.list_videos(index.index_id).data)) == 1
    eventually(lambda: _messages_in(product, "uploads") == 0)


def test_file_announced_by_client_and_store_is_imported_once(product: Deployed, client: VideoVector) -> None:
    index = client.indexes.create(name="Twice")
    job_id = operations.upload(product, SAMPLE, index.index_id)
    operations.complete_again(product, job_id)
    (found,) = operations.object_keys(product, job_id)
    product.clients["sqs"].send_message(
        QueueUrl=_queue_url(product, "uploads"),
        MessageBody=operations.object_created_event(found, SAMPLE.stat().st_size, "any"),
    )
    done = client.import_jobs.wait_for_completion(job_id, poll_interval=operations.POLL, timeout=HANG_TIMEOUT)
    assert done.status == "completed"
    eventually(lambda: _messages_in(product, "uploads") == 0)
    assert len(client.indexes.list_videos(index.index_id).data) == 1


def test_sweep_resumes_run_whose_start_was_lost(product: Deployed, client: VideoVector) -> None:
    """The sweep runs every five minutes; here every minute, and the job request is backdated."""
    medium = operations.import_medium(product, client, SAMPLE, "Lost")
    run_id = _run_without_start(product, client, medium)
    assert operations.executions(product, "prompt-run", run_id) == []
    events, rule = product.clients["events"], f"{NAME}-sweep-jobs"
    assert events.describe_rule(Name=rule)["ScheduleExpression"] == "rate(5 minutes)"
    events.put_rule(Name=rule, ScheduleExpression="rate(1 minute)")
    try:
        assert operations.wait_for_run(client, run_id).status == "completed"
    finally:
        events.put_rule(Name=rule, ScheduleExpression="rate(5 minutes)")
    assert len(operations.executions(product, "prompt-run", run_id)) == 1


def _run_without_start(product: Deployed, client: VideoVector, medium: Medium) -> str:
    """Request a run as the API function does, while Step Functions does not answer."""
    prompt = client.prompts.create(**operations.PROMPT)
    variables = operations.variables_of(product, f"{NAME}-api-prompt-runs")
    with patch.dict(os.environ, variables | {"AWS_ENDPOINT_URL_SFN": "http://127.0.0.1:9"}):
        runtime = aws_runtime(Settings())
        target = IndexTarget.of(medium.index_id)
        run = runtime.runs.prompt_runs.execute(
            OPERATOR, prompt.prompt_id, target, RunOptions(), f"run_{ULID()}"
        )
        _backdate(runtime.documents, run.run_id)
    return run.run_id


def _backdate(documents: Documents, job_id: str) -> None:
    request = documents.get(JobRequest, keys.job(job_id))
    assert request is not None
    request.requested_at = isoformat(now() - timedelta(minutes=10))
    documents.write(put(keys.job(job_id), request))


@contextmanager
def _consumer_paused(product: Deployed) -> Iterator[None]:
    """Pause the consumer, so that the messages sent meanwhile form one batch."""
    functions = product.clients["lambda"]
    (source,) = functions.list_event_source_mappings(FunctionName=f"{NAME}-events-uploads")[
        "EventSourceMappings"
    ]
    functions.update_event_source_mapping(UUID=source["UUID"], Enabled=False)
    try:
        yield
    finally:
        functions.update_event_source_mapping(UUID=source["UUID"], Enabled=True)


def _drop_file(product: Deployed, key: str) -> None:
    product.clients["s3"].put_object(
        Bucket=product.outputs["MediaBucket"], Key=key, Body=SAMPLE.read_bytes(), ContentType="video/mp4"
    )


def _queue_url(product: Deployed, title: str) -> str:
    return str(product.clients["sqs"].get_queue_url(QueueName=f"{NAME}-{title}")["QueueUrl"])


def _messages_in(product: Deployed, title: str) -> int:
    """Count the messages in the queue, messages in flight included."""
    counts: dict[str, Any] = product.clients["sqs"].get_queue_attributes(
        QueueUrl=_queue_url(product, title),
        AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    )["Attributes"]
    return sum(int(count) for count in counts.values())
