"""Requests to SQS for the deliveries of a batch. ``tests/contract/test_timer.py`` tests the timer itself."""

import pytest

from shared.adapters.aws.timer import SqsTimer
from shared.domain.clock import now
from shared.domain.events.event import Event
from shared.domain.events.payloads import DeletionPayload
from shared.domain.events.types import EventType
from shared.domain.ids import WEBHOOK, new_id
from shared.runtime.due_dispatch import group_of
from shared.services.notifications.delivery_queue import DeliveryQueue, new_delivery
from shared.services.records.documents import Documents
from tests.aws import stores
from tests.aws.request_counts import RequestCounts

pytestmark = pytest.mark.slow


def test_deliveries_are_announced_ten_in_a_request() -> None:
    client = stores.client_of("sqs")
    queue = client.create_queue(QueueName=stores.new_name())["QueueUrl"]
    documents = Documents(stores.open_records(stores.create_table()))
    payload = DeletionPayload(deletion_id="d", kind="media", target_id="t", index_id=None, status="pending")
    webhook_id = new_id(WEBHOOK)
    deliveries = [
        new_delivery(Event.of(EventType.MEDIA_CREATED, payload, tenant_id="anna"), webhook_id, now())
        for _ in range(25)
    ]
    with RequestCounts(client) as counts:
        DeliveryQueue(documents, SqsTimer(queue, client, group_of)).add(deliveries)
    assert counts.calls == {"SendMessageBatch": 3}
    client.delete_queue(QueueUrl=queue)
