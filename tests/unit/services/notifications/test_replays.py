"""Replays of a time range."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from ulid import ULID

from shared.domain import clock, keys
from shared.domain.errors import Conflict, InvalidRequest, NotFound
from shared.domain.events.event import Event
from shared.domain.events.types import EventType
from shared.domain.webhooks.definition import WebhookChanges
from shared.domain.webhooks.webhook import WebhookStatus
from shared.ports.records import Write
from shared.services.notifications.replays import MAX_DELIVERIES, MAX_EVENTS, Replayed, TimeRange
from shared.services.records.event_log import event_write
from tests.unit.services.notifications.client_world import ClientWorld
from tests.unit.services.storage import ANNA, BERT

SEED = "01J9Z3W6X5C8Q4V2T7R1M0N9KP"


@pytest.fixture
def world(tmp_path: Path) -> ClientWorld:
    return ClientWorld(tmp_path / "data")


def _range(start_minutes: float, end_minutes: float = 0) -> TimeRange:
    now = clock.now()
    return TimeRange.of(now - timedelta(minutes=start_minutes), now - timedelta(minutes=end_minutes), now)


def _replay(world: ClientWorld, webhook_id: str, times: TimeRange, seed: str = SEED) -> Replayed:
    return world.notifications.replays.replay(ANNA, webhook_id, times, seed=seed)


def _queued(world: ClientWorld, webhook_id: str) -> set[str]:
    return {delivery.event_id for delivery in world.deliveries(webhook_id)}


def _ago(minutes: float) -> datetime:
    return clock.now() - timedelta(minutes=minutes)


def test_events_of_range_are_queued_again(world: ClientWorld) -> None:
    webhook = world.create().webhook
    inside = [world.event(at=_ago(minutes)) for minutes in (20, 25, 30)]
    for minutes in (5, 40):
        world.event(at=_ago(minutes))
    world.deliver(webhook, inside[0])
    assert _replay(world, webhook.webhook_id, _range(35, 10)) == Replayed(3, None)
    made = world.deliveries(webhook.webhook_id)
    assert len(made) == len({delivery.delivery_id for delivery in made}) == 4
    assert {delivery.event_id for delivery in made} == {event.event_id for event in inside}
    assert len(world.due()) == 4


def test_bounds_are_included(world: ClientWorld) -> None:
    webhook = world.create().webhook
    event = world.event(at=_ago(10))
    exact = datetime.fromisoformat(event.created_at)
    now = clock.now()
    step = timedelta(milliseconds=1)
    for start, end, expected in (
        (exact, exact, 1),
        (exact + step, now, 0),
        (exact - timedelta(hours=1), exact - step, 0),
    ):
        times = TimeRange.of(start, end, now)
        assert _replay(world, webhook.webhook_id, times, str(ULID())).deliveries == expected


def test_filters_of_webhook_apply(world: ClientWorld) -> None:
    own, other = world.new_index(), world.new_index()
    webhook = world.create(index_ids=[own]).webhook
    wanted = [world.event(index_id=own), world.event()]
    world.event(index_id=other)
    world.event(other=True)
    assert _replay(world, webhook.webhook_id, _range(5)).deliveries == 2
    assert _queued(world, webhook.webhook_id) == {event.event_id for event in wanted}
    elsewhere = world.create(events=[EventType.EXPORT_READY]).webhook
    assert _replay(world, elsewhere.webhook_id, _range(5)).deliveries == 0


def test_events_from_before_creation_are_replayed(world: ClientWorld) -> None:
    event = world.event(at=_ago(60 * 24 * 6))
    webhook = world.create().webhook
    assert _replay(world, webhook.webhook_id, _range(60 * 24 * 30)).deliveries == 1
    assert _queued(world, webhook.webhook_id) == {event.event_id}


def test_same_seed_queues_nothing_twice(world: ClientWorld) -> None:
    webhook = world.create().webhook
    world.event()
    times = _range(5)
    for _ in range(2):
        assert _replay(world, webhook.webhook_id, times).deliveries == 1
    assert len(world.deliveries(webhook.webhook_id)) == 1
    _replay(world, webhook.webhook_id, times, str(ULID()))
    assert len(world.deliveries(webhook.webhook_id)) == 2


@pytest.mark.slow
@pytest.mark.parametrize("stray", [0, 1])
def test_large_range_is_replayed_in_steps(world: ClientWorld, stray: int) -> None:
    webhook = world.create().webhook
    _plant(world, MAX_DELIVERIES + stray)
    times, after, counts = _range(5), None, []
    while True:
        step = world.notifications.replays.replay(
            ANNA, webhook.webhook_id, times, seed=str(ULID()), after=after
        )
        counts.append(step.deliveries)
        after = step.after
        if after is None:
            break
    assert counts == ([MAX_DELIVERIES] if not stray else [MAX_DELIVERIES, 1])
    assert len(_queued(world, webhook.webhook_id)) == MAX_DELIVERIES + stray


@pytest.mark.slow
def test_step_ends_after_events_that_do_not_fit(world: ClientWorld) -> None:
    webhook = world.create(events=[EventType.EXPORT_READY]).webhook
    _plant(world, MAX_EVENTS + 1)
    step = _replay(world, webhook.webhook_id, _range(5))
    assert step.deliveries == 0
    assert step.after is not None
    rest = world.notifications.replays.replay(
        ANNA, webhook.webhook_id, _range(5), seed=SEED, after=step.after
    )
    assert rest == Replayed(0, None)


@pytest.mark.parametrize(
    ("start_days", "end_days", "field"), [(1, 2, "to"), (20, 8, "to"), (1, -1, "to"), (-2, -1, "to")]
)
def test_impossible_range_is_refused(start_days: float, end_days: float, field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        _range(start_days * 1440, end_days * 1440)
    assert refused.value.field == field


def test_range_begins_within_log_whatever_it_names() -> None:
    now = clock.now()
    times = TimeRange.of(datetime.min.replace(tzinfo=now.tzinfo), now, now)
    assert times.start == now - timedelta(days=7)


@pytest.mark.parametrize("status", [WebhookStatus.PAUSED, WebhookStatus.DISABLED])
def test_webhook_must_be_active(world: ClientWorld, status: WebhookStatus) -> None:
    webhook = world.create().webhook
    world.documents.update(
        type(webhook),
        keys.webhook("anna", webhook.webhook_id),
        lambda found: found.model_copy(update={"status": status}),
    )
    with pytest.raises(Conflict) as refused:
        _replay(world, webhook.webhook_id, _range(5))
    assert refused.value.code == "webhook_not_active"
    world.notifications.webhooks.update(ANNA, webhook.webhook_id, WebhookChanges(status=WebhookStatus.ACTIVE))
    assert _replay(world, webhook.webhook_id, _range(5)).deliveries == 0


def test_foreign_webhook_is_not_replayed(world: ClientWorld) -> None:
    webhook_id = world.create().webhook.webhook_id
    world.event()
    with pytest.raises(NotFound):
        world.notifications.replays.replay(BERT, webhook_id, _range(5), seed=SEED)
    assert world.deliveries(webhook_id) == []


def _plant(world: ClientWorld, count: int) -> None:
    """Append copies of one event with ids of their own."""
    event = world.event()
    writes: list[Write] = [event_write(_copy(event)) for _ in range(count - 1)]
    for first in range(0, len(writes), 100):
        world.documents.write(*writes[first : first + 100])


def _copy(event: Event) -> Event:
    moment = datetime.fromisoformat(event.created_at)
    return event.model_copy(update={"event_id": f"evt_{ULID.from_datetime(moment)}"})
