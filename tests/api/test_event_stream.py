"""The live stream whose answers end at once, as behind API Gateway, and tickets for it."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from starlette.testclient import TestClient

from shared.domain import clock
from shared.domain.access import Scope
from shared.domain.events.catalogue import CATALOGUE
from shared.domain.events.event import Event
from shared.domain.events.payloads import ConnectorPayload
from shared.domain.events.stream_position import MAX_DIGESTS, first_id
from shared.domain.events.types import EventType
from shared.runtime import Runtime
from shared.runtime.local import LocalPorts, local_runtime
from shared.services.records.event_log import event_write
from shared.settings import Settings
from tests.api.conftest import client_over
from tests.api.server_sent_events import EventSourceParser, Message, parsed

STREAM = "/processing/events/stream"
TICKET = "/processing/events/ticket"
OLD = timedelta(hours=2)
PAYLOAD = ConnectorPayload(connector_id="con_1", name="Grüße\n😀", provider="s3", status="active")


class WholeAnswerPorts(LocalPorts):
    """Ports of a server that sends each answer as a whole, as API Gateway does."""

    streams_answers: ClassVar[bool] = False


@pytest.fixture
def runtime(tmp_path: Path) -> Runtime:
    return Runtime(
        WholeAnswerPorts(Settings(data_folder=tmp_path / "data", public_base_url="http://testserver"))
    )


def append(
    runtime: Runtime, *, tenant: str = "acme", count: int = 1, age: timedelta = timedelta(), **fields: Any
) -> list[str]:
    """Append events; return their ids in the order of the log."""
    event_type = fields.pop("event_type", EventType.CONNECTOR_CREATED)
    events = [Event.of(event_type, PAYLOAD, tenant_id=tenant, **fields) for _ in range(count)]
    if age:
        early = first_id(clock.now() - age)[:14]
        events = [event.model_copy(update={"event_id": early + event.event_id[14:]}) for event in events]
    for start in range(0, count, 100):
        runtime.ports.records.write(*(event_write(event) for event in events[start : start + 100]))
    return sorted(event.event_id for event in events)


def stream(
    client: TestClient, last: str | None = None, /, **query: Any
) -> tuple[list[Message], EventSourceParser]:
    headers = {} if last is None else {"Last-Event-ID": last}
    answer = client.get(STREAM, headers=headers, params=query)
    assert answer.status_code == 200, answer.text
    return parsed(answer.text)


def ids(messages: Sequence[Message]) -> list[str]:
    return [message.json()["event_id"] for message in messages]


def test_event_has_fields_of_contract(runtime: Runtime, client: TestClient) -> None:
    start = stream(client)[1].last_event_id
    (event_id,) = append(
        runtime, user_id="usr_1", run_id="run_1", video_id="vid_1", segment_id="seg_1", index_id="idx_1"
    )
    ((message,), parser) = stream(client, start)
    assert (message.event, message.last_event_id) == ("connector.created", event_id)
    data = message.json()
    assert data.pop("created_at").endswith("Z")
    assert data == {
        "event_id": event_id,
        "event_type": "connector.created",
        "api_version": "2024-01",
        "user_id": "usr_1",
        "run_id": "run_1",
        "video_id": "vid_1",
        "segment_id": "seg_1",
        "index_id": "idx_1",
        "payload": PAYLOAD.model_dump(mode="json"),
    }
    assert parser.retry == 3000


def test_headers_forbid_storing_and_buffering(client: TestClient) -> None:
    answer = client.get(STREAM)
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-accel-buffering"] == "no"
    assert "content-encoding" not in answer.headers
    head = client.head(STREAM)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == answer.headers["content-type"]


def test_stream_starts_now_and_each_answer_goes_on(runtime: Runtime, client: TestClient) -> None:
    """Also a client that has received no event resumes where its first answer ended."""
    append(runtime, count=3)
    messages, parser = stream(client)
    assert messages == []
    found: list[str] = []
    committed: list[str] = []
    for _ in range(4):
        committed += append(runtime, count=3)
        messages, parser = stream(client, parser.last_event_id)
        found += ids(messages)
        assert stream(client, parser.last_event_id)[0] == []
    assert found == committed


@pytest.mark.slow
def test_long_backlog_comes_in_several_answers(runtime: Runtime, client: TestClient) -> None:
    committed = append(runtime, count=4000, age=OLD)
    found: list[str] = []
    position, waits = first_id(clock.now() - 2 * OLD), list[int | None]()
    while len(found) < len(committed):
        messages, parser = stream(client, position, batch_size=100)
        position = parser.last_event_id
        found += ids(messages)
        waits.append(parser.retry)
    assert found == committed
    assert waits == [100, 3000]


def test_burst_is_never_repeated(runtime: Runtime, client: TestClient) -> None:
    """A position cannot tell all events of a burst. The others wait until they are settled."""
    parser = stream(client)[1]
    committed = append(runtime, count=2 * MAX_DIGESTS)
    messages, parser = stream(client, parser.last_event_id)
    assert ids(messages) == committed[:MAX_DIGESTS]
    assert stream(client, parser.last_event_id)[0] == []


@pytest.mark.parametrize(
    "query",
    [
        {"run_id": "run_1"},
        {"index_id": "idx_1"},
        {"video_ids": "vid_1"},
        {"video_ids": "vid_7, vid_1"},
        {"video_ids": ["vid_7", "vid_1"]},
        {"event_types": "segment.processed"},
        {"event_types": "media.created,segment.processed"},
        {"run_id": "run_1", "event_types": ["media.created", "segment.processed"], "batch_size": 1},
    ],
)
def test_filters_select_events(runtime: Runtime, client: TestClient, query: dict[str, Any]) -> None:
    start = stream(client)[1].last_event_id
    append(runtime, run_id="run_2", index_id="idx_2", video_id="vid_2")
    append(runtime)
    wanted = append(
        runtime,
        count=2,
        event_type=EventType.SEGMENT_PROCESSED,
        run_id="run_1",
        index_id="idx_1",
        video_id="vid_1",
    )
    messages, parser = stream(client, start, **query)
    assert ids(messages) == wanted
    assert stream(client, parser.last_event_id, **query)[0] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"event_types": "media.created,nonsense"}, "event_types"),
        ({"event_types": "MEDIA.CREATED"}, "event_types"),
        ({"batch_size": 0}, "batch_size"),
        ({"batch_size": 101}, "batch_size"),
        ({"run_id": ""}, "run_id"),
        ({"video_ids": ",".join(["vid_1"] * 101)}, "video_ids"),
    ],
)
def test_invalid_parameter_is_named(client: TestClient, query: dict[str, Any], field: str) -> None:
    answer = client.get(STREAM, params=query)
    assert answer.status_code == 422
    assert answer.json()["error"]["details"]["errors"][0]["field"] == field


def test_every_event_type_may_be_asked_for(client: TestClient) -> None:
    assert stream(client, event_types=",".join(kind.event_type for kind in CATALOGUE))[0] == []


@pytest.mark.parametrize("last", ["7", "evt_", "evt_" + "Z" * 26, "null", "é".encode().decode("latin-1")])
def test_unknown_last_event_id_is_refused(client: TestClient, last: str) -> None:
    """An answer that starts anywhere else would hide a hole."""
    by_header = client.get(STREAM, headers={b"Last-Event-ID": last.encode()})
    by_query = client.get(STREAM, params={"last_event_id": last})
    for answer in (by_header, by_query):
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_cursor")


def test_header_has_precedence_over_query(runtime: Runtime, client: TestClient) -> None:
    """EventSource repeats the address, and sends a newer id in the header, when it reconnects."""
    first = stream(client)[1].last_event_id
    append(runtime)
    second = stream(client, first)[1].last_event_id
    assert stream(client, second, last_event_id=first)[0] == []
    for header in (None, ""):
        assert len(stream(client, header, last_event_id=first)[0]) == 1


def test_plain_event_id_misses_nothing(runtime: Runtime, client: TestClient) -> None:
    committed = append(runtime, count=5)
    messages, _ = stream(client, committed[2])
    assert ids(messages) == [*committed[:2], *committed[3:]]


def test_id_older_than_log_is_answered_with_notice(runtime: Runtime, client: TestClient) -> None:
    committed = append(runtime)
    old = first_id(clock.now() - timedelta(days=8))
    messages, parser = stream(client, old)
    assert [message.event for message in messages] == ["processing.stream_error", "connector.created"]
    notice = messages[0].json()
    assert (notice["event_id"], notice["event_type"]) == (None, "processing.stream_error")
    assert notice["payload"]["code"] == "events_expired"
    assert ids(messages[1:]) == committed
    assert stream(client, parser.last_event_id)[0] == []


def test_stream_shows_events_of_own_tenant_only(runtime: Runtime) -> None:
    acme, beta = client_over(runtime, Scope.READ), client_over(runtime, Scope.ADMIN, "beta")
    oldest = first_id(clock.now() - timedelta(days=1))
    mine = append(runtime, index_id="idx_1")
    theirs = append(runtime, tenant="beta", index_id="idx_1")
    for query in ({}, {"index_id": "idx_1"}):
        assert ids(stream(acme, oldest, **query)[0]) == mine
        assert ids(stream(beta, oldest, **query)[0]) == theirs
    assert ids(stream(beta, mine[0])[0]) == theirs, "the id of another tenant is a time, and nothing else"


def test_ticket_opens_one_stream(runtime: Runtime, client: TestClient, anonymous: TestClient) -> None:
    start = stream(client)[1].last_event_id
    committed = append(runtime)
    made = client.post(TICKET)
    assert made.status_code == 201
    ticket = made.json()["ticket"]
    assert made.json()["expires_in"] == 60
    assert ids(stream(anonymous, ticket=ticket, last_event_id=start)[0]) == committed
    again = anonymous.get(STREAM, params={"ticket": ticket})
    assert (again.status_code, again.json()["error"]["code"]) == (401, "authentication_invalid_ticket")


def test_ticket_opens_nothing_else(client: TestClient, anonymous: TestClient) -> None:
    ticket = client.post(TICKET).json()["ticket"]
    for path in (TICKET, "/indexes"):
        assert anonymous.request("POST", path, params={"ticket": ticket}).status_code == 401
    for headers in ({"X-API-Key": ticket}, {"Authorization": f"Bearer {ticket}"}):
        assert anonymous.get(STREAM, headers=headers).status_code == 401
    assert stream(anonymous, ticket=ticket)[0] == []


def test_api_key_in_address_is_refused(client: TestClient, anonymous: TestClient) -> None:
    secret = client.headers["X-API-Key"]
    for name in ("ticket", "api_key", "x-api-key"):
        assert anonymous.get(STREAM, params={name: secret}).status_code == 401


def test_ticket_of_revoked_key_opens_nothing(runtime: Runtime, anonymous: TestClient) -> None:
    key, secret = runtime.access.api_keys.create("acme", "usr_1", "test", [Scope.READ])
    ticket = anonymous.post(TICKET, headers={"X-API-Key": secret}).json()["ticket"]
    runtime.access.api_keys.revoke("acme", key.key_id)
    assert anonymous.get(STREAM, params={"ticket": ticket}).status_code == 401


def test_ticket_is_not_logged(
    client: TestClient, anonymous: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    ticket = client.post(TICKET).json()["ticket"]
    for _ in range(2):
        anonymous.get(STREAM, params={"ticket": ticket})
    assert f"GET /api/v2{STREAM} 200" in caplog.text
    ours = [
        record.getMessage() for record in caplog.records if record.name.startswith(("shared", "functions"))
    ]
    assert not [line for line in ours if ticket in line]


def test_page_of_other_origin_may_stream(tmp_path: Path) -> None:
    page = "https://page.example"
    settings = Settings(data_folder=tmp_path / "data", browser_origins=page, event_stream_seconds=0)
    browser = client_over(local_runtime(settings), Scope.READ)
    asking = {"Origin": page, "Access-Control-Request-Method": "GET"}
    asking["Access-Control-Request-Headers"] = "last-event-id,x-api-key"
    allowed = browser.options(STREAM, headers=asking).headers["Access-Control-Allow-Headers"]
    assert "Last-Event-ID" in allowed.split(", ")
    answer = browser.get(STREAM, headers={"Origin": page})
    assert answer.headers["Access-Control-Allow-Origin"] == page
