"""The worker with only the contents of its image: locked packages and copied files."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from layers.lock_files import uv
from shared.domain import keys
from shared.domain.runs.prompt_run import (
    ModelCall,
    PromptRun,
    RunOptions,
    RunStatus,
    SegmentationType,
    SegmentResult,
)
from shared.domain.runs.targets import MediaTarget
from shared.runtime import Runtime
from shared.runtime.aws import aws_runtime
from shared.settings import Settings
from tests.aws import dockerfile, stores
from tests.aws.emulator import Emulator
from tests.aws.harness import ANNA, open_harness, upload_in_parts
from tests.aws.opensearch.server import shared_url
from tests.unit.models import vllm_program
from tests.unit.models.chat_server import ChatServer, Reply, chat_server, says
from tests.unit.services.run_world import add_prompt
from tests.waiting import HANG_TIMEOUT

pytestmark = pytest.mark.slow

RuntimeAndVariables = tuple[Runtime, dict[str, str]]
"""The AWS runtime, and the variables that the stacks set for a worker."""

REEL = dockerfile.REPOSITORY / "tests" / "media" / "sample-reel.mp4"
KEY = "sk-only-in-secrets-manager"
READ_ONLY_ROOT = """
mount --bind /tmp /tmp
mount -o remount,bind,ro /tmp
mount -o remount,bind,ro /
while [ "$1" != -- ]; do
  mount --bind "$1" "$1"
  mount -o remount,bind,rw "$1"
  shift
done
shift
if touch "$PWD/written" /tmp/written; then exit 99; fi
exec "$@"
"""
"""Run a command in mounts of its own, in which only the named folders can be written to."""

UNWANTED_PACKAGES = {"fastapi", "mangum", "uvicorn", "typer", "pytest", "aws-cdk-lib", "videovector"}


@dataclass(frozen=True)
class Image:
    """The contents of the image: a Python with its packages only, and its working directory.

    As in its container, the worker can write only to its scratch folder.
    """

    python: Path
    folder: Path

    def run(
        self, variables: dict[str, str], *arguments: str, writable: tuple[Path, ...] = ()
    ) -> subprocess.CompletedProcess[str]:
        scratch = self.folder.parent / "scratch"
        scratch.mkdir(exist_ok=True)
        return subprocess.run(
            [
                *("unshare", "--mount", *([] if os.getuid() == 0 else ["--map-root-user"])),
                *("bash", "-ec", READ_ONLY_ROOT, "bash", str(scratch), *map(str, writable), "--"),
                *(str(self.python), "-m", "functions.worker", *arguments),
            ],
            env={
                "VIDEOVECTOR_SERVER_DATA_FOLDER": str(scratch / "data"),
                "PATH": os.defpath,
                "TMPDIR": str(scratch),
                "HOME": str(scratch),
                "PYTHONDONTWRITEBYTECODE": "1",
                **variables,
            },
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=HANG_TIMEOUT,
            check=False,
        )


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    folder = tmp_path_factory.mktemp("image")
    _synchronise("cpu", folder / "venv")
    dockerfile.copy_files(folder / "app")
    return Image(folder / "venv" / "bin" / "python", folder / "app")


def _synchronise(variant: str, target: Path, *more: str) -> str:
    command = [uv(), *dockerfile.uv_arguments(variant), "--python", sys.executable, *more]
    done = subprocess.run(
        command,
        cwd=dockerfile.REPOSITORY,
        env={**os.environ, "UV_PROJECT_ENVIRONMENT": str(target)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.fixture(scope="module")
def model() -> Iterator[ChatServer]:
    def answer(body: dict[str, Any], _: int) -> Reply:
        schema = body["response_format"]["json_schema"]["schema"]
        return says(json.dumps({name: _value(part) for name, part in schema["properties"].items()}))

    with chat_server(answer) as server:
        yield server


def _value(schema: dict[str, Any]) -> Any:
    kinds = schema.get("type", "string")
    kind = kinds[0] if isinstance(kinds, list) else kinds
    return {"array": [], "object": {}, "integer": 1, "number": 1.0, "boolean": True}.get(kind, "made up")


@pytest.fixture(scope="module")
def secret(emulator: Emulator) -> str:
    made = stores.client_of("secretsmanager").create_secret(Name=stores.new_name(), SecretString=f"{KEY}\n")
    arn: str = made["ARN"]
    return arn


@pytest.fixture(scope="module")
def deployment(emulator: Emulator, model: ChatServer, secret: str) -> Iterator[RuntimeAndVariables]:
    prefix = "VIDEOVECTOR_SERVER_"
    chosen = {
        f"{prefix}SEARCH_ENDPOINT": shared_url(),
        f"{prefix}SEARCH_INDEX_PREFIX": stores.new_name(),
        f"{prefix}LLM_BASE_URL": model.base_url,
        f"{prefix}LLM_MODEL": "qwen3-vl",
        f"{prefix}LLM_API_KEY_SECRET": secret,
    }
    with patch.dict("os.environ"):
        _, variables = open_harness(emulator, stores.create_table(), stores.create_bucket())
        os.environ.update(chosen)
        yield aws_runtime(Settings()), {**variables, **chosen}


@pytest.fixture(scope="module")
def film(image: Image, deployment: RuntimeAndVariables) -> str:
    """The reel, imported by the image's worker."""
    runtime, variables = deployment
    job = upload_in_parts(runtime, REEL)
    done = image.run(variables, "ingest", "--tenant", "anna", "--import-job", job.job_id)
    assert done.returncode == 0, done.stderr
    [output] = runtime.imports.views.view(ANNA, job.job_id).outputs.items
    return output.media_id


