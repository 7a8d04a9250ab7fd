"""An event's way from commit to receiver, the rate of deliveries, and the cost of a hanging receiver."""

import base64
import secrets
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from shared.adapters.local.event_feed.feed import LocalEventFeed
from shared.domain import keys
from shared.domain.clock import timestamp
from shared.domain.events.event import Event
from shared.domain.events.types import EventType
from shared.domain.ids import EVENT, WEBHOOK, new_id
from shared.domain.webhooks.delivery import Delivery
from shared.domain.webhooks.signature import KEY_PREFIX
from shared.domain.webhooks.webhook import Webhook
from shared.runtime import Runtime
from shared.runtime.local import LocalPorts
from shared.services.records.documents import put
from shared.services.records.event_log import event_write
from shared.settings import Settings
from tests.perf.webhook_receivers import Arrivals, running_receivers
from tests.waiting import wait_until

TENANT: Final = "bench"
SINGLE_EVENTS: Final = 100
MANY_EVENTS: Final = 1000
STOP_SECONDS: Final = 15.0
_STATUS: Final = Path("/proc/self/status")


def measure() -> dict[str, Any]:
    """Measure in one process what a laptop's server does with events, over SQLite on disk."""
    with running_receivers() as arrivals:
        hosts = f"{arrivals.answering},{arrivals.hanging}"
        with _running_world(hosts) as runtime:
            hook = _create(runtime, f"http://{arrivals.answering}/hook")
            single = _latencies(runtime, arrivals, SINGLE_EVENTS)
            return {
                "commit_to_receiver_ms_p50": round(statistics.median(single), 1),
                "commit_to_receiver_ms_max": round(max(single), 1),
                **_many(runtime, arrivals, hook),
                **_beside_hanging_receiver(runtime, arrivals),
            }


@contextmanager
def _running_world(webhook_hosts: str) -> Iterator[Runtime]:
    with tempfile.TemporaryDirectory() as folder:
        ports = LocalPorts(Settings(data_folder=Path(folder), webhook_hosts=webhook_hosts))
        runtime = Runtime(ports)
        feed = LocalEventFeed(ports.records, ports.event_signal, [runtime.notifications.fan_out])
        ports.timer.start()
        feed.start()
        yield runtime
        feed.stop(STOP_SECONDS)
        ports.timer.stop(STOP_SECONDS)
        ports.records.close()


def _create(runtime: Runtime, url: str) -> Webhook:
    webhook_id = new_id(WEBHOOK)
    secret = KEY_PREFIX + base64.b64encode(secrets.token_bytes(24)).decode()
    webhook = Webhook(
        webhook_id=webhook_id,
        tenant_id=TENANT,
        user_id="usr_bench",
        name="bench",
        url=url,
        events=[EventType.MEDIA_CREATED],
        secret_version=runtime.ports.tenant_secrets.put(TENANT, webhook_id, secret.encode()),
        created_at=timestamp(),
        updated_at=timestamp(),
    )
    runtime.documents.write(put(keys.webhook(TENANT, webhook_id), webhook))
    return webhook


def _append(runtime: Runtime, count: int) -> list[str]:
    """Append events in one transaction. Return their ids."""
    events = [
        Event(
            event_id=new_id(EVENT),
            event_type=EventType.MEDIA_CREATED,
            tenant_id=TENANT,
            created_at=timestamp(),
            payload={"video_id": "vid_1", "title": "clip", "status": "not_processed"},
        )
        for _ in range(count)
    ]
    runtime.documents.write(*map(event_write, events))
    return [event.event_id for event in events]


def _latencies(runtime: Runtime, arrivals: Arrivals, count: int) -> list[float]:
    """Append events one by one, and return the milliseconds from each commit to the arrival."""
    committed = {}
    for _ in range(count):
        (event_id,) = _append(runtime, 1)
        committed[event_id] = time.time()
        time.sleep(0.02)
    _wait_for(arrivals, list(committed))
    return [(arrivals.times[event_id] - moment) * 1000 for event_id, moment in committed.items()]


def _many(runtime: Runtime, arrivals: Arrivals, hook: Webhook) -> dict[str, float]:
    """Append many events at once, and wait until the outcome of each delivery is stored."""
    partition = keys.webhook_delivery(TENANT, hook.webhook_id)
    before = _reset_peak()
    began = time.time()
    sent = [event for _ in range(MANY_EVENTS // 100) for event in _append(runtime, 100)]
    _wait_for(arrivals, sent)
    arrived = time.time() - began
    wait_until(lambda: all(each.status.is_terminal for each in runtime.documents.every(Delivery, partition)))
    return {
        "thousand_deliveries_s": round(time.time() - began, 2),
        "thousand_arrivals_s": round(arrived, 2),
        "memory_rise_mib": round((_peak_kib() - before) / 1024, 1),
    }


def _beside_hanging_receiver(runtime: Runtime, arrivals: Arrivals) -> dict[str, float]:
    """Measure the deliveries to a receiver that answers, beside those to one that never does."""
    _create(runtime, f"http://{arrivals.hanging}/hook")
    _wait_for(arrivals, _append(runtime, 100))
    beside = _latencies(runtime, arrivals, SINGLE_EVENTS)
    return {
        "beside_hanging_receiver_ms_p50": round(statistics.median(beside), 1),
        "beside_hanging_receiver_ms_max": round(max(beside), 1),
    }


def _wait_for(arrivals: Arrivals, event_ids: Sequence[str]) -> None:
    wait_until(lambda: all(event_id in arrivals.times for event_id in event_ids), "the last delivery")


def _reset_peak() -> int:
    """Reset the peak of resident memory to its present value, and return it in KiB."""
    Path("/proc/self/clear_refs").write_text("5")
    return _peak_kib()


def _peak_kib() -> int:
    (line,) = (line for line in _STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1])
