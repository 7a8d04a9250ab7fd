"""A full run beside the same run by the code of an earlier commit, and what both find.

    python -m tests.perf.bench_full_run

Both servers analyse the same media in turn, so that other work on the machine affects both. Every medium has
another number of repetitions of the reel, so its content is new to both servers. Linux only.

The earlier commit converted colours less precisely, so its embeddings and the confidence of its tags differ a
little. ``--commit`` names another one.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import av
from rich.console import Console
from rich.table import Table
from videovector import VideoVector

from tests.perf.analysis_stages import stages
from tests.perf.earlier_version import EARLIER_COMMIT, sources_of
from tests.perf.evidence_comparison import Difference, StoredEvidence, differences, newest_evidence
from tests.perf.long_media import reel_720p, repeated
from tests.server_process import ServerProcess

REPOSITORY: Final = Path(__file__).parents[2]
POLL: Final = 0.05
SCHEMA: Final = {"type": "object", "properties": {"summary": {"type": "string"}}, "required": ["summary"]}


@dataclass(frozen=True, slots=True)
class Cost:
    """Wall seconds and processor seconds."""

    wall: float
    processor: float


@dataclass(frozen=True, slots=True)
class MediumCosts:
    """The costs for one medium, and the differences between the evidence of the two versions."""

    seconds: float
    decode: Cost
    earlier: Cost
    now: Cost
    difference: Difference


class VersionServer:
    """A server of one version of the code, with data of its own."""

    def __init__(self, folder: Path, sources: Path) -> None:
        folder.mkdir()
        self._server = ServerProcess(folder, within=("env", "-C", str(sources)))
        self._server.start()
        self._client = VideoVector(api_key=self._server.api_key(), base_url=self._server.base_url)

    def run(self, medium: Path) -> tuple[Cost, StoredEvidence]:
        """Import ``medium`` and run a prompt with all options on. The cost is that of the run."""
        client = self._client
        index = client.indexes.create(name=medium.stem)
        job = client.videos.upload(file=medium, title=medium.stem, index_id=index.index_id)
        client.import_jobs.wait_for_completion(job.job_id, poll_interval=POLL)
        prompt = client.prompts.create(
            name=medium.stem, prompt_text="Describe the scene in one sentence.", json_schema=SCHEMA
        )
        began, used = time.perf_counter(), self._processor_seconds()
        run = client.prompt_runs.execute(
            prompt_id=prompt.prompt_id, target={"type": "index", "index_id": index.index_id}
        )
        done = client.prompt_runs.wait_for_completion(run.run_id, poll_interval=POLL)
        if done.status != "completed":
            raise RuntimeError(f"the run ended as {done.status}: {done.error_message}")
        cost = Cost(time.perf_counter() - began, self._processor_seconds() - used)
        return cost, newest_evidence(self._server.data_folder)

    def peak_mib(self) -> int:
        return round(self._server.peak_resident_bytes() / 2**20)

    def stop(self) -> None:
        self._server.kill()

    def _processor_seconds(self) -> float:
        fields = Path(f"/proc/{self._server.process_id()}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(*, repeats: int = 4, media: int = 3, commit: str = EARLIER_COMMIT) -> dict[str, Any]:
    """Measure runs over ``media`` media, the first of ``repeats`` x 44 s of 720p H.264.

    ``times_faster`` is the median of the ratios of wall time; ``times_less_work`` that of processor time.
    ``times_decode`` is the run's wall time divided by that of one decode of all frames and all audio.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        reel = reel_720p(folder / "reel.mp4")
        with _servers(folder, commit) as (earlier, now):
            for server in (earlier, now):
                server.run(reel)
            costs = [
                _medium_costs(repeated(reel, folder / f"medium-{n}.mp4", repeats + n), earlier, now)
                for n in range(media)
            ]
            peaks = {"earlier": earlier.peak_mib(), "now": now.peak_mib()}
        by_stage = stages(folder / "medium-0.mp4", folder / "weights")
    return {"commit": commit} | _summary(costs) | {"peak_mib": peaks, "stages": by_stage}


@contextmanager
def _servers(folder: Path, commit: str) -> Iterator[tuple[VersionServer, VersionServer]]:
    earlier = VersionServer(folder / "earlier", sources_of(commit, folder / "sources"))
    now = VersionServer(folder / "now", REPOSITORY)
    try:
        yield earlier, now
    finally:
        earlier.stop()
        now.stop()


def _medium_costs(medium: Path, earlier: VersionServer, now: VersionServer) -> MediumCosts:
    seconds, decode = full_decode(medium)
    earlier_cost, earlier_evidence = earlier.run(medium)
    now_cost, now_evidence = now.run(medium)
    difference = differences(earlier_evidence, now_evidence)
    costs = MediumCosts(seconds, decode, earlier_cost, now_cost, difference)
    print(costs, flush=True)
    return costs


def full_decode(medium: Path) -> tuple[float, Cost]:
    """Decode every video frame and all audio once. Return the medium's duration in seconds, and the cost."""
    began, used = time.perf_counter(), time.process_time()
    with av.open(str(medium)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        video.thread_type = "AUTO"
        for packet in container.demux(video, audio):
            packet.decode()
        seconds = (container.duration or 0) / av.time_base
    return seconds, Cost(time.perf_counter() - began, time.process_time() - used)


def _summary(costs: Sequence[MediumCosts]) -> dict[str, Any]:
    def median(values: Iterator[float]) -> float:
        return round(statistics.median(values), 2)

    return {
        "minutes": [round(each.seconds / 60, 1) for each in costs],
        "times_faster": median(each.earlier.wall / each.now.wall for each in costs),
        "times_less_work": median(each.earlier.processor / each.now.processor for each in costs),
        "times_decode": median(each.now.wall / each.decode.wall for each in costs),
        "times_decode_earlier": median(each.earlier.wall / each.decode.wall for each in costs),
        "times_real_time": median(each.seconds / each.now.wall for each in costs),
        "times_real_time_earlier": median(each.seconds / each.earlier.wall for each in costs),
        "differences": [each.difference.as_counts() for each in costs],
    }


def table(found: dict[str, Any]) -> Table:
    """Return the stages of the analysis as a table, the most expensive first."""
    shown = Table("stage", "processor seconds a minute of video", "switches between threads a minute")
    for name, cost in sorted(found["stages"].items(), key=lambda each: -each[1]["processor"]):
        shown.add_row(name, f"{cost['processor']:g}", f"{cost['switches']:g}")
    return shown


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.perf.bench_full_run", description=__doc__)
    parser.add_argument("--repeats", type=int, default=4, help="repetitions of the reel in the first medium")
    parser.add_argument("--media", type=int, default=3)
    parser.add_argument("--commit", default=EARLIER_COMMIT, help="the earlier version")
    arguments = parser.parse_args()
    result = measure(repeats=arguments.repeats, media=arguments.media, commit=arguments.commit)
    Console(width=110).print(table(result))
    print(result)
