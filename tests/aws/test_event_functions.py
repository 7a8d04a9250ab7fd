"""The functions of the event feed and of due work, called as Lambda calls them, over the emulator."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from aws_lambda_powertools import Logger

from functions.events.event_batches import consume_batch
from shared.adapters.aws.event_feed.dispatcher import EventDispatcher
from shared.adapters.aws.records.records import DynamoRecords
from shared.adapters.aws.timer import SqsTimer
from shared.domain import keys
from shared.domain.clock import now
from shared.domain.due import Due
from shared.domain.errors import Unavailable
from shared.domain.events.event import Event
from shared.domain.events.payloads import DeletionPayload
from shared.domain.events.reference import EventReference
from shared.domain.events.types import EventType
from shared.domain.ids import WEBHOOK, new_id
from shared.ports.records import Delete, Put
from shared.runtime.due_dispatch import group_of
from shared.services.notifications.delivery_queue import DeliveryQueue, new_delivery
from shared.services.records.documents import Documents
from shared.services.records.event_log import event_write
from tests.aws import stores
from tests.aws.emulator import Emulator
from tests.aws.refusing_server import RefusingServer
from tests.aws.request_counts import RequestCounts

pytestmark = pytest.mark.slow


def new_event(number: int = 0) -> Event:
    payload = DeletionPayload(
        deletion_id=f"del_{number}", kind="media", target_id="vid_1", status="deleted", index_id=None
    )
    return Event.of(EventType.DELETION_COMPLETED, payload, tenant_id="anna")


def stream_record(event: Event, name: str = "INSERT") -> dict[str, Any]:
    key = keys.event(event.tenant_id, event.event_id)
    attributes = {"partition": {"S": key.partition}, "sort": {"S": key.sort}}
    image = {**attributes, "version": {"N": "1"}, "body": {"S": event.model_dump_json()}}
    return {"eventName": name, "dynamodb": {"Keys": attributes, "NewImage": image}}


def message(event: Event, identifier: str = "") -> dict[str, str]:
    reference = EventReference(tenant_id=event.tenant_id, event_id=event.event_id)
    return {"messageId": identifier or event.event_id, "body": reference.model_dump_json()}


class Consumer:
    """A consumer that fails for the planted events."""

    name = "test"

    def __init__(self, planted: Sequence[Event] = ()) -> None:
        self.taken: list[str] = []
        self._planted = {event.event_id for event in planted}

    def consume(self, events: Sequence[Event]) -> None:
        if any(event.event_id in self._planted for event in events):
            raise RuntimeError("planted")
        self.taken += [event.event_id for event in events]


@pytest.fixture
def documents(table: str) -> Documents:
    return Documents(stores.open_records(table))


def consume(documents: Documents, consumer: Consumer, *messages: dict[str, str]) -> set[str]:
    answer = consume_batch({"Records": messages}, consumer, documents, Logger(service="test"))
    return {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}


def test_events_of_batch_are_taken(documents: Documents) -> None:
    events = [new_event(number) for number in range(3)]
    documents.write(*(event_write(event) for event in events))
    consumer = Consumer()
    assert consume(documents, consumer, *map(message, events)) == set()
    assert consumer.taken == [event.event_id for event in events]


def test_failing_event_does_not_hold_up_others(documents: Documents) -> None:
    events = [new_event(number) for number in range(3)]
    documents.write(*(event_write(event) for event in events))
    consumer = Consumer(planted=events[1:2])
    assert consume(documents, consumer, *map(message, events)) == {events[1].event_id}
    assert consumer.taken == [events[0].event_id, events[2].event_id]


def test_invalid_message_fails_alone(documents: Documents) -> None:
    event = new_event()
    documents.write(event_write(event))
    consumer = Consumer()
    failed = consume(documents, consumer, {"messageId": "bad", "body": "{}"}, message(event))
    assert failed == {"bad"}
    assert consumer.taken == [event.event_id]


def test_erased_event_counts_as_taken(documents: Documents) -> None:
    event = new_event()
    documents.write(event_write(event))
    documents.write(Delete(keys.event(event.tenant_id, event.event_id)))
    consumer = Consumer()
    assert consume(documents, consumer, message(event)) == set()
    assert consumer.taken == []


class Topic:
    """A topic of the emulator with a queue."""

    def __init__(self) -> None:
        sns, self._sqs = stores.client_of("sns"), stores.client_of("sqs")
        name = stores.new_name()
        self.arn = sns.create_topic(Name=name)["TopicArn"]
        self._queue = self._sqs.create_queue(QueueName=name)["QueueUrl"]
        queue_arn = self._sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])
        sns.subscribe(
            TopicArn=self.arn,
            Protocol="sqs",
            Endpoint=queue_arn["Attributes"]["QueueArn"],
            Attributes={"RawMessageDelivery": "true"},
        )

    def received(self) -> list[dict[str, Any]]:
        """Take all messages out of the queue."""
        found: list[dict[str, Any]] = []
        while batch := self._sqs.receive_message(
            QueueUrl=self._queue, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        ).get("Messages"):
            found += batch
            for each in batch:
                self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=each["ReceiptHandle"])
        return found


@pytest.fixture
def topic(emulator: Emulator) -> Topic:
    return Topic()


def test_dispatcher_publishes_references_without_payload(topic: Topic) -> None:
    events = [new_event(number) for number in range(23)]
    dispatcher = EventDispatcher(topic.arn, stores.client_of("sns"))
    assert len(dispatcher.dispatch([stream_record(event) for event in events])) == 23
    received = topic.received()
    found = [EventReference.model_validate_json(each["Body"]) for each in received]
    assert {reference.event_id for reference in found} == {event.event_id for event in events}
    assert "vid_1" not in json.dumps(received)
    assert {each["MessageAttributes"]["event_type"]["StringValue"] for each in received} == {
        "deletion.completed"
    }


def test_dispatcher_leaves_out_other_changes(topic: Topic, table: str) -> None:
    event = new_event()
    other = stream_record(event)
    other["dynamodb"]["Keys"]["partition"] = {"S": "tenant#anna#runs"}
    dispatcher = EventDispatcher(topic.arn, stores.client_of("sns"))
    assert dispatcher.dispatch([stream_record(event, "MODIFY"), stream_record(event, "REMOVE"), other]) == []
    assert topic.received() == []


def test_copied_events_are_not_dispatched(dynamodb: Any, table: str, topic: Topic) -> None:
    """An archive that moves to AWS brings the events that its webhooks have got on the laptop."""
    dynamodb.update_table(
        TableName=table, StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    )
    copied, written = new_event(1), new_event(2)
    DynamoRecords(table, dynamodb, copying=True).write(event_write(copied))
    DynamoRecords(table, dynamodb).write(event_write(written))
    dispatched = EventDispatcher(topic.arn, stores.client_of("sns")).dispatch(stream_of(table))
    assert [reference.event_id for reference in dispatched] == [written.event_id]


def stream_of(table: str) -> list[dict[str, Any]]:
    """Return all records of the table's stream."""
    streams = stores.client_of("dynamodbstreams")
    (stream,) = streams.list_streams(TableName=table)["Streams"]
    (shard,) = streams.describe_stream(StreamArn=stream["StreamArn"])["StreamDescription"]["Shards"]
    iterator = streams.get_shard_iterator(
        StreamArn=stream["StreamArn"], ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    records: list[dict[str, Any]] = streams.get_records(ShardIterator=iterator)["Records"]
    return records


def test_twelve_deliveries_take_two_requests_to_queue(documents: Documents) -> None:
    sqs = stores.client_of("sqs")
    queue = sqs.create_queue(QueueName=stores.new_name())["QueueUrl"]
    deliveries = [new_delivery(new_event(), new_id(WEBHOOK), now()) for _ in range(12)]
    with RequestCounts(sqs) as counts:
        DeliveryQueue(documents, SqsTimer(queue, sqs, group_of)).add(deliveries)
    assert counts.calls == {"SendMessageBatch": 2}
    received: list[str] = []
    while batch := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        received += [Due.model_validate_json(each["Body"]).subject for each in batch]
    assert sorted(received) == sorted(each.delivery_id for each in deliveries)


def test_dispatcher_fails_if_topic_refuses_message() -> None:
    failed = b"""<PublishBatchResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishBatchResult>
    <Failed><member><Id>0</Id><Code>InternalError</Code><SenderFault>false</SenderFault></member></Failed>
    <Successful/></PublishBatchResult></PublishBatchResponse>"""
    with refusing_sns(failed) as client:
        dispatcher = EventDispatcher("arn:aws:sns:eu-central-1:000000000000:events", client)
        with pytest.raises(Unavailable, match="1 events"):
            dispatcher.dispatch([stream_record(new_event())])


@contextmanager
def refusing_sns(answer: bytes) -> Iterator[Any]:
    from shared.adapters.aws.clients import AwsClients

    with RefusingServer(200, answer) as server:
        variables = {
            "AWS_ENDPOINT_URL": server.url,
            "AWS_REGION": "eu-central-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }
        with patch.dict("os.environ", variables):
            yield AwsClients().get("sns")


def test_record_of_real_stream_is_dispatched(dynamodb: Any, documents: Documents, table: str) -> None:
    """The emulator's stream is the oracle for ``stream_record``."""
    dynamodb.update_table(
        TableName=table, StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    )
    event = new_event()
    documents.write(event_write(event), Put(keys.index("anna", "idx_1"), {"of": "another kind"}))
    records = stream_of(table)
    assert len(records) == 2
    target = Topic()
    (found,) = EventDispatcher(target.arn, stores.client_of("sns")).dispatch(records)
    assert (found.event_id, found.event_type) == (event.event_id, event.event_type)
