"""The server's resident memory while it analyses an hour-long video, and the latency of a GET meanwhile."""

import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
from videovector import VideoVector

from tests.perf.long_media import reel_720p, repeated
from tests.server_process import ServerProcess

REEL_SECONDS = 44.15


def measure(*, minutes: float = 60) -> dict[str, Any]:
    """Measure peak resident memory in MiB over a run, and the p50 of a GET in ms before and during the run.

    The floor of the GET is a GET that reads no data.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        medium = repeated(
            reel_720p(folder / "reel.mp4"), folder / "long.mp4", max(1, round(minutes * 60 / REEL_SECONDS))
        )
        server = ServerProcess(folder)
        server.start()
        client = VideoVector(api_key=server.api_key(), base_url=server.base_url)
        found = _watch(server, client, medium)
        server.kill()
    return found


def _watch(server: ServerProcess, client: VideoVector, medium: Path) -> dict[str, Any]:
    index = client.indexes.create(name="Long")
    url = f"{server.base_url}/indexes/{index.index_id}"
    idle = _get_milliseconds(url, server.api_key(), 300)
    floor = _get_milliseconds(f"{server.base_url.removesuffix('/api/v2')}/health", server.api_key(), 300)
    job = client.videos.upload(file=medium, title="Long", index_id=index.index_id)
    client.import_jobs.wait_for_completion(job.job_id, poll_interval=0.2)
    prompt = client.workflow.define("Describe the scene")
    run = client.workflow.process(prompt_id=prompt.prompt_id, import_job_id=job.job_id).run
    began = time.perf_counter()
    busy = []
    while run.status in {"pending", "processing"}:
        busy.append(_get_milliseconds(url, server.api_key(), 10))
        time.sleep(0.5)
        run = client.prompt_runs.retrieve(run.run_id)
    return {
        "minutes_of_video": round(run.total_video_seconds / 60, 1),
        "status": run.status,
        "times_real_time": round(run.total_video_seconds / (time.perf_counter() - began), 1),
        "peak_resident_mib": round(server.peak_resident_bytes() / 2**20),
        "get_floor_ms_p50": floor,
        "get_idle_ms_p50": idle,
        "get_during_run_ms_p50": round(statistics.median(busy), 2),
    }


def _get_milliseconds(url: str, api_key: str, times: int) -> float:
    taken = []
    with httpx.Client(headers={"X-API-Key": api_key}) as client:
        for _ in range(times + 5):
            began = time.perf_counter()
            client.get(url).raise_for_status()
            taken.append((time.perf_counter() - began) * 1000)
    return round(statistics.median(taken[5:]), 2)


if __name__ == "__main__":
    print(measure())
