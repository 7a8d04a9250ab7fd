"""The streaming ingress from nothing but what its image has: locked packages, and files that are copied."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
import videovector

from layers.lock_files import REPOSITORY, uv
from shared.domain.access import Scope
from tests.aws import stores
from tests.aws.dockerfile import instructions
from tests.aws.emulator import Emulator
from tests.aws.ingress_process import IngressProcess
from tests.aws.step_world import StepWorld, open_world

pytestmark = pytest.mark.slow

DOCKERFILE = REPOSITORY / "functions" / "ingress" / "Dockerfile"
REEL = REPOSITORY / "tests" / "media" / "sample-reel.mp4"
NOT_FOR_AN_INGRESS = {"av", "numpy", "onnxruntime", "opensearch-py", "boto3", "mangum", "typer", "pytest"}


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Has the image's packages and no others."""
    target = tmp_path_factory.mktemp("image") / "venv"
    (command,) = (
        each.rest.split()[1:]
        for each in instructions(DOCKERFILE)
        if (each.stage, each.name) == ("packages", "RUN") and each.rest.startswith("uv ")
    )
    subprocess.run(
        [uv(), *command, "--python", sys.executable],
        cwd=REPOSITORY,
        env={**os.environ, "UV_PROJECT_ENVIRONMENT": str(target)},
        capture_output=True,
        check=True,
    )
    return target / "bin" / "python"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("app")
    for each in instructions(DOCKERFILE):
        if each.stage == "ingress" and each.name == "COPY" and not each.rest.startswith("--from="):
            name, target = each.rest.split()
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(REPOSITORY / name, folder / target, ignore=ignored)
    return folder


@pytest.fixture
def world(emulator: Emulator) -> Iterator[StepWorld]:
    with patch.dict("os.environ"):
        yield open_world(emulator, stores.create_table(), stores.create_bucket())[0]


def test_an_upload_goes_through_what_the_image_has(
    world: StepWorld, python: Path, source: Path, tmp_path: Path
) -> None:
    _, key = world.runtime.access.api_keys.create("anna", "usr_anna", "writer", [Scope.WRITE])
    ingress = IngressProcess(tmp_path, world.variables, python=str(python), source=source)
    try:
        ingress.start()
        with videovector.VideoVector(api_key=key, base_url=ingress.base_url) as client:
            assert client.videos.upload(file=REEL, title="Reel").job_id
    finally:
        ingress.kill()


def test_it_brings_no_decoders_models_or_tools(python: Path) -> None:
    shown = subprocess.run(
        [uv(), "pip", "list", "--python", str(python), "--format", "freeze"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    names = {line.partition("==")[0] for line in shown.splitlines()}
    assert {"uvicorn", "fastapi", "botocore"} <= names
    assert not names & NOT_FOR_AN_INGRESS


def test_it_is_nobody_of_note_and_is_told_to_stop_itself() -> None:
    image = [each for each in instructions(DOCKERFILE) if each.stage == "ingress"]
    assert [each.rest for each in image if each.name == "USER"] == ["ingress"]
    (entry,) = (each.rest for each in image if each.name == "ENTRYPOINT")
    assert entry == '["python", "-m", "functions.ingress"]'
