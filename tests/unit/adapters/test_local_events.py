import logging

import pytest

from shared.adapters.local.events import LocalEvents
from shared.ports.events import Event


def test_every_listener_hears_every_event_until_it_leaves() -> None:
    events = LocalEvents()
    first: list[Event] = []
    second: list[Event] = []
    leave = events.subscribe(first.append)
    events.subscribe(second.append)
    events.publish("prompt_run.completed", "tenant", {"run_id": "run_1"})
    leave()
    events.publish("prompt_run.failed", "tenant", {})
    assert [event.type for event in first] == ["prompt_run.completed"]
    assert [event.type for event in second] == ["prompt_run.completed", "prompt_run.failed"]
    assert (first[0].tenant_id, first[0].data) == ("tenant", {"run_id": "run_1"})
    assert first[0].event_id != second[1].event_id


def test_a_failing_listener_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    events = LocalEvents()
    heard: list[Event] = []

    def fail(event: Event) -> None:
        raise RuntimeError("listener")

    events.subscribe(fail)
    events.subscribe(heard.append)
    with caplog.at_level(logging.ERROR):
        events.publish("a.b", "tenant", {})
    assert len(heard) == 1
    assert "a.b" in caplog.text
