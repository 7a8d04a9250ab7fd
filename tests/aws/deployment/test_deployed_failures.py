"""What goes wrong between the parts: messages nobody can read, lost starts, news that comes twice."""

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
from shared.domain.prompt_run import RunOptions
from shared.runtime.aws import aws_runtime
from shared.services.documents import Documents, put
from shared.settings import Settings
from tests.aws.deployment import work
from tests.aws.deployment.deployed import NAME, Deployed
from tests.aws.deployment.work import Medium, eventually
from tests.waiting import HANG_TIMEOUT

pytestmark = pytest.mark.slow

OPERATOR = Caller(tenant_id="local", user_id="usr_local", scopes=frozenset({Scope.ADMIN}))
UNREADABLE = json.dumps({"detail": "of nothing that we know"})


def test_a_message_nobody_can_read_is_put_aside_and_the_one_beside_it_is_worked_on(
    product: Deployed, client: VideoVector
) -> None:
    """The queue hides a message for 90 minutes between tries; here for a second."""
    sqs, queue, put_aside = product.clients["sqs"], _queue(product, "uploads"), "uploads-dead-letters"
    index = client.indexes.create(name="Beside")
    hidden = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["VisibilityTimeout"])["Attributes"]
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "1"})
    try:
        with _nobody_reading(product):
            sqs.send_message(QueueUrl=queue, MessageBody=UNREADABLE)
            _drop(product, f"drop/local/{index.index_id}/beside.mp4")
            eventually(lambda: _waiting(product, "uploads") == 2)
        (message,) = eventually(
            lambda: sqs.receive_message(QueueUrl=_queue(product, put_aside)).get("Messages")
        )
    finally:
        sqs.set_queue_attributes(QueueUrl=queue, Attributes=hidden)
    assert message["Body"] == UNREADABLE
    assert len(eventually(lambda: client.indexes.list_videos(index.index_id).data)) == 1
    assert _waiting(product, "uploads") == 0


def test_a_file_that_both_the_client_and_the_store_announce_is_imported_once(
    product: Deployed, client: VideoVector
) -> None:
    index = client.indexes.create(name="Twice")
    job_id = work.upload(product, SAMPLE, index.index_id)
    work.completed_again(product, job_id)
    (found,) = work.objects(product, job_id)
    product.clients["sqs"].send_message(
        QueueUrl=_queue(product, "uploads"), MessageBody=work.created(found, SAMPLE.stat().st_size, "any")
    )
    done = client.import_jobs.wait_for_completion(job_id, poll_interval=work.POLL, timeout=HANG_TIMEOUT)
    assert done.status == "completed"
    eventually(lambda: _waiting(product, "uploads") == 0)
    assert len(work.executions(product, "ingest", job_id)) == 1
    assert len(client.indexes.list_videos(index.index_id).data) == 1


def test_the_schedule_resumes_a_run_whose_start_was_lost(product: Deployed, client: VideoVector) -> None:
    """It comes every five minutes; here every minute, and the request is made to look old enough."""
    medium = work.imported(product, client, SAMPLE, "Lost")
    run_id = _run_without_a_start(product, client, medium)
    assert work.executions(product, "prompt-run", run_id) == []
    events, rule = product.clients["events"], f"{NAME}-sweep-jobs"
    assert events.describe_rule(Name=rule)["ScheduleExpression"] == "rate(5 minutes)"
    events.put_rule(Name=rule, ScheduleExpression="rate(1 minute)")
    try:
        assert work.ended(client, run_id).status == "completed"
    finally:
        events.put_rule(Name=rule, ScheduleExpression="rate(5 minutes)")
    assert len(work.executions(product, "prompt-run", run_id)) == 1


def _run_without_a_start(product: Deployed, client: VideoVector, medium: Medium) -> str:
    """Asked for as the function for runs does it, while Step Functions does not answer."""
    prompt = client.prompts.create(**work.PROMPT)
    variables = work.variables_of(product, f"{NAME}-api-prompt-runs")
    with patch.dict(os.environ, variables | {"AWS_ENDPOINT_URL_SFN": "http://127.0.0.1:9"}):
        runtime = aws_runtime(Settings())
        target = {"type": "index", "index_id": medium.index_id}
        run = runtime.prompt_runs.execute(OPERATOR, prompt.prompt_id, target, RunOptions(), f"run_{ULID()}")
        _age(runtime.documents, run.run_id)
    return run.run_id


def _age(documents: Documents, job_id: str) -> None:
    request = documents.get(JobRequest, keys.job(job_id))
    assert request is not None
    request.requested_at = isoformat(now() - timedelta(minutes=10))
    documents.write(put(keys.job(job_id), request))


@contextmanager
def _nobody_reading(product: Deployed) -> Iterator[None]:
    """What comes meanwhile is then one batch."""
    functions = product.clients["lambda"]
    (source,) = functions.list_event_source_mappings(FunctionName=f"{NAME}-events-uploads")[
        "EventSourceMappings"
    ]
    functions.update_event_source_mapping(UUID=source["UUID"], Enabled=False)
    try:
        yield
    finally:
        functions.update_event_source_mapping(UUID=source["UUID"], Enabled=True)


def _drop(product: Deployed, key: str) -> None:
    product.clients["s3"].put_object(
        Bucket=product.outputs["MediaBucket"], Key=key, Body=SAMPLE.read_bytes(), ContentType="video/mp4"
    )


def _queue(product: Deployed, title: str) -> str:
    return str(product.clients["sqs"].get_queue_url(QueueName=f"{NAME}-{title}")["QueueUrl"])


def _waiting(product: Deployed, title: str) -> int:
    """Messages in the queue, those that are being worked on among them."""
    counts: dict[str, Any] = product.clients["sqs"].get_queue_attributes(
        QueueUrl=_queue(product, title),
        AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    )["Attributes"]
    return sum(int(count) for count in counts.values())
