"""The streaming ingress with only the contents of its image: locked packages and copied files."""

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
from tests.aws.harness import Harness, open_harness
from tests.aws.ingress_process import IngressProcess

pytestmark = pytest.mark.slow

DOCKERFILE = REPOSITORY / "functions" / "ingress" / "Dockerfile"
REEL = REPOSITORY / "tests" / "media" / "sample-reel.mp4"
UNWANTED_PACKAGES = {"av", "numpy", "onnxruntime", "opensearch-py", "boto3", "mangum", "typer", "pytest"}


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python with the image's packages only."""
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
def harness(emulator: Emulator) -> Iterator[Harness]:
    with patch.dict("os.environ"):
        yield open_harness(emulator, stores.create_table(), stores.create_bucket())[0]


def test_upload_succeeds_with_contents_of_image(
    harness: Harness, python: Path, source: Path, tmp_path: Path
) -> None:
    _, key = harness.runtime.access.api_keys.create("anna", "usr_anna", "writer", [Scope.WRITE])
    ingress = IngressProcess(tmp_path, harness.variables, python=str(python), source=source)
    try:
        ingress.start()
        with videovector.VideoVector(api_key=key, base_url=ingress.base_url) as client:
            assert client.videos.upload(file=REEL, title="Reel").job_id
    finally:
        ingress.kill()


def test_image_has_no_decoders_models_or_tools(python: Path) -> None:
    shown = subprocess.run(
        [uv(), "pip", "list", "--python", str(python), "--format", "freeze"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    names = {line.partition("==")[0] for line in shown.splitlines()}
    assert {"uvicorn", "fastapi", "botocore"} <= names
    assert not names & UNWANTED_PACKAGES


def test_image_runs_unprivileged_and_gets_signals() -> None:
    image = [each for each in instructions(DOCKERFILE) if each.stage == "ingress"]
    assert [each.rest for each in image if each.name == "USER"] == ["ingress"]
    (entry,) = (each.rest for each in image if each.name == "ENTRYPOINT")
    assert entry == '["python", "-m", "functions.ingress"]'
