"""A worker that is told to stop while its model server loads, as a process: it stops then and not later,
leaves nothing behind, and the next try does the work."""

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
from shared.domain.prompt_run import MediaRun, PromptRun, RunOptions, SegmentResult
from shared.runtime import Runtime
from shared.runtime.local import local_runtime
from shared.settings import Settings
from tests.unit.models import vllm_program
from tests.unit.models.vllm_program import STARTED, Behaviour, told
from tests.unit.services.run_world import add_media, add_prompt
from tests.unit.services.storage import ANNA
from tests.waiting import HANG_TIMEOUT, wait_until

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).resolve().parents[2]
DONE, INTERRUPTED = 0, 75
LEFT_ANYWHERE = "interrupted where there is no safe point"
"""What a worker logs that has come to no safe point in time."""

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


def a_run(runtime: Runtime, folder: Path) -> tuple[PromptRun, Media]:
    picture = folder / "cat.jpg"
    Image.fromarray(skimage.data.chelsea()).save(picture)  # type: ignore[no-untyped-call]
    media = add_media(runtime.documents, runtime.blobs, ANNA, picture)
    prompt = add_prompt(runtime.documents, ANNA)
    target = {"type": "videos", "video_ids": [media.media_id]}
    return runtime.prompt_runs.execute(ANNA, prompt.prompt_id, target, RunOptions(), "run_of_one"), media


def worker(variables: dict[str, str], run: PromptRun, folder: Path) -> subprocess.Popen[bytes]:
    """A worker's process, whose log is ``folder / "worker.log"``."""
    command = ["medium", "--tenant", "anna", "--run", run.run_id, "--shard", "0"]
    with (folder / "worker.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "functions.worker", *command],
            env={**os.environ, **variables},
            cwd=REPOSITORY,
            stdout=log,
            stderr=log,
        )


def test_told_while_its_model_server_loads_it_stops_and_the_next_try_goes_on(
    tmp_path: Path, variables: dict[str, str]
) -> None:
    (weights(tmp_path) / Behaviour.NEVER_READY).touch()
    with patch.dict("os.environ", variables):
        runtime = local_runtime(Settings())
    run, media = a_run(runtime, tmp_path)
    first = worker(variables, run, tmp_path)
    wait_until(lambda: told(weights(tmp_path), STARTED), "the start of the model server")
    first.send_signal(signal.SIGTERM)
    assert first.wait(HANG_TIMEOUT) == INTERRUPTED
    assert LEFT_ANYWHERE not in (tmp_path / "worker.log").read_text()
    [started] = told(weights(tmp_path), STARTED)
    assert not [each for each in started["processes"] if Path(f"/proc/{each}").exists()]
    state = runtime.documents.get(MediaRun, keys.media_run("anna", run.run_id, media.media_id))
    assert state is not None
    assert not state.status.is_terminal
    assert state.starts == 0  # which it did not die at

    (weights(tmp_path) / Behaviour.NEVER_READY).unlink()
    assert worker(variables, run, tmp_path).wait(HANG_TIMEOUT) == DONE
    key = keys.segment_result("anna", run.run_id, media.media_id)
    [result] = runtime.documents.every(SegmentResult, key)
    assert result.field_extraction.succeeded
