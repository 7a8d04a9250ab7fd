"""The live stream behind API Gateway: answers as a whole, within the limits of a function."""

from pathlib import Path
from typing import ClassVar

import pytest

from functions.api.gateway.entry import api_handler
from functions.api.gateway.events import MAX_ANSWER_BYTES
from shared.domain import clock
from shared.domain.access import Scope
from shared.domain.events.event import Event
from shared.domain.events.payloads import ConnectorPayload
from shared.domain.events.stream_position import first_id
from shared.domain.events.types import EventType
from shared.runtime import Runtime
from shared.runtime.local import LocalPorts
from shared.services.records.event_log import event_write
from shared.settings import Settings
from tests.api.server_sent_events import parsed
from tests.unit.functions.gateway import Gateway

STREAM = "/api/v2/processing/events/stream"
LONG_NAME = ConnectorPayload(connector_id="con_1", name="ä😀" * 20_000, provider="s3", status="active")


class FunctionPorts(LocalPorts):
    streams_answers: ClassVar[bool] = False


@pytest.fixture
def runtime(tmp_path: Path) -> Runtime:
    return Runtime(FunctionPorts(Settings(data_folder=tmp_path / "data")))


@pytest.fixture
def processing(runtime: Runtime) -> Gateway:
    _, secret = runtime.access.api_keys.create("acme", "usr_acme", "test", [Scope.READ])
    return Gateway(api_handler("processing", runtime), {"x-api-key": secret})


def test_answer_is_text_and_names_time_of_next_request(processing: Gateway) -> None:
    answer = processing.request("GET", STREAM)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert answer.raw["isBase64Encoded"] is False
    messages, parser = parsed(answer.raw["body"])
    assert (messages, parser.retry) == ([], 3000)
    assert parser.last_event_id.startswith("evt_")


def test_large_events_come_in_several_answers(processing: Gateway, runtime: Runtime) -> None:
    start = parsed(processing.request("GET", STREAM).raw["body"])[1].last_event_id
    events = [Event.of(EventType.CONNECTOR_UPDATED, LONG_NAME, tenant_id="acme") for _ in range(30)]
    for event in events:
        runtime.documents.write(event_write(event))
    found: list[str] = []
    answers = 0
    while len(found) < len(events):
        query = {"batch_size": "10"}
        answer = processing.request("GET", STREAM, query=query, headers={"last-event-id": start})
        assert answer.status_code == 200
        assert len(answer.content) < MAX_ANSWER_BYTES
        messages, parser = parsed(answer.raw["body"])
        found += [message.json()["event_id"] for message in messages]
        start = parser.last_event_id
        answers += 1
    assert sorted(found) == sorted(event.event_id for event in events)
    assert answers == 3


def test_ticket_stands_in_address(processing: Gateway) -> None:
    made = processing.request("POST", "/api/v2/processing/events/ticket")
    processing.headers.clear()
    query = {"ticket": made.json()["ticket"], "last_event_id": first_id(clock.now())}
    assert processing.request("GET", STREAM, query=query).status_code == 200
    assert processing.request("GET", STREAM, query=query).status_code == 401