def run_in_image(
    film: str, image: Image, deployment: RuntimeAndVariables, run_id: str, *writable: Path
) -> tuple[PromptRun, str]:
    """Run a prompt over the film; return the ended run and the worker's log."""
    runtime, variables = deployment
    prompt = add_prompt(runtime.documents, ANNA)
    options = RunOptions(video_segmentation_type=SegmentationType.FIXED, video_segment_duration=15)
    target = MediaTarget.of([film])
    run = runtime.runs.prompt_runs.execute(ANNA, prompt.prompt_id, target, options, run_id)
    runtime.runs.coordinator.plan_shards("anna", run.run_id)
    command = ("medium", "--tenant", "anna", "--run", run.run_id, "--shard", "0")
    done = image.run(variables, *command, writable=writable)
    assert done.returncode == 0, done.stderr
    runtime.runs.coordinator.finish("anna", run.run_id)
    return runtime.runs.prompt_runs.get(ANNA, run.run_id), done.stderr


def results(runtime: Runtime, run: PromptRun, film: str) -> list[SegmentResult]:
    return runtime.documents.every(SegmentResult, keys.segment_result("anna", run.run_id, film))


def test_run_calls_chosen_model_with_stored_key(
    film: str, image: Image, deployment: RuntimeAndVariables, model: ChatServer
) -> None:
    run, log = run_in_image(film, image, deployment, "run_with_model")
    found = results(deployment[0], run, film)
    assert run.status is RunStatus.COMPLETED, log
    assert len(found) == 3
    assert all(result.field_extraction.succeeded and result.indexed for result in found)
    assert set(model.keys) == {f"Bearer {KEY}"}
    assert {body["model"] for body in model.requests} == {"qwen3-vl"}
    kept = deployment[0].documents.every(ModelCall, keys.model_call("anna", run.run_id))
    assert len(kept) == len(model.requests)
    assert KEY not in log + "".join(call.model_dump_json() for call in kept)


def test_worker_serves_model_with_vllm_and_ends_it(
    film: str, image: Image, deployment: RuntimeAndVariables, tmp_path: Path
) -> None:
    """A stand-in program on this machine's processor replaces vLLM; the worker's side runs in full."""
    runtime, variables = deployment
    weights = tmp_path / "weights" / "Qwen3-VL-4B-Instruct"
    weights.mkdir(parents=True)
    (weights / "config.json").write_text("{}")
    vllm_program.install(tmp_path)
    worker_variables = {name: value for name, value in variables.items() if "_LLM_" not in name} | {
        "PATH": f"{os.defpath}{os.pathsep}{tmp_path}",
        "VIDEOVECTOR_SERVER_MODEL_FOLDER": str(weights.parent),
        "VIDEOVECTOR_SERVER_VLLM_MODEL": "Qwen/Qwen3-VL-4B-Instruct",
    }
    with patch.dict("os.environ", worker_variables):
        for name in set(variables) - set(worker_variables):
            os.environ.pop(name, None)
        with_vllm = aws_runtime(Settings())
        run, log = run_in_image(film, image, (with_vllm, worker_variables), "run_with_vllm", weights)
    assert run.status is RunStatus.COMPLETED, log
    assert {result.field_extraction.succeeded for result in results(runtime, run, film)} == {True}
    [started] = vllm_program.recorded(weights, vllm_program.STARTED)
    assert not [each for each in started["processes"] if Path(f"/proc/{each}").exists()]
    asked = vllm_program.recorded(weights, vllm_program.ASKED)
    assert len(asked) == 3
    assert all(each["pictures"] for each in asked)
    kept = runtime.documents.every(ModelCall, keys.model_call("anna", run.run_id))
    assert {call.model for call in kept} == {"Qwen/Qwen3-VL-4B-Instruct"}
    assert "Application startup complete." in log
    assert "made up" not in log


