"""A server that is killed between the commit of an event and its delivery loses no event."""

import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from PIL import Image

from tests.receiver import Answer, Received, Receiver, running_receiver
from tests.server_process import ServerProcess
from tests.waiting import HANG_TIMEOUT, wait_until

pytestmark = pytest.mark.slow

FEW_STEPS = (2, 5, 9)
MANY_STEPS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14)
"""Steps after which the server is killed, counted from the upload. An event is a step, and so is its
delivery, each attempt, each request to the receiver, and each outcome."""

EVENTS = ["import_job.started", "import_job.completed", "media.created"]

_COUNTS = """
    SELECT
        count(*) FILTER (WHERE partition LIKE '%#events'),
        count(*) FILTER (WHERE partition LIKE '%#deliveries#%'),
        total(json_extract(body, '$.attempts')) FILTER (WHERE partition LIKE '%#deliveries#%'),
        count(*) FILTER (WHERE partition LIKE '%#deliveries#%' AND json_extract(body, '$.due_at') IS NULL),
        count(*) FILTER (WHERE partition LIKE 'due#%')
    FROM record
"""


def _slow_answer(_: Received) -> Answer:
    time.sleep(0.05)  # a receiver that takes its time makes attempts last
    return Answer()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running_receiver(_slow_answer) as running:
        yield running


@pytest.fixture
def server(tmp_path: Path, receiver: Receiver) -> Iterator[ServerProcess]:
    process = ServerProcess(
        tmp_path,
        VIDEOVECTOR_SERVER_WEBHOOK_HOSTS=receiver.host,
        VIDEOVECTOR_SERVER_DEFAULT_INDEX="false",
    )
    process.start()
    yield process
    process.kill()


@pytest.mark.parametrize(
    ("steps_to_kill", "least_states"),
    [pytest.param(FEW_STEPS, 2, id="few"), pytest.param(MANY_STEPS, 8, id="many", marks=pytest.mark.long)],
)
def test_each_event_arrives_after_kills(
    server: ServerProcess, receiver: Receiver, tmp_path: Path, steps_to_kill: Sequence[int], least_states: int
) -> None:
    client = httpx.Client(
        base_url=server.base_url, headers={"X-API-Key": server.api_key()}, timeout=HANG_TIMEOUT
    )
    webhook = {"name": "flow", "url": receiver.url, "events": EVENTS}
    client.post("/webhooks", json=webhook).raise_for_status()
    states = [_kill(server, receiver, client, tmp_path, steps) for steps in steps_to_kill]
    assert len(set(states)) >= least_states, f"the kills met the same states: {states}"

    jobs = len(steps_to_kill)
    wait_until(lambda: _all_have_ended(server, jobs), "the end of the last delivery", pause=0.2)
    events = _subscribed_events(server)
    by_delivery = defaultdict(set)
    for request in receiver.received:
        by_delivery[request.delivery_id].add(request.envelope["id"])
    assert sorted(event for named in by_delivery.values() for event in named) == sorted(events)
    assert all(len(named) == 1 for named in by_delivery.values())
    assert len(events) == 3 * jobs


def _kill(
    server: ServerProcess, receiver: Receiver, client: httpx.Client, folder: Path, steps: int
) -> tuple[int, ...]:
    """Import a picture, kill the server some steps later, and restart it. Return what was done
    between upload and kill."""
    before = _state(server, receiver)
    picture = folder / f"{steps}.png"
    Image.new("RGB", (64, 64), (steps, 0, 0)).save(picture)
    with picture.open("rb") as file:
        client.post("/videos/upload", files={"file": file}, data={"title": picture.name}).raise_for_status()
    wait_until(lambda: sum(_state(server, receiver)) >= sum(before) + steps, f"step {steps}", pause=0.001)
    server.kill()
    at_kill = _state(server, receiver)
    server.start()
    return tuple(now - then for now, then in zip(at_kill, before, strict=True))


def _state(server: ServerProcess, receiver: Receiver) -> tuple[int, ...]:
    """Count events, deliveries, attempts, outcomes and requests. Due records are no step."""
    return (*_counts(server)[:4], len(receiver.received))


def _all_have_ended(server: ServerProcess, jobs: int) -> bool:
    _, deliveries, _, ended, due = _counts(server)
    return deliveries == ended == 3 * jobs and due == 0


def _counts(server: ServerProcess) -> tuple[int, ...]:
    with closing(_open(server)) as connection:
        return tuple(map(int, connection.execute(_COUNTS).fetchone()))


def _subscribed_events(server: ServerProcess) -> list[str]:
    query = "SELECT sort, json_extract(body, '$.event_type') FROM record WHERE partition LIKE '%#events'"
    with closing(_open(server)) as connection:
        return [event for event, event_type in connection.execute(query) if event_type in EVENTS]


def _open(server: ServerProcess) -> sqlite3.Connection:
    path = server.data_folder / "records.sqlite"
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=HANG_TIMEOUT)
