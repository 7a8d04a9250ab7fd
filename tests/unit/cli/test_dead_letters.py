"""``dead-letters``: the events that a consumer could not take."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from shared.adapters.local.records.records import SqliteRecords
from shared.cli.__main__ import application
from shared.domain import keys
from shared.domain.events.event import Event
from shared.domain.events.payloads import DeletionPayload
from shared.domain.events.types import EventType
from shared.ports.records import Delete
from shared.services.records.dead_letters import DeadLetters
from shared.services.records.documents import Documents
from shared.services.records.event_log import event_write


def run(folder: Path, *options: str) -> str:
    result = CliRunner().invoke(application, ["dead-letters", "--data", str(folder), *options])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def buried(tmp_path: Path) -> Event:
    """A data folder with an event that is a dead letter of the fan-out, and has left the feed."""
    payload = DeletionPayload(deletion_id="d", kind="media", target_id="t", status="pending")
    event = Event.of(EventType.DELETION_STARTED, payload, tenant_id="tenant_a")
    records = SqliteRecords(tmp_path / "records.sqlite")
    records.write(event_write(event))
    records.event_feed.advance("webhooks", 1, ["webhooks"])
    DeadLetters(Documents(records)).add("webhooks", event, attempts=9, error=ValueError("secret text"))
    records.close()
    return event


def test_list_names_events_without_content(tmp_path: Path, buried: Event) -> None:
    shown = run(tmp_path)
    for word in (buried.event_id, "deletion.started", "tenant_a", "ValueError", "9 tries"):
        assert word in shown
    assert "secret text" not in shown
    assert "1 dead letters of webhooks." in shown
    assert "0 dead letters of other." in run(tmp_path, "--consumer", "other")


def test_retry_appends_events_to_the_feed_again(tmp_path: Path, buried: Event) -> None:
    assert "1 dead letters of webhooks, given to it again." in run(tmp_path, "--retry")
    records = SqliteRecords(tmp_path / "records.sqlite")
    assert [row.key.sort for row in records.event_feed.read(1, 10)] == [buried.event_id]
    records.close()
    assert "0 dead letters of webhooks." in run(tmp_path)


def test_retry_of_erased_event_deletes_its_dead_letter(tmp_path: Path, buried: Event) -> None:
    records = SqliteRecords(tmp_path / "records.sqlite")
    records.write(Delete(keys.event(buried.tenant_id, buried.event_id)))
    records.close()
    assert f"{buried.event_id} no longer exists" in run(tmp_path, "--retry")
    assert "0 dead letters of webhooks." in run(tmp_path)


def test_folder_without_records_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(application, ["dead-letters", "--data", str(tmp_path)])
    assert result.exit_code == 1
    assert list(tmp_path.iterdir()) == []
