"""Layers as they are deployed: built for Lambda's platform, within its limits and ours."""

import json
from pathlib import Path
from typing import Final

import pytest

from layers.build import build_code, build_layer
from layers.locked import LAYERS

pytestmark = pytest.mark.slow

MEGABYTE: Final = 1_000_000
MOST_UNZIPPED: Final = {"api": 50 * MEGABYTE, "steps": 50 * MEGABYTE, "search": 250 * MEGABYTE}
LAMBDAS_LIMIT: Final = 250 * 1024**2
"""Of a function's code and layers together."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("built")


@pytest.fixture(scope="module")
def built(folder: Path) -> dict[str, Path]:
    return {layer: build_layer(layer, folder / layer) for layer in LAYERS}


@pytest.fixture(scope="module")
def code(folder: Path) -> Path:
    return build_code(folder / "code")


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_with_our_code_is_within_its_budget(layer: str, built: dict[str, Path], code: Path) -> None:
    size = _bytes(built[layer]) + _bytes(code)
    print(f"{layer}: {_bytes(built[layer]) / MEGABYTE:.1f} MB and {_bytes(code) / MEGABYTE:.1f} MB of code")
    assert size <= MOST_UNZIPPED[layer] < LAMBDAS_LIMIT


@pytest.mark.parametrize("layer", LAYERS)
def test_native_code_is_of_lambdas_processor(layer: str, built: dict[str, Path]) -> None:
    libraries = [path for path in built[layer].rglob("*") if path.suffix == ".so" or ".so." in path.name]
    assert libraries
    for path in libraries:
        head = path.read_bytes()[:20]
        assert head[:4] == b"\x7fELF", path
        assert int.from_bytes(head[18:20], "little") == 0xB7, f"{path} is not for AArch64"


@pytest.mark.parametrize("layer", LAYERS)
def test_licences_travel_with_what_they_license(layer: str, built: dict[str, Path]) -> None:
    described = list(built[layer].glob("*.dist-info"))
    assert len(described) > 10
    assert all((path / "METADATA").is_file() for path in described)


def test_of_botocore_only_our_services_are_described(built: dict[str, Path]) -> None:
    data = built["api"] / "botocore" / "data"
    assert {"dynamodb", "s3", "stepfunctions"} <= {path.name for path in data.iterdir() if path.is_dir()}
    assert not (data / "ec2").exists()
    (described,) = data.glob("dynamodb/*/service-2.json")
    operations = json.loads(described.read_text("utf-8"))["operations"]
    assert {"GetItem", "Query", "TransactWriteItems"} <= set(operations)


def test_the_code_holds_every_handler_and_nothing_of_the_laptop_command(code: Path) -> None:
    handlers = {path.parent.name for path in code.glob("functions/api/*/handler.py")}
    assert handlers >= {"auth", "indexes", "videos", "search", "workflow", "uploads", "prompt_runs"}
    assert (code / "shared" / "models" / "data" / "minilm-tokenizer.json").is_file()
    assert not (code / "shared" / "cli").exists()
    assert not list(code.rglob("Dockerfile*"))
