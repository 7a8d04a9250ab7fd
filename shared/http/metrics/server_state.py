"""Numbers that are read when they are asked for: archives, jobs, the event feed, deliveries, the disk."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from shared.domain.due import DueKind
from shared.domain.system.numbers import ArchiveNumbers, DiskRoom, ServerActivity, WorkNumbers

if TYPE_CHECKING:
    from shared.runtime import Runtime

MAX_TENANTS: Final = 100
"""The numbers of more tenants are not counted, and ``videovector_counts_complete`` is 0."""


@dataclass(frozen=True, slots=True)
class ServerState:
    """What one scrape reads, in one go."""

    numbers: ArchiveNumbers
    more_tenants: bool
    activity: ServerActivity | None
    disk: DiskRoom | None
    health: dict[str, str]
    open_streams: int

    @classmethod
    def read(cls, runtime: "Runtime", open_streams: int) -> "ServerState":
        """Read the state. Raises: Unavailable."""
        tenants = runtime.ports.tenants(MAX_TENANTS + 1)
        return cls(
            numbers=runtime.system.counts.of_tenants(tenants[:MAX_TENANTS]),
            more_tenants=len(tenants) > MAX_TENANTS,
            activity=runtime.ports.server_activity(),
            disk=runtime.ports.disk_room(),
            health=runtime.system.health.report(),
            open_streams=open_streams,
        )

    @property
    def is_complete(self) -> bool:
        numbers = self.numbers
        parts = (numbers.media, numbers.imports, numbers.runs, numbers.deliveries)
        return not self.more_tenants and not any(part.at_least for part in parts)


class StateCollector(Collector):
    """Turns one state into metrics."""

    def __init__(self, state: ServerState) -> None:
        self._state = state

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics. No label names a tenant, a medium or a key."""
        state = self._state
        yield from _media(state.numbers)
        works = {
            "imports": ("Imports", state.numbers.imports),
            "runs": ("Prompt runs", state.numbers.runs),
            "deliveries": ("Deliveries to webhooks", state.numbers.deliveries),
        }
        for name, (words, numbers) in works.items():
            yield from _work(name, words, numbers)
        yield _gauge("counts_complete", "1: the counts are exact. 0: lower bounds.", int(state.is_complete))
        yield _gauge("open_streams", "Open live streams.", state.open_streams)
        yield _labelled("health", "1: the part answers.", "part", _health(state))
        if state.disk is not None:
            yield _gauge("disk_free_bytes", "Free bytes of the disk of the data folder.", state.disk.free)
            yield _gauge("disk_total_bytes", "Bytes of the disk of the data folder.", state.disk.total)
        if state.activity is not None:
            yield from _activity(state.activity)


def _media(numbers: ArchiveNumbers) -> Iterator[Metric]:
    media = numbers.media
    yield _labelled("media", "Media by status.", "status", media.by_status)
    yield _gauge("segments", "Segments of media.", media.segments)
    yield _gauge("media_bytes", "Bytes of the playable files of media.", media.bytes)


def _work(name: str, words: str, numbers: WorkNumbers) -> Iterator[Metric]:
    yield _labelled(name, f"{words} by status.", "status", numbers.by_status)
    yield _gauge(f"{name}_waiting", f"{words} that wait.", numbers.waiting)
    yield _gauge(f"{name}_at_work", f"{words} at work.", numbers.at_work)


def _activity(activity: ServerActivity) -> Iterator[Metric]:
    jobs = GaugeMetricFamily("videovector_jobs", "Jobs of this process.", labels=["kind", "state"])
    for labels, count in activity.jobs.items():
        jobs.add_metric(labels, count)
    yield jobs
    yield _labelled(
        "event_feed_lag_events",
        "Events that a consumer has not taken yet.",
        "consumer",
        dict(activity.feed_lag),
    )
    attempts = CounterMetricFamily(
        "videovector_webhook_attempts", "Attempts of deliveries since the start.", labels=["outcome"]
    )
    for outcome in ("succeeded", "failed", "error"):
        attempts.add_metric([outcome], activity.due_work.get((DueKind.WEBHOOK_DELIVERY, outcome), 0))
    yield attempts


def _health(state: ServerState) -> dict[str, int]:
    from shared.services.system.health import OK  # noqa: PLC0415 - only a scrape needs it

    return {part: int(found == OK) for part, found in state.health.items()}


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(f"videovector_{name}", words, value=value)


def _labelled(name: str, words: str, label: str, values: dict[str, int]) -> Metric:
    family = GaugeMetricFamily(f"videovector_{name}", words, labels=[label])
    for value, count in values.items():
        family.add_metric([value], count)
    return family
