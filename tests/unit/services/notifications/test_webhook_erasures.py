"""Deletion of webhooks, interrupted at any write."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from ulid import ULID

from shared.domain import clock, keys
from shared.domain.clock import isoformat
from shared.domain.due import Due, DueKind
from shared.domain.errors import NotFound, Unavailable
from shared.domain.events.event import Event
from shared.domain.webhooks.erasure import STEP_LEASE
from shared.ports.records import Record, RecordPage, Records, Write
from shared.runtime.due_dispatch import DueDispatch
from shared.services.notifications.webhook_erasures import WebhookErasures
from shared.services.records.documents import Documents
from tests.unit.services.notifications.client_world import ClientWorld
from tests.unit.services.storage import ANNA, BERT

KEY = "webhook-create:1"


@pytest.fixture
def world(tmp_path: Path) -> ClientWorld:
    return ClientWorld(tmp_path / "data")


class StoppingRecords:
    """Real records that are out of reach after ``writes`` transactions, as for a process that dies there."""

    def __init__(self, records: Records, writes: int) -> None:
        self._records = records
        self.left = writes

    def get(self, key: keys.Key) -> Record | None:
        return self._records.get(key)

    def get_many(self, wanted: list[keys.Key]) -> list[Record]:
        return self._records.get_many(wanted)

    def query(
        self,
        partition: str,
        *,
        prefix: str = "",
        after: str | None = None,
        limit: int = 100,
        descending: bool = False,
    ) -> RecordPage:
        return self._records.query(partition, prefix=prefix, after=after, limit=limit, descending=descending)

    def write(self, *writes: Write) -> None:
        if self.left == 0:
            raise Unavailable("The process has died.")
        self.left -= 1
        self._records.write(*writes)


def _erasures(world: ClientWorld, writes: int) -> tuple[WebhookErasures, StoppingRecords]:
    """Return the service in a process that dies after so many transactions."""
    records = StoppingRecords(world.runtime.ports.records, writes)
    ports = world.runtime.ports
    return WebhookErasures(Documents(records), ports.tenant_secrets, ports.timer), records  # type: ignore[arg-type]


def _erasure_work(world: ClientWorld) -> list[Due]:
    return [due for due in world.due() if due.kind is DueKind.WEBHOOK_ERASURE]


def _ended(world: ClientWorld) -> None:
    """Do the due work of erasures until none is left."""
    while work := _erasure_work(world):
        world.notifications.webhook_erasures.handle(work[0])


def test_deleted_webhook_leaves_no_trace(world: ClientWorld) -> None:
    webhook = world.create(key=KEY).webhook
    world.notifications.webhook_secrets.rotate(ANNA, webhook.webhook_id)
    world.deliver(webhook, *(world.event() for _ in range(60)))
    world.notifications.webhook_erasures.delete(ANNA, webhook.webhook_id)
    assert world.traces(webhook.webhook_id.split("_")[1]) == []
    assert world.due() == []
    with pytest.raises(NotFound):
        world.notifications.webhook_erasures.delete(ANNA, webhook.webhook_id)


def test_webhook_of_another_tenant_is_not_deleted(world: ClientWorld) -> None:
    webhook = world.create().webhook
    for unknown in (webhook.webhook_id, "whk_unknown", ""):
        with pytest.raises(NotFound):
            world.notifications.webhook_erasures.delete(BERT, unknown)
    assert world.notifications.webhooks.list(ANNA) == [webhook]


@pytest.mark.parametrize("writes", range(1, 4))
def test_interrupted_erasure_is_finished_by_due_work(world: ClientWorld, writes: int) -> None:
    webhook = world.create().webhook
    world.deliver(webhook, *(world.event() for _ in range(60)))
    dying, records = _erasures(world, writes)
    dying.delete(ANNA, webhook.webhook_id)
    assert records.left == 0
    assert world.notifications.webhooks.list(ANNA) == []
    (work,) = _erasure_work(world)
    assert work.due_at > isoformat(clock.now() + STEP_LEASE / 2)
    _ended(world)
    assert world.traces(webhook.webhook_id.split("_")[1]) == []


@pytest.mark.slow
def test_many_deliveries_are_erased_in_steps(world: ClientWorld) -> None:
    webhook = world.create().webhook
    world.deliver(webhook, *_bulk(world, 2_100))
    world.notifications.webhook_erasures.delete(ANNA, webhook.webhook_id)
    assert len(world.deliveries(webhook.webhook_id)) == 100
    (work,) = _erasure_work(world)
    assert work.due_at <= clock.timestamp()
    assert world.notifications.webhook_erasures.handle(work)
    assert world.traces(webhook.webhook_id.split("_")[1]) == []


def test_webhook_made_again_keeps_its_own_deliveries(world: ClientWorld) -> None:
    first = world.create(key=KEY).webhook
    old = world.deliver(first, world.event())
    dying, _ = _erasures(world, 1)
    dying.delete(ANNA, first.webhook_id)
    second = world.create(key=KEY)
    new = world.deliver(second.webhook, world.event())
    listed = world.notifications.deliveries.newest(ANNA, first.webhook_id, status=None, limit=100)
    assert [each.delivery_id for each in listed] == [new[0].delivery_id]
    with pytest.raises(NotFound):
        world.notifications.deliveries.get(ANNA, old[0].delivery_id)
    _ended(world)
    assert [each.delivery_id for each in world.deliveries(first.webhook_id)] == [new[0].delivery_id]
    assert world.create(key=KEY).secret == second.secret


def test_second_deletion_takes_over_interrupted_first(world: ClientWorld) -> None:
    webhook_id = ""
    for _ in range(2):
        webhook = world.create(key=KEY).webhook
        webhook_id = webhook.webhook_id
        world.deliver(webhook, world.event())
        dying, _ = _erasures(world, 1)
        dying.delete(ANNA, webhook_id)
    assert len(_erasure_work(world)) == 1
    _ended(world)
    assert world.traces(webhook_id.split("_")[1]) == []


def test_late_work_has_no_effect(world: ClientWorld) -> None:
    webhook = world.create(key=KEY).webhook
    dying, _ = _erasures(world, 1)
    dying.delete(ANNA, webhook.webhook_id)
    (work,) = _erasure_work(world)
    dispatch = DueDispatch(world.runtime)
    for _ in range(2):
        assert dispatch.handle(work)
    assert world.due() == []
    assert world.traces(webhook.webhook_id.split("_")[1]) == []


def _bulk(world: ClientWorld, count: int) -> Iterator[Event]:
    """Yield copies of one event with ids of their own; the log has only the first."""
    event = world.event()
    yield event
    for _ in range(count - 1):
        yield event.model_copy(update={"event_id": f"evt_{ULID()}"})
