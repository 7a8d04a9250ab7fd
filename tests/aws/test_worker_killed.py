"""A worker that is killed repeatedly during a run: the retry does every segment exactly once."""

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from ulid import ULID

from shared.domain import keys
from shared.domain.media import Media
from shared.domain.runs.prompt_run import (
    MediumState,
    PromptRun,
    RunOptions,
    RunStatus,
    SegmentationType,
    SegmentResult,
)
from shared.domain.runs.targets import MediaTarget
from shared.ports.search_index import SearchFilter
from shared.runtime import Runtime
from shared.runtime.local import local_runtime
from shared.settings import Settings
from tests.unit.services.run_world import add_prompt
from tests.unit.services.storage import ANNA, UploadedFile
from tests.waiting import HANG_TIMEOUT, wait_until

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).resolve().parents[2]
REEL = REPOSITORY / "tests" / "media" / "sample-reel.mp4"
DONE, INTERRUPTED = 0, 75


class Worker:
    """A worker process over a data folder, started as by Batch."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        environment = {"VIDEOVECTOR_SERVER_DATA_FOLDER": str(folder)}
        self._log = (folder / "worker.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "functions.worker", *arguments],
            env={**os.environ, **environment},
            cwd=REPOSITORY,
            stderr=self._log,
        )

    def wait(self, seconds: float) -> int:
        code = self.process.wait(seconds)
        self._log.close()
        return code


def open_runtime(folder: Path) -> Runtime:
    return local_runtime(Settings(data_folder=folder))


@pytest.fixture
def film(tmp_path: Path) -> Media:
    """The reel, imported by a worker."""
    runtime = open_runtime(tmp_path)
    copy = runtime.ports.blobs.scratch_file()
    copy.write_bytes(REEL.read_bytes())
    arrived = UploadedFile(copy, runtime.ports.blobs, REEL.name, copy.stat().st_size)
    job = runtime.imports.intake.accept_upload(ANNA, arrived, title="Reel", index_id=None, seed=str(ULID()))
    assert (
        Worker(tmp_path, "ingest", "--tenant", "anna", "--import-job", job.job_id).wait(HANG_TIMEOUT) == DONE
    )
    [output] = runtime.imports.views.view(ANNA, job.job_id).outputs.items
    return runtime.library.media.get(ANNA, output.media_id)


def start_run(folder: Path, film: Media) -> PromptRun:
    runtime = open_runtime(folder)
    prompt = add_prompt(runtime.documents, ANNA)
    options = RunOptions(video_segmentation_type=SegmentationType.FIXED, video_segment_duration=1)
    target = MediaTarget.of([film.media_id])
    return runtime.runs.prompt_runs.execute(ANNA, prompt.prompt_id, target, options, f"run_{ULID()}")


def results(runtime: Runtime, run: PromptRun, film: Media) -> list[SegmentResult]:
    return runtime.documents.every(SegmentResult, keys.segment_result("anna", run.run_id, film.media_id))


def state(runtime: Runtime, run: PromptRun, film: Media) -> tuple[str, str, int]:
    medium_state = runtime.documents.get(MediumState, keys.medium_state("anna", run.run_id, film.media_id))
    assert medium_state is not None
    return medium_state.status, medium_state.stage, len(results(runtime, run, film))


def wait_for_change(runtime: Runtime, run: PromptRun, film: Media) -> None:
    """Return once the visible state of the run changes."""
    before = state(runtime, run, film)
    wait_until(lambda: state(runtime, run, film) != before, "a change of the run", pause=0.05)


def test_killed_and_stopped_worker_does_each_segment_once(tmp_path: Path, film: Media) -> None:
    run, runtime = start_run(tmp_path, film), open_runtime(tmp_path)
    arguments = ("medium", "--tenant", "anna", "--run", run.run_id, "--shard", "0", "--shards", "1")
    seen = []
    for sent in (signal.SIGKILL, signal.SIGTERM, signal.SIGKILL, signal.SIGTERM):
        worker = Worker(tmp_path, *arguments)
        wait_for_change(runtime, run, film)
        worker.process.send_signal(sent)
        code = worker.wait(HANG_TIMEOUT)
        assert code == (INTERRUPTED if sent is signal.SIGTERM else -signal.SIGKILL)
        seen.append(state(runtime, run, film))
    assert len(set(seen)) >= 2, f"the stops all met the same state: {seen}"

    assert Worker(tmp_path, *arguments).wait(HANG_TIMEOUT) == DONE
    assert Worker(tmp_path, *arguments).wait(HANG_TIMEOUT) == DONE
    assert open_runtime(tmp_path).runs.coordinator.finish("anna", run.run_id) is RunStatus.COMPLETED
    made = results(runtime, run, film)
    assert [result.ordinal for result in made] == list(range(44))
    assert all(result.indexed for result in made)
    page = open_runtime(tmp_path).ports.search_index.match(
        [], SearchFilter("anna", run_ids=frozenset({run.run_id})), after=None, limit=1000
    )
    segments = [r for r in page.result_ids if r.startswith("segment:")]
    assert Counter(segments) == Counter(f"segment:{result.segment_id}:{run.run_id}" for result in made)


def test_invalid_command_line_exits_with_code_two(tmp_path: Path) -> None:
    assert Worker(tmp_path, "medium", "--tenant", "anna").wait(HANG_TIMEOUT) == 2
    assert (
        Worker(tmp_path, "medium", "--tenant", "a", "--run", "r", "--shard", "2", "--shards", "2").wait(
            HANG_TIMEOUT
        )
        == 2
    )
