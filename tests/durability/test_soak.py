"""Ten minutes of mixed requests of several tenants: memory, threads and open files do not grow.

``make test-long`` runs it; ``SOAK_SECONDS`` changes its length.
"""

import base64
import io
import os
import random
import re
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from PIL import Image

from shared.cli.demo.sample import SAMPLE
from tests.server_process import ServerProcess
from tests.unit.media.samples import make_audio, make_video, scene
from tests.waiting import HANG_TIMEOUT, wait_until

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(sys.platform != "linux", reason="memory, threads and files are read from /proc"),
]

_SECONDS: Final = float(os.environ.get("SOAK_SECONDS", "600"))
_SAMPLES: Final = 60
_TENANTS: Final = 3
_MOST_VIDEOS: Final = 6
_MOST_GROWTH: Final = 1.15
"""The median of the last third of the samples, compared with that of the second third."""

_PROMPT: Final[dict[str, Any]] = {
    "name": "Soak",
    "prompt_text": "Describe the scene.",
    "json_schema": {"type": "object", "properties": {"summary": {"type": "string"}}},
}


@dataclass(frozen=True)
class Usage:
    """What the server process uses at one moment."""

    resident_mib: float
    threads: int
    files: int


@dataclass
class Traffic:
    """Requests of one tenant in a thread. ``statuses`` counts the answers by kind of request and status."""

    base_url: str
    api_key: str
    files: list[Path]
    seed: int
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)

    def run(self, stop: threading.Event) -> None:
        choice = random.Random(self.seed)
        with httpx.Client(
            base_url=self.base_url, headers={"X-API-Key": self.api_key}, timeout=HANG_TIMEOUT
        ) as client:
            self._client = client
            self._index = client.post("/indexes", json={"name": f"Soak {self.seed}"}).json()["index_id"]
            self._prompt = client.post("/prompts", json=_PROMPT).json()["prompt_id"]
            kinds: list[Callable[[random.Random], httpx.Response]] = [
                self._upload,
                self._run,
                *[self._list, self._search, self._search_by_picture, self._condition] * 4,
                *[self._bad_json, self._deep_json, self._no_key, self._unknown] * 2,
            ]
            while not stop.is_set():
                kind = choice.choice(kinds)
                self.statuses[kind.__name__, kind(choice).status_code] += 1

    def _upload(self, choice: random.Random) -> httpx.Response:
        """Upload a file and wait for its import. The archive keeps its size: the oldest media are deleted."""
        for video in self._videos()[_MOST_VIDEOS - 1 :]:
            self._client.delete(f"/videos/{video['video_id']}").raise_for_status()
        path = choice.choice(self.files)
        answer = self._client.post(
            "/videos/upload",
            data={"title": path.name, "index_id": self._index},
            files={"file": (path.name, path.read_bytes())},
        )
        if answer.is_success:
            job = f"/import-jobs/{answer.json()['job_id']}"
            wait_until(lambda: self._client.get(job).json()["status"] in ("completed", "failed"), pause=0.3)
        return answer

    def _run(self, _choice: random.Random) -> httpx.Response:
        target = {"type": "index", "index_id": self._index}
        answer = self._client.post("/prompt-runs/execute", json={"prompt_id": self._prompt, "target": target})
        if answer.is_success:
            run = f"/prompt-runs/{answer.json()['run_id']}"
            going = ("pending", "processing")
            wait_until(lambda: self._client.get(run).json()["status"] not in going, pause=0.3)
        return answer

    def _videos(self) -> list[dict[str, Any]]:
        videos: list[dict[str, Any]] = self._client.get(f"/indexes/{self._index}/videos").json()["data"]
        return videos

    def _list(self, _choice: random.Random) -> httpx.Response:
        return self._client.get(f"/indexes/{self._index}/videos")

    def _search(self, choice: random.Random) -> httpx.Response:
        query = choice.choice(("a boat in a harbour", "somebody speaks", "a red picture"))
        return self._client.post(f"/indexes/{self._index}/search", json={"query": query})

    def _search_by_picture(self, choice: random.Random) -> httpx.Response:
        content = io.BytesIO()
        Image.fromarray(scene(choice.randrange(4), 0, 320, 240)).save(content, "JPEG")
        picture = base64.b64encode(content.getvalue()).decode()
        return self._client.post(f"/indexes/{self._index}/image-search", json={"image_data": picture})

    def _condition(self, _choice: random.Random) -> httpx.Response:
        condition = {"field": "summary", "type": "string", "operator": "contains", "value": "red"}
        return self._client.post(f"/search/filter/{self._index}", json={"conditions": [condition]})

    def _bad_json(self, _choice: random.Random) -> httpx.Response:
        return self._client.post("/indexes", content=b'{"name": ' + b"[1," * 100_000)

    def _deep_json(self, _choice: random.Random) -> httpx.Response:
        return self._client.post("/indexes", content=b"[" * 500_000)

    def _no_key(self, _choice: random.Random) -> httpx.Response:
        return self._client.post("/indexes", content=b"[" * 500_000, headers={"X-API-Key": "wrong"})

    def _unknown(self, _choice: random.Random) -> httpx.Response:
        return self._client.get("/videos/vid_unknown")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    process = ServerProcess(tmp_path)
    process.start()
    yield process
    process.kill()


