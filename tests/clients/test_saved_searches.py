"""Saved searches on a running server: the program of the guide, and the delivery of a match to a receiver."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from standardwebhooks import Webhook as Verifier
from videovector import VideoVector

from shared.cli.demo.server import Address
from tests.clients.conftest import POLL, Archive
from tests.receiver import Receiver, running_receiver
from tests.waiting import HANG_TIMEOUT, wait_until

pytestmark = pytest.mark.slow

PAGE: Final = (Path(__file__).parents[2] / "docs" / "saved-searches.md").read_text("utf-8")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running_receiver() as running:
        yield running


@pytest.fixture
def server(address: Address) -> Iterator[httpx.Client]:
    headers = {"X-API-Key": address.api_key}
    with httpx.Client(base_url=address.base_url, headers=headers, timeout=HANG_TIMEOUT) as client:
        yield client


def _saved_by_guide(address: Address, index_id: str) -> tuple[str, list[str]]:
    """Run the program of the guide. Return the id of the search and the lines of the segments."""
    (program,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    variables = {
        "VIDEO_VECTOR_API_KEY": address.api_key,
        "VIDEO_VECTOR_BASE_URL": address.base_url,
        "INDEX_ID": index_id,
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | variables,
        timeout=HANG_TIMEOUT,
    )
    saved_search_id, *segments = done.stdout.splitlines()
    return saved_search_id, segments


def test_match_of_a_run_is_delivered_to_a_receiver(
    address: Address, archive: Archive, server: httpx.Client, receiver: Receiver
) -> None:
    saved_search_id, lines = _saved_by_guide(address, archive.index_id)
    path = f"/saved-searches/{saved_search_id}"
    with VideoVector(api_key=address.api_key, base_url=address.base_url) as client:
        webhook = client.webhooks.create(name="Alerts", url=receiver.url, events=["search.matched"])
        target: Any = {"type": "index", "index_id": archive.index_id}
        run = client.prompt_runs.execute(prompt_id=archive.prompt_id, target=target)
        client.prompt_runs.wait_for_completion(run.run_id, poll_interval=POLL)
        wait_until(lambda: receiver.received, "the delivery")
        (delivered,) = receiver.received
        client.webhooks.delete(webhook.webhook_id)
    Verifier(webhook.secret).verify(delivered.body, dict(delivered.headers))
    envelope = delivered.envelope
    payload = envelope["data"]
    assert (payload["saved_search_id"], payload["run_id"]) == (saved_search_id, run.run_id)
    assert all(segment["score"] >= 0.2 for segment in payload["segments"])
    assert {segment["video_id"] for segment in payload["segments"]} == {archive.video_id}
    scores = [segment["score"] for segment in payload["segments"]]
    assert scores == sorted(scores, reverse=True)
    (match,) = server.get(f"{path}/matches").json()["data"]
    assert match["segments"] == payload["segments"]
    assert len(lines) >= len(scores)
    assert server.delete(path).status_code == 200
