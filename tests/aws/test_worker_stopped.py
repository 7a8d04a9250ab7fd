"""A worker process that gets SIGTERM while its model server loads, or whose attempt's time is almost up.

It stops at once and leaves no process behind, and the next attempt does the work.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import pytest
import skimage
from PIL import Image

from shared.domain import keys
from shared.domain.media import Media
from shared.domain.runs.prompt_run import MediumState, PromptRun, RunOptions, SegmentResult
from shared.domain.runs.targets import MediaTarget
from shared.runtime import Runtime
from shared.runtime.local import local_runtime
from shared.settings import Settings
from tests.unit.models import vllm_program
from tests.unit.models.vllm_program import STARTED, Behaviour, recorded
from tests.unit.services.run_world import add_media, add_prompt
from tests.unit.services.storage import ANNA
from tests.waiting import HANG_TIMEOUT, wait_until

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).resolve().parents[2]
DONE, INTERRUPTED = 0, 75
NO_SAFE_POINT = "interrupted outside a safe point"
"""The log message of a worker that reached no safe point in time."""

MODEL = "Qwen/Qwen3-VL-4B-Instruct"


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    vllm_program.install(tmp_path)
    weights(tmp_path).mkdir(parents=True)
    (weights(tmp_path) / "config.json").write_text("{}")
    return {
        "PATH": f"{os.environ['PATH']}{os.pathsep}{tmp_path}",
        "VIDEOVECTOR_SERVER_DATA_FOLDER": str(tmp_path / "data"),
        "VIDEOVECTOR_SERVER_MODEL_FOLDER": str(tmp_path / "models"),
        "VIDEOVECTOR_SERVER_VLLM_MODEL": MODEL,
    }


def weights(folder: Path) -> Path:
    return folder / "models" / "Qwen3-VL-4B-Instruct"


def start_run(runtime: Runtime, folder: Path) -> tuple[PromptRun, Media]:
    picture = folder / "cat.jpg"
    Image.fromarray(skimage.data.chelsea()).save(picture)  # type: ignore[no-untyped-call]
    media = add_media(runtime.documents, runtime.ports.blobs, ANNA, picture)
    prompt = add_prompt(runtime.documents, ANNA)
    target = MediaTarget.of([media.media_id])
    return runtime.runs.prompt_runs.execute(ANNA, prompt.prompt_id, target, RunOptions(), "run_of_one"), media


def start_worker(variables: dict[str, str], run: PromptRun, folder: Path) -> subprocess.Popen[bytes]:
    """Start a worker process that logs to ``folder / "worker.log"``."""
    command = ["medium", "--tenant", "anna", "--run", run.run_id, "--shard", "0"]
    with (folder / "worker.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "functions.worker", *command],
            env={**os.environ, **variables},
            cwd=REPOSITORY,
            stdout=log,
            stderr=log,
        )


def test_worker_stopped_during_model_load_is_retried(tmp_path: Path, variables: dict[str, str]) -> None:
    (weights(tmp_path) / Behaviour.NEVER_READY).touch()
    with patch.dict("os.environ", variables):
        runtime = local_runtime(Settings())
    run, media = start_run(runtime, tmp_path)
    first = start_worker(variables, run, tmp_path)
    wait_until(lambda: recorded(weights(tmp_path), STARTED), "the start of the model server")
    first.send_signal(signal.SIGTERM)
    assert first.wait(HANG_TIMEOUT) == INTERRUPTED
    assert NO_SAFE_POINT not in (tmp_path / "worker.log").read_text()
    [started] = recorded(weights(tmp_path), STARTED)
    assert not [each for each in started["processes"] if Path(f"/proc/{each}").exists()]
    state = runtime.documents.get(MediumState, keys.medium_state("anna", run.run_id, media.media_id))
    assert state is not None
    assert not state.status.is_terminal
    assert state.starts == 0  # an interrupted start is not counted

    assert_next_attempt_does_the_work(runtime, variables, run, media, tmp_path)


def test_worker_stops_before_its_attempt_is_over(tmp_path: Path, variables: dict[str, str]) -> None:
    """Batch would end the attempt, and not retry the job."""
    (weights(tmp_path) / Behaviour.NEVER_READY).touch()
    with patch.dict("os.environ", variables):
        runtime = local_runtime(Settings())
    run, media = start_run(runtime, tmp_path)
    attempt = {"VIDEOVECTOR_SERVER_WORKER_ATTEMPT_SECONDS": "8"}
    assert start_worker(variables | attempt, run, tmp_path).wait(HANG_TIMEOUT) == INTERRUPTED
    assert "the attempt's time is almost up" in (tmp_path / "worker.log").read_text()
    served = [each for started in recorded(weights(tmp_path), STARTED) for each in started["processes"]]
    wait_until(
        lambda: not any(Path(f"/proc/{each}").exists() for each in served), "the end of the model server"
    )
    assert_next_attempt_does_the_work(runtime, variables, run, media, tmp_path)


def assert_next_attempt_does_the_work(
    runtime: Runtime, variables: dict[str, str], run: PromptRun, media: Media, folder: Path
) -> None:
    (weights(folder) / Behaviour.NEVER_READY).unlink()
    assert start_worker(variables, run, folder).wait(HANG_TIMEOUT) == DONE
    key = keys.segment_result("anna", run.run_id, media.media_id)
    [result] = runtime.documents.every(SegmentResult, key)
    assert result.field_extraction.succeeded
