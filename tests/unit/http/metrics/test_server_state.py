"""Metrics of one state."""

from prometheus_client import CollectorRegistry

from shared.domain.system.numbers import (
    ArchiveNumbers,
    DiskRoom,
    MediaNumbers,
    ServerActivity,
    WorkNumbers,
)
from shared.http.metrics.requests import RequestCounters
from shared.http.metrics.server_state import ServerState, StateCollector


def _registry(numbers: ArchiveNumbers, *, more_tenants: bool = False) -> CollectorRegistry:
    activity = ServerActivity(
        jobs={("ingest", "running"): 1},
        feed_lag={"webhooks": 7},
        due_work={("webhook_delivery", "failed"): 3, ("webhook_erasure", "failed"): 9},
    )
    state = ServerState(numbers, more_tenants, activity, DiskRoom(1, 2), {"records": "no"}, 4)
    registry = CollectorRegistry()
    registry.register(StateCollector(state))
    return registry


def test_state_becomes_metrics() -> None:
    runs = WorkNumbers(by_status={"pending": 2}, waiting=2)
    registry = _registry(ArchiveNumbers(media=MediaNumbers(by_status={"failed": 5}), runs=runs))
    value = registry.get_sample_value
    assert value("videovector_media", {"status": "failed"}) == 5
    assert value("videovector_runs_waiting") == 2
    assert value("videovector_counts_complete") == 1
    assert value("videovector_health", {"part": "records"}) == 0
    assert value("videovector_jobs", {"kind": "ingest", "state": "running"}) == 1
    assert value("videovector_event_feed_lag_events", {"consumer": "webhooks"}) == 7
    assert value("videovector_webhook_attempts_total", {"outcome": "failed"}) == 3
    assert value("videovector_webhook_attempts_total", {"outcome": "succeeded"}) == 0
    assert (value("videovector_open_streams"), value("videovector_disk_free_bytes")) == (4, 1)


def test_numbers_of_a_part_are_marked_as_lower_bounds() -> None:
    partly = ArchiveNumbers(imports=WorkNumbers(at_least=True))
    assert _registry(partly).get_sample_value("videovector_counts_complete") == 0
    many = _registry(ArchiveNumbers(), more_tenants=True)
    assert many.get_sample_value("videovector_counts_complete") == 0


def test_addresses_and_methods_of_clients_are_no_labels() -> None:
    registry = CollectorRegistry()
    RequestCounters(registry).observe("BREW", None, 404, 0.1)
    labels = {"method": "other", "route": "unmatched", "status": "404"}
    assert registry.get_sample_value("videovector_requests_total", labels) == 1