def test_mixed_requests_do_not_grow_memory(server: ServerProcess, tmp_path: Path) -> None:
    files = [
        make_video(tmp_path / "clip.mp4", seconds=3.0),
        make_audio(tmp_path / "sound.mp3", "libmp3lame"),
        _picture(tmp_path / "picture.png"),
        SAMPLE,
    ]
    keys = [server.api_key(), *(_key_of_tenant(server, f"tenant{number}") for number in range(1, _TENANTS))]
    traffic = [Traffic(server.base_url, key, files, seed) for seed, key in enumerate(keys)]
    stop = threading.Event()
    threads = [threading.Thread(target=each.run, args=(stop,)) for each in traffic]
    for thread in threads:
        thread.start()
    samples = []
    try:
        for _ in range(_SAMPLES):
            time.sleep(_SECONDS / _SAMPLES)
            samples.append(_usage(server))
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    statuses = sum((each.statuses for each in traffic), Counter[tuple[str, int]]())
    print(_table(samples, statuses))
    assert all(thread_did_work(each) for each in traffic)
    assert {status for (_, status) in statuses if status >= 500} == set()
    assert _growth([sample.resident_mib for sample in samples]) < _MOST_GROWTH
    assert _growth([sample.threads for sample in samples]) < _MOST_GROWTH
    assert _growth([sample.files for sample in samples]) < _MOST_GROWTH


def thread_did_work(traffic: Traffic) -> bool:
    return sum(count for (_, status), count in traffic.statuses.items() if status < 300) > 20


def _growth(values: list[float]) -> float:
    third = len(values) // 3
    return statistics.median(values[-third:]) / statistics.median(values[third : 2 * third])


def _usage(server: ServerProcess) -> Usage:
    process = Path(f"/proc/{server.process_id()}")
    threads = re.findall(r"^Threads:\s+(\d+)$", (process / "status").read_text(), re.MULTILINE)
    return Usage(server.resident_bytes() / 2**20, int(threads[0]), len(list((process / "fd").iterdir())))


def _table(samples: list[Usage], statuses: Counter[tuple[str, int]]) -> str:
    step = max(1, len(samples) // 10)
    lines = [
        f"{number:3} {sample.resident_mib:7.0f} MiB {sample.threads:4} threads {sample.files:4} files"
        for number, sample in enumerate(samples)
        if number % step == 0 or number == len(samples) - 1
    ]
    lines += [f"{kind} {status}: {count}" for (kind, status), count in sorted(statuses.items())]
    return "\n".join(lines)


def _picture(path: Path) -> Path:
    Image.fromarray(scene(1, 5, 640, 480)).save(path)
    return path


def _key_of_tenant(server: ServerProcess, tenant: str) -> str:
    command = [sys.executable, "-m", "shared.cli", "keys", "create", "--data", str(server.data_folder)]
    command += ["--name", tenant, "--scope", "admin", "--tenant", tenant]
    made = subprocess.run(command, capture_output=True, text=True, check=True, timeout=HANG_TIMEOUT)
    found = re.search(r"sk_live_\w+", made.stdout)
    assert found is not None, made.stdout
    return found[0]