def test_missing_key_fails_segments_by_code(film: str, image: Image, deployment: RuntimeAndVariables) -> None:
    runtime, variables = deployment
    name = {"VIDEOVECTOR_SERVER_LLM_API_KEY_SECRET": stores.new_name()}
    run, _ = run_in_image(film, image, (runtime, variables | name), "run_without_key")
    codes = {result.field_extraction.code for result in results(runtime, run, film)}
    assert codes == {"model_key_missing"}


def test_image_has_worker_and_its_imports_only(image: Image) -> None:
    assert {path.name for path in image.folder.iterdir()} == {"functions", "shared"}
    assert {path.name for path in (image.folder / "functions").iterdir()} == {"__init__.py", "worker"}
    installed = subprocess.run(
        [uv(), "pip", "list", "--python", str(image.python), "--format", "json"],
        capture_output=True,
        text=True,
        check=True,
    )
    names = {each["name"] for each in json.loads(installed.stdout)}
    assert not names & UNWANTED_PACKAGES
    assert "onnxruntime" in names


def test_gpu_packages_are_locked_with_one_onnx_runtime(tmp_path: Path) -> None:
    """Both packages contain the same modules, so the package installed last would be imported."""
    planned = _synchronise("cuda", tmp_path / "venv", "--dry-run")
    lines = [line.strip() for line in planned.splitlines()]
    names = {line.removeprefix("+ ").partition("==")[0] for line in lines if line.startswith("+ ")}
    assert {"onnxruntime-gpu", "nvidia-cublas-cu12", "nvidia-cudnn-cu12", "faster-whisper"} <= names
    assert "onnxruntime" not in names


def test_vllm_is_locked_and_installed_apart_from_worker(tmp_path: Path) -> None:
    [stage] = (
        each
        for each in dockerfile.instructions()
        if each.stage == "packages-of-model-server" and each.name == "RUN"
    )
    _, *arguments = stage.rest.split()
    done = subprocess.run(
        [uv(), *arguments, "--python", sys.executable, "--dry-run"],
        cwd=dockerfile.REPOSITORY,
        env={**os.environ, "UV_PROJECT_ENVIRONMENT": str(tmp_path / "vllm")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = [line.strip() for line in done.stderr.splitlines()]
    names = {line.removeprefix("+ ").partition("==")[0] for line in lines if line.startswith("+ ")}
    assert {"vllm", "torch", "transformers", "xgrammar"} <= names
    assert not {"faster-whisper", "ctranslate2", "onnxruntime-gpu", "nvidia-cublas-cu12"} & names
    copied = [each.rest for each in dockerfile.instructions() if each.stage == "settings-of-cuda"]
    assert "--from=packages-of-model-server /opt/vllm /opt/vllm" in copied
    assert any(rest.endswith(":/opt/vllm/bin") or ":/opt/vllm/bin " in rest for rest in copied)


def test_image_has_locked_packages_and_runs_unprivileged() -> None:
    steps = dockerfile.instructions()
    for each in steps:
        if each.name == "RUN" and ("pip install" in each.rest or "uv sync" in each.rest):
            assert "--require-hashes" in each.rest or "--frozen" in each.rest
        assert not (each.name in ("ARG", "ENV") and "KEY" in each.rest.replace("KEYS", ""))
    of_worker = [each for each in steps if each.stage == "worker"]
    assert [each.rest for each in of_worker if each.name == "USER"] == ["10001"]
    assert of_worker[-1].rest == '["python", "-m", "functions.worker"]'
    base = next(each.rest for each in steps if each.name == "ARG")
    assert re.fullmatch(r"BASE=python:\d+\.\d+\.\d+-slim-\w+", base)
