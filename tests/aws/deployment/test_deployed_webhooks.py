"""The way of an event through the deployed stacks: stream, dispatcher, topic, queues, and a real receiver."""

import json
from collections.abc import Iterator

import pytest
from standardwebhooks import Webhook as Verifier
from videovector import VideoVector

from shared.cli.demo.sample import SAMPLE
from tests.aws.deployment import operations
from tests.aws.deployment.deployed import NAME, Deployed
from tests.aws.deployment.operations import eventually
from tests.receiver import Answer, Received, Receiver, running_receiver

pytestmark = pytest.mark.slow

MEDIA_CREATED = "media.created"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running_receiver() as running:
        yield running


def queue_url(product: Deployed, title: str) -> str:
    return str(product.clients["sqs"].get_queue_url(QueueName=f"{NAME}-{title}")["QueueUrl"])


def messages(product: Deployed, title: str) -> int:
    """Count the messages of a queue, also those that wait or are being handled."""
    found = product.clients["sqs"].get_queue_attributes(
        QueueUrl=queue_url(product, title), AttributeNames=["All"]
    )["Attributes"]
    return sum(int(value) for name, value in found.items() if name.startswith("ApproximateNumberOf"))


def test_import_leads_to_signed_delivery(product: Deployed, client: VideoVector, receiver: Receiver) -> None:
    webhook = client.webhooks.create(name="Flow", url=receiver.url, events=[MEDIA_CREATED])
    medium = operations.import_medium(product, client, SAMPLE, "Told")
    eventually(lambda: receiver.received)
    (request,) = receiver.received
    Verifier(webhook.secret).verify(request.body, dict(request.headers))
    told = json.loads(request.body)
    assert (told["event"], told["data"]["video_id"]) == (MEDIA_CREATED, medium.video_id)
    (delivery,) = eventually(
        lambda: [
            each for each in client.webhooks.list_deliveries(webhook.webhook_id) if each.status == "delivered"
        ]
    )
    assert delivery.delivery_id == request.delivery_id
    client.webhooks.delete(webhook.webhook_id)


def test_refused_delivery_is_retried_off_queue(product: Deployed, client: VideoVector) -> None:
    answers = iter([Answer(503)])

    def answer(_: Received) -> Answer:
        return next(answers, Answer(200))

    with running_receiver(answer) as receiver:
        webhook = client.webhooks.create(name="Busy", url=receiver.url, events=[MEDIA_CREATED])
        operations.import_medium(product, client, SAMPLE, "Told again")
        eventually(lambda: len(receiver.received) == 2)
        first, second = receiver.received
        assert first.delivery_id == second.delivery_id
        client.webhooks.delete(webhook.webhook_id)


def test_secret_of_webhook_is_sealed(product: Deployed, client: VideoVector, receiver: Receiver) -> None:
    webhook = client.webhooks.create(name="Sealed", url=receiver.url, events=[MEDIA_CREATED])
    table = product.clients["dynamodb"].scan(TableName=product.outputs["RecordsTable"])
    assert webhook.secret not in json.dumps(table, default=repr)
    client.webhooks.delete(webhook.webhook_id)


def test_message_that_cannot_be_taken_becomes_dead_letter(product: Deployed) -> None:
    sqs, queue = product.clients["sqs"], queue_url(product, "webhook-events")
    dead = messages(product, "webhook-events-dead-letters")
    visibility = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["VisibilityTimeout"])["Attributes"]
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "0"})
    try:
        sqs.send_message(QueueUrl=queue, MessageBody="no reference")
        eventually(lambda: messages(product, "webhook-events-dead-letters") == dead + 1)
    finally:
        sqs.set_queue_attributes(QueueUrl=queue, Attributes=visibility)
