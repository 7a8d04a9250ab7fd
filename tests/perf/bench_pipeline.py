"""Speed of import, of a first run, and of a second run with another prompt."""

import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from videovector import VideoVector

from tests.perf.long_media import reel_720p, repeated
from tests.server_process import ServerProcess

POLL = 0.05


def measure(*, repeats: int = 4, runs: int = 3) -> dict[str, Any]:
    """Measure medians over ``runs`` media of ``repeats`` x 44 s of 720p H.264; each number is a ratio.

    ``ingest`` and ``run``: seconds of media per second; ``second_run``: first run over second run.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = reel_720p(folder / "reel.mp4")
        server = ServerProcess(folder)
        server.start()
        client = VideoVector(api_key=server.api_key(), base_url=server.base_url)
        _one(client, source, "warm-up")
        taken = []
        for number in range(runs):
            # The number of repetitions differs each time, so that every content hash is new.
            medium = repeated(source, folder / f"medium-{number}.mp4", repeats + number)
            taken.append(_one(client, medium, f"medium {number}"))
        server.kill()
    return {name: round(statistics.median(one[name] for one in taken), 1) for name in taken[0]}


def _one(client: VideoVector, medium: Path, title: str) -> dict[str, float]:
    index = client.indexes.create(name=title)
    began = time.perf_counter()
    job = client.videos.upload(file=medium, title=title, index_id=index.index_id)
    job = client.import_jobs.wait_for_completion(job.job_id, poll_interval=POLL)
    ingested = time.perf_counter() - began
    seconds = max(output.source_end_seconds for output in client.import_jobs.iter_outputs(job.job_id))
    first = _run(client, index.index_id, "summary")
    second = _run(client, index.index_id, "headline")
    return {"ingest": seconds / ingested, "run": seconds / first, "second_run": first / second}


def _run(client: VideoVector, index_id: str, field: str) -> float:
    prompt = client.prompts.create(
        name=f"Only {field}",
        prompt_text="Describe the scene in one sentence.",
        json_schema={"type": "object", "properties": {field: {"type": "string"}}, "required": [field]},
    )
    began = time.perf_counter()
    run = client.prompt_runs.execute(
        prompt_id=prompt.prompt_id, target={"type": "index", "index_id": index_id}
    )
    done = client.prompt_runs.wait_for_completion(run.run_id, poll_interval=POLL)
    if done.status != "completed":
        raise RuntimeError(f"the run ended as {done.status}: {done.error_message}")
    return time.perf_counter() - began


if __name__ == "__main__":
    print(measure())
