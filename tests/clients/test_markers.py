"""Markers on a running server: the program of the guide, and the models of the official client."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from shared.cli.demo.server import Address
from tests.clients.conftest import Archive
from tests.clients.either_client import EitherClient
from tests.waiting import HANG_TIMEOUT

pytestmark = pytest.mark.slow

PAGE: Final = (Path(__file__).parents[2] / "docs" / "markers.md").read_text("utf-8")


@pytest.fixture
def server(address: Address) -> Iterator[httpx.Client]:
    """A client that deletes all markers at the end: other tests read the same archive."""
    headers = {"X-API-Key": address.api_key}
    with httpx.Client(base_url=address.base_url, headers=headers, timeout=HANG_TIMEOUT) as client:
        yield client
        for marker in client.get("/markers", params={"limit": 100}).json()["data"]:
            client.delete(f"/markers/{marker['marker_id']}").raise_for_status()


def _put(server: httpx.Client, target_type: str, target_id: str, **field: str) -> dict[str, Any]:
    target = {"type": target_type, "id": target_id, **field}
    answer = server.put("/markers", json={"target": target, "color": "blue", "note": target_type})
    marker: dict[str, Any] = answer.raise_for_status().json()
    return {name: marker[name] for name in ("marker_id", "color", "note", "updated_at")}


def test_program_of_guide_marks_hits(address: Address, archive: Archive, server: httpx.Client) -> None:
    (program,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    variables = {
        "VIDEO_VECTOR_API_KEY": address.api_key,
        "VIDEO_VECTOR_BASE_URL": address.base_url,
        "INDEX_ID": archive.index_id,
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | variables,
        timeout=HANG_TIMEOUT,
    )
    lines = done.stdout.splitlines()
    assert lines
    assert all(line.startswith(archive.video_id) and line.endswith("For the trailer") for line in lines)


def test_models_of_client_show_markers(archive: Archive, client: EitherClient, server: httpx.Client) -> None:
    video_id, run_id = archive.video_id, archive.run_id
    segments = client.videos.list_segments(video_id, run_id=run_id)
    segment_id = segments.data[0].segment_id
    result_id = f"segment:{segment_id}:{run_id}"
    video, segment = _put(server, "video", video_id), _put(server, "segment", segment_id)
    run, result = _put(server, "prompt_run", run_id), _put(server, "result", result_id)
    field = _put(server, "result", result_id, field_path="scene.objects[].label")

    assert vars_of(client.videos.retrieve(video_id).marker) == video
    shown = client.videos.list_segments(video_id, run_id=run_id).data[0]
    assert (vars_of(shown.marker), shown.metadata_markers) == (segment, {})
    assert vars_of(client.prompt_runs.retrieve(run_id).marker) == run
    results = client.prompt_runs.list_results(run_id, video_id=video_id).data
    (marked,) = (each for each in results if each.segment_id == segment_id)
    assert vars_of(marked.marker) == result
    for fields in (marked.metadata_markers, marked.extracted_metadata_markers):
        assert {path: vars_of(marker) for path, marker in fields.items()} == {"scene.objects[].label": field}


def vars_of(marker: Any) -> dict[str, Any]:
    found: dict[str, Any] = marker.model_dump(include={"marker_id", "color", "note", "updated_at"})
    return found
