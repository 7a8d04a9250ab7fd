"""The default index of a real server that is killed while it makes it."""

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from videovector import VideoVector

from shared.cli.demo.sample import EXPECTATIONS
from tests.server_process import ServerProcess
from tests.waiting import wait_until

KILLS = (0.1, 0.6, 1.5, 2.5)
"""Seconds from a start's first answer to the kill, while the sample is imported, analysed and indexed."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    process = ServerProcess(tmp_path, VIDEOVECTOR_SERVER_DEFAULT_INDEX="true")
    process.start()
    yield process
    process.kill()


def _client(server: ServerProcess) -> VideoVector:
    return VideoVector(api_key=server.api_key(), base_url=server.base_url)


def _default(client: VideoVector) -> Any:
    return next((index for index in client.indexes.list(include_defaults=True) if index.is_default), None)


def test_default_index_is_made_once_after_kills(server: ServerProcess) -> None:
    client = _client(server)
    for delay in KILLS:
        time.sleep(delay)
        server.kill()
        server.start()
    wait_until(lambda: _default(client), pause=0.2)
    index = _default(client)
    assert server.log().count(f"The default index is listed: {index.index_id}.") == 1
    (video,) = client.indexes.list_videos(index.index_id)
    (run,) = client.indexes.list_prompt_runs(index.index_id)
    assert (run.status, run.completed_segments) == ("completed", run.total_segments)
    segments = list(client.videos.list_segments(video.video_id, limit=100).auto_paging_iter())
    assert len(segments) == run.total_segments
    for expected in EXPECTATIONS:
        found = client.search.text(index_id=index.index_id, query=expected.query, top_k=100)
        assert Counter(hit.segment_id for hit in found).most_common(1)[0][1] == 1
        best = found[: expected.within]
        assert any(expected.is_met_by(hit.start_time or 0, hit.end_time or 0) for hit in best), expected

    server.kill()
    server.start()
    assert _default(client).index_id == index.index_id
