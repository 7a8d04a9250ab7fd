"""A server that is killed repeatedly still does every piece of work exactly once."""

import os
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from videovector import VideoVector

from shared.cli.demo.sample import SAMPLE
from tests.server_process import ServerProcess
from tests.waiting import HANG_TIMEOUT

pytestmark = pytest.mark.slow

WRITES_APART = 5
"""Files and records written between two kills, at least, so that each kill meets another state of the run."""


@dataclass(frozen=True)
class Kills:
    """The kills of a run. The first two hold the seconds from a start's first answer to the kill, while
    models load, decode and transcribe."""

    while_importing: tuple[float, ...]
    before_first_write: tuple[float, ...]
    between_writes: int


FEW = Kills((0.15,), (0.4,), 3)
MANY = Kills((0.02, 0.15), (0.05, 0.4, 1.2), 11)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    process = ServerProcess(tmp_path)
    process.start()
    yield process
    process.kill()


@pytest.mark.parametrize(
    "kills", [pytest.param(FEW, id="few"), pytest.param(MANY, id="many", marks=pytest.mark.long)]
)
def test_each_segment_is_done_once_after_kills(server: ServerProcess, kills: Kills) -> None:
    client = VideoVector(api_key=server.api_key(), base_url=server.base_url)
    index = client.indexes.create(name="Killed")
    job = client.videos.upload(file=SAMPLE, title="Reel", index_id=index.index_id)
    for delay in kills.while_importing:
        time.sleep(delay)
        server.kill()
        server.start()
    job = client.import_jobs.wait_for_completion(job.job_id, poll_interval=0.1, timeout=HANG_TIMEOUT)
    (video_id,) = job.video_ids

    prompt = client.prompts.create(
        name="Summaries",
        prompt_text="Sum up the scene in a sentence.",
        json_schema={
            "type": "object",
            "properties": {"summary": {"type": "string"}, "has_speech": {"type": "boolean"}},
            "required": ["summary", "has_speech"],
        },
    )
    run = client.prompt_runs.execute(
        prompt_id=prompt.prompt_id,
        target={"type": "index", "index_id": index.index_id},
        video_segmentation_type="fixed",
        video_segment_duration=1,
    )
    for delay in kills.before_first_write:
        time.sleep(delay)
        server.kill()
        server.start()
    points = [_kill_between_writes(server) for _ in range(kills.between_writes)]
    assert client.prompt_runs.retrieve(run.run_id).status == "processing", f"ended too early: {points}"
    assert len(set(points)) >= kills.between_writes - 1, f"the kills met the same state: {points}"

    done = client.prompt_runs.wait_for_completion(run.run_id, poll_interval=0.3, timeout=HANG_TIMEOUT)
    assert (done.status, done.completed_videos) == ("completed", 1)
    assert done.total_segments == done.completed_segments == 44
    _assert_each_segment_once(client, index.index_id, video_id, run.run_id)


def _kill_between_writes(server: ServerProcess) -> int:
    """Kill and restart the server after the run's next writes; return the number of files and records."""
    before = _count_written(server.data_folder)
    deadline = time.monotonic() + HANG_TIMEOUT
    while (now := _count_written(server.data_folder)) < before + WRITES_APART:
        assert time.monotonic() < deadline, f"no write after {now} files and records"
        time.sleep(0.002)
    server.kill()
    server.start()
    return now


def _count_written(data_folder: Path) -> int:
    """Count the files and records of the archive on disk."""
    files = sum(len(names) for _, _, names in os.walk(data_folder / "blobs" / "objects"))
    connection = sqlite3.connect(
        f"file:{data_folder / 'records.sqlite'}?mode=ro", uri=True, timeout=HANG_TIMEOUT
    )
    try:
        ((records,),) = connection.execute("SELECT count(*) FROM record")
    finally:
        connection.close()
    return files + int(records)


def _assert_each_segment_once(client: VideoVector, index_id: str, video_id: str, run_id: str) -> None:
    results = list(client.prompt_runs.list_results(run_id, video_id=video_id, limit=7).auto_paging_iter())
    assert [result.start_time for result in results] == [float(second) for second in range(44)]
    found = [
        hit.result_id
        for has_speech in (True, False)
        for hit in client.search.filter(
            index_id,
            conditions=[
                {"field": "has_speech", "type": "boolean", "operator": "equals", "value": has_speech}
            ],
            page_size=100,
        ).results
    ]
    assert Counter(found) == Counter(result.result_id for result in results)
    hits = client.search.text(index_id, query="a title slide", top_k=100)
    assert len({hit.segment_id for hit in hits}) == len(hits)
    assert httpx.get(results[0].thumbnail_uri or "", timeout=HANG_TIMEOUT).status_code == 200
