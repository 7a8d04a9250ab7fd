"""Lock files of the layers match ``uv.lock``."""

import re

import pytest

from layers.lock_files import LAYERS, export_lock, lock_file


@pytest.mark.parametrize("layer", LAYERS)
def test_lock_file_matches_uv_lock(layer: str) -> None:
    assert lock_file(layer).read_text("utf-8") == export_lock(layer), "run: python -m layers.lock_files"


@pytest.mark.parametrize("layer", LAYERS)
def test_every_package_is_pinned_by_version_and_hash(layer: str) -> None:
    text = lock_file(layer).read_text("utf-8").replace("\\\n", " ")
    packages = [line for line in text.splitlines() if line and not line.startswith(("#", " "))]
    assert len(packages) > 10
    assert all(re.match(r"[a-z0-9-]+(\[\w+\])?==\S+", line) and "--hash=sha256:" in line for line in packages)


@pytest.mark.parametrize("layer", LAYERS)
def test_layer_omits_packages_of_laptop_and_worker(layer: str) -> None:
    named = set(re.findall(r"^([a-z0-9-]+)==", lock_file(layer).read_text("utf-8"), re.MULTILINE))
    assert not named & {
        "boto3",
        "av",
        "pyarrow",
        "faster-whisper",
        "opencv-python-headless",
        "uvicorn",
        "huggingface-hub",
    }
    assert ("numpy" in named) is (layer == "models")
    assert ("opensearch-py" in named) is (layer != "models")
    assert ("botocore" in named) is (layer != "models")
