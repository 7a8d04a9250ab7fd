"""Imports, runs and deletions of a real server, seen on the live stream."""

from pathlib import Path

import pytest

from shared.cli.demo.server import running_server
from tests.api.imports import picture
from tests.api.live_client import LiveClient, live
from tests.robustness.live_archive import LiveServer
from tests.waiting import wait_until

pytestmark = pytest.mark.slow


def wait_for(client: LiveClient, event_type: str, **ids: str) -> None:
    def has_come() -> bool:
        assert not client.is_at_end
        return any(
            message.event == event_type and ids.items() <= message.json().items()
            for message in list(client.messages)
        )

    wait_until(has_come, event_type)


def types_of(client: LiveClient) -> set[str]:
    return {message.event for message in client.messages}


def test_import_run_and_deletion_are_seen_where_they_belong(tmp_path: Path) -> None:
    with running_server(tmp_path / "data") as address:
        server = LiveServer(address, tmp_path)
        index_id, other_id = server.new_index(), server.new_index()
        prompt_id = server.new_prompt()
        url, key = address.base_url, address.api_key
        with (
            live(url, key) as everything,
            live(url, key, index_id=index_id) as of_index,
            live(url, key, event_types="media.created,deletion.completed") as of_types,
        ):
            for client in (everything, of_index, of_types):
                client.wait_for_position()
            _, video_id = server.import_file(picture(tmp_path, "mine.png", 5), index_id)
            _, other_video = server.import_file(picture(tmp_path, "other.png", 6), other_id)
            run_id = server.run(prompt_id, {"type": "index", "index_id": index_id})
            wait_for(everything, "prompt_run.completed", run_id=run_id)
            with live(url, key, everything.messages[0].json()["event_id"], run_id=run_id) as of_run:
                wait_for(of_run, "prompt_run.completed", run_id=run_id)
                assert {message.json()["run_id"] for message in of_run.messages} == {run_id}
                assert "segment.processed" in types_of(of_run)
            server.delete(f"/videos/{video_id}")
            wait_for(everything, "deletion.completed", video_id=video_id)
            wait_for(of_index, "deletion.completed", video_id=video_id)
            wait_for(of_types, "deletion.completed", video_id=video_id)
        assert types_of(everything) >= {
            "import_job.started",
            "import_job.completed",
            "media.created",
            "media.processing.started",
            "media.processing.completed",
            "prompt_run.started",
            "segment.processed",
            "deletion.started",
        }
        assert types_of(of_types) == {"media.created", "deletion.completed"}
        assert {message.json()["index_id"] for message in of_index.messages} == {index_id}
        text = str(of_index.messages)
        assert other_video not in text
        assert len(set(everything.event_ids)) == len(everything.event_ids)
