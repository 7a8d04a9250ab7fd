"""Memory use of the analysis of a long video: bounded, and independent of the video's length."""

from pathlib import Path

import pytest
from videovector import VideoVector

from tests.perf.long_media import reel_720p, repeated
from tests.server_process import ServerProcess
from tests.waiting import HANG_TIMEOUT

pytestmark = pytest.mark.slow

_MOST_MIB = 1250
"""1,000 MiB were measured; the limit for an hour of video is 1,536 MiB."""


@pytest.mark.parametrize("repeats", [3, pytest.param(21, marks=pytest.mark.long)])
def test_minutes_of_720p_stay_within_memory_limit(tmp_path: Path, repeats: int) -> None:
    medium = repeated(reel_720p(tmp_path / "reel.mp4"), tmp_path / "long.mp4", repeats)
    server = ServerProcess(tmp_path)
    server.start()
    try:
        client = VideoVector(api_key=server.api_key(), base_url=server.base_url)
        index = client.indexes.create(name="Long")
        job = client.videos.upload(file=medium, title="Long", index_id=index.index_id)
        client.import_jobs.wait_for_completion(job.job_id, poll_interval=0.5)
        prompt = client.workflow.define("Describe the scene")
        run = client.workflow.process(prompt_id=prompt.prompt_id, import_job_id=job.job_id).run
        done = client.prompt_runs.wait_for_completion(run.run_id, poll_interval=0.5, timeout=HANG_TIMEOUT)
        assert done.status == "completed"
        assert done.total_video_seconds > 43 * repeats
        assert server.peak_resident_bytes() / 2**20 < _MOST_MIB
    finally:
        server.kill()
