"""Weights of the GPU models from a prefix in S3, each checked by its digest."""

import hashlib
from pathlib import Path
from typing import Any
from unittest.mock import patch

import boto3  # type: ignore[import-untyped]
import pytest

from shared.domain.errors import Unavailable
from shared.models.gpu_pack import gpu_models
from shared.models.remote_weights import RemoteWeights
from shared.models.weights import WeightSource
from shared.settings import Settings
from tests.aws.emulator import Emulator

pytestmark = pytest.mark.slow

SOURCE = WeightSource(name="made-up", files=("model.bin", "config.json"))
CONTENT = {"model.bin": b"weights" * 1000, "config.json": b"{}"}


def fill(s3: Any, bucket: str, *, damaged: bool = False) -> None:
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in CONTENT.items())
    s3.put_object(Bucket=bucket, Key="weights/made-up/SHA256SUMS", Body=sums.encode())
    for name, content in CONTENT.items():
        body = b"other" if damaged and name == "model.bin" else content
        s3.put_object(Bucket=bucket, Key=f"weights/made-up/{name}", Body=body)


@pytest.fixture
def client(emulator: Emulator) -> Any:
    with patch.dict("os.environ", emulator.environment):
        return boto3.client("s3")


def test_what_lies_there_is_fetched_once_and_checked(
    s3: Any, bucket: str, client: Any, tmp_path: Path
) -> None:
    fill(s3, bucket)
    weights = RemoteWeights(tmp_path, None, f"s3://{bucket}/weights/", client=client)
    found = weights.require(SOURCE)
    assert {name: path.read_bytes() for name, path in found.items()} == CONTENT
    s3.delete_object(Bucket=bucket, Key="weights/made-up/model.bin")
    assert weights.require(SOURCE) == found


def test_a_file_that_is_another_is_not_used(s3: Any, bucket: str, client: Any, tmp_path: Path) -> None:
    fill(s3, bucket, damaged=True)
    with pytest.raises(Unavailable) as refused:
        RemoteWeights(tmp_path, None, f"s3://{bucket}/weights", client=client).require(SOURCE)
    assert refused.value.code == "model_weights_damaged"
    assert not [path for path in tmp_path.iterdir() if not path.name.startswith(".")]


def test_what_is_not_there_is_looked_for_elsewhere(bucket: str, client: Any, tmp_path: Path) -> None:
    folder = tmp_path / "folder" / "made-up"
    folder.mkdir(parents=True)
    for name, content in CONTENT.items():
        (folder / name).write_bytes(content)
    weights = RemoteWeights(tmp_path / "cache", tmp_path / "folder", f"s3://{bucket}/weights", client=client)
    assert weights.require(SOURCE)["model.bin"].parent == folder
    with pytest.raises(ValueError, match="no S3 address"):
        RemoteWeights(tmp_path, None, "https://somewhere")


def test_the_pack_is_made_without_loading_anything_and_says_what_is_missing(tmp_path: Path) -> None:
    pack = gpu_models(Settings(model_folder=tmp_path), tmp_path / "cache")
    assert pack.text_embedder.space.dimension == 384
    for missing in (lambda: pack.transcriber.model, lambda: pack.picture_embedder.space):
        with pytest.raises(Unavailable) as refused:
            missing()
        assert refused.value.code == "model_weights_missing"
