"""Weights of the GPU models, fetched from an S3 prefix and checked by digest."""

import hashlib
from pathlib import Path
from typing import Any
from unittest.mock import patch

import boto3  # type: ignore[import-untyped]
import pytest
from botocore.config import Config  # type: ignore[import-untyped]

from shared.domain.errors import Unavailable
from shared.models.gpu_pack import gpu_models
from shared.models.weights.locations import WeightSource
from shared.models.weights.remote import RemoteWeights
from shared.settings import Settings
from tests.aws.emulator import Emulator
from tests.aws.refusing_server import RefusingServer

pytestmark = pytest.mark.slow

SOURCE = WeightSource(name="made-up", files=("model.bin", "config.json"))
CONTENT = {"model.bin": b"weights" * 1000, "config.json": b"{}"}


def upload_weights(s3: Any, bucket: str, *, damaged: bool = False) -> None:
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in CONTENT.items())
    s3.put_object(Bucket=bucket, Key="weights/made-up/SHA256SUMS", Body=sums.encode())
    for name, content in CONTENT.items():
        body = b"other" if damaged and name == "model.bin" else content
        s3.put_object(Bucket=bucket, Key=f"weights/made-up/{name}", Body=body)


@pytest.fixture
def client(emulator: Emulator) -> Any:
    with patch.dict("os.environ", emulator.environment):
        return boto3.client("s3")


def test_weights_are_fetched_once_and_checked(s3: Any, bucket: str, client: Any, tmp_path: Path) -> None:
    upload_weights(s3, bucket)
    weights = RemoteWeights(tmp_path, None, f"s3://{bucket}/weights/", client=client)
    found = weights.require(SOURCE)
    assert {name: path.read_bytes() for name, path in found.items()} == CONTENT
    s3.delete_object(Bucket=bucket, Key="weights/made-up/model.bin")
    assert weights.require(SOURCE) == found


def test_damaged_file_is_refused(s3: Any, bucket: str, client: Any, tmp_path: Path) -> None:
    upload_weights(s3, bucket, damaged=True)
    with pytest.raises(Unavailable) as refused:
        RemoteWeights(tmp_path, None, f"s3://{bucket}/weights", client=client).require(SOURCE)
    assert refused.value.code == "model_weights_damaged"
    assert not [path for path in tmp_path.iterdir() if not path.name.startswith(".")]


def test_missing_weights_are_read_from_folder(bucket: str, client: Any, tmp_path: Path) -> None:
    folder = tmp_path / "folder" / "made-up"
    folder.mkdir(parents=True)
    for name, content in CONTENT.items():
        (folder / name).write_bytes(content)
    weights = RemoteWeights(tmp_path / "cache", tmp_path / "folder", f"s3://{bucket}/weights", client=client)
    assert weights.require(SOURCE)["model.bin"].parent == folder
    with pytest.raises(ValueError, match="no S3 address"):
        RemoteWeights(tmp_path, None, "https://somewhere")


@pytest.mark.parametrize(
    ("status", "said", "code"),
    [(403, "AccessDenied", "model_weights_refused"), (503, "SlowDown", "service_unavailable")],
)
def test_refusal_and_overload_have_different_codes(status: int, said: str, code: str, tmp_path: Path) -> None:
    with RefusingServer(status, f"<Error><Code>{said}</Code></Error>".encode()) as server:
        refused = failure_of(server.url, tmp_path)
    assert refused.code == code
    assert said in refused.message
    assert failure_of(server.url, tmp_path).code == "service_unavailable"  # the server has stopped


def failure_of(url: str, cache: Path) -> Unavailable:
    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "eu-central-1"}
    once = Config(retries={"total_max_attempts": 1})
    client = boto3.client("s3", endpoint_url=url, config=once, **keys)
    with pytest.raises(Unavailable) as refused:
        RemoteWeights(cache, None, "s3://bucket/weights", client=client).require(SOURCE)
    return refused.value


def test_gpu_pack_loads_nothing_and_names_missing_weights(tmp_path: Path) -> None:
    pack = gpu_models(Settings(model_folder=tmp_path), tmp_path / "cache")
    assert pack.text_embedder.space.dimension == 384
    for missing in (lambda: pack.transcriber.model, lambda: pack.image_embedder.space):
        with pytest.raises(Unavailable) as refused:
            missing()
        assert refused.value.code == "model_weights_missing"
