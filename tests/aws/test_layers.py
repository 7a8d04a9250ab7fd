"""Layers as they are deployed: built for Lambda's platform, within its limits and ours."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from infra.functions import API, FUNCTIONS, QUERY_EMBEDDING, FunctionSpec
from layers.build import build_code, build_layer
from layers.lock_files import LAYERS, REPOSITORY

pytestmark = pytest.mark.slow

MEGABYTE: Final = 1_000_000
MOST_UNZIPPED: Final = 50 * MEGABYTE
MOST_WITH_MODELS: Final = 210 * MEGABYTE
LAMBDAS_LIMIT: Final = 250 * 1024**2
"""Of a function's code and layers together."""

X86_64: Final = 62
AARCH64: Final = 183
"""As compiled modules name their processor ("System V ABI": e_machine)."""

SIGN_AND_CHECK: Final = """
import cryptography.exceptions, jsonschema_rs, pydantic_core
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
key, kind = ec.generate_private_key(ec.SECP256R1()), ec.ECDSA(hashes.SHA256())
signature = key.sign(b"text", kind)
key.public_key().verify(signature, b"text", kind)
try:
    key.public_key().verify(signature, b"other", kind)
except cryptography.exceptions.InvalidSignature:
    print(jsonschema_rs.is_valid({"minimum": 2}, 1))
"""


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


def _title(spec: FunctionSpec) -> str:
    return spec.title


@pytest.mark.parametrize("spec", FUNCTIONS, ids=_title)
def test_a_function_is_within_its_budget(spec: FunctionSpec, built: dict[str, Path], code: Path) -> None:
    packages, ours = _bytes(built[spec.layer]), _bytes(code)
    print(f"{spec.title}: {packages / MEGABYTE:.1f} MB of packages and {ours / MEGABYTE:.1f} MB of code")
    most = MOST_WITH_MODELS if spec == QUERY_EMBEDDING else MOST_UNZIPPED
    assert packages + ours < most < LAMBDAS_LIMIT


def test_only_the_function_that_embeds_queries_brings_models(built: dict[str, Path]) -> None:
    assert {spec.title for spec in FUNCTIONS if spec.layer == "models"} == {QUERY_EMBEDDING.title}
    for layer, packages in built.items():
        assert (packages / "onnxruntime").exists() is (layer == "models")
        assert (packages / "numpy").exists() is (layer == "models")


@pytest.fixture(scope="module")
def here(folder: Path) -> dict[str, Path]:
    """The layers for this machine and this Python; the models' is tried where they are."""
    return {layer: build_layer(layer, folder / "here" / layer, here=True) for layer in ("api", "steps")}


def _python(packages: Path, code: Path, program: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.defpath,
        "PYTHONPATH": f"{packages}{os.pathsep}{code}",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "VIDEOVECTOR_SERVER_RECORDS_TABLE": "records",
    }
    return subprocess.run(
        [sys.executable, "-S", "-c", program],
        env=environment,
        cwd=packages,
        capture_output=True,
        text=True,
        check=False,
    )


def test_native_code_works_without_its_symbols(here: dict[str, Path], code: Path) -> None:
    done = _python(here["api"], code, SIGN_AND_CHECK)
    assert (done.stdout, done.stderr) == ("False\n", "")


@pytest.mark.parametrize(
    "spec", [spec for spec in FUNCTIONS if spec.kind != API and spec != QUERY_EMBEDDING], ids=_title
)
def test_a_step_finds_in_its_layer_all_that_it_imports(
    spec: FunctionSpec, here: dict[str, Path], code: Path
) -> None:
    done = _python(here[spec.layer], code, f"import {spec.module}")
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.mark.parametrize("layer", ["api", "steps"])
def test_a_layer_has_what_signs_requests_to_opensearch(layer: str, here: dict[str, Path], code: Path) -> None:
    program = "import shared.adapters.aws.search.connection as c; c.connect('https://host:443', 'none')"
    done = _python(here[layer], code, program)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("layer", LAYERS)
def test_native_code_is_of_lambdas_processor(layer: str, built: dict[str, Path]) -> None:
    libraries = [path for path in built[layer].rglob("*") if path.suffix == ".so" or ".so." in path.name]
    assert libraries
    for path in libraries:
        head = path.read_bytes()[:20]
        assert head[:4] == b"\x7fELF", path
        assert int.from_bytes(head[18:20], "little") == (X86_64 if layer == "models" else AARCH64), path


@pytest.mark.parametrize("layer", LAYERS)
def test_licences_travel_with_what_they_license(layer: str, built: dict[str, Path]) -> None:
    described = list(built[layer].glob("*.dist-info"))
    assert len(described) > 10
    assert all((path / "METADATA").is_file() for path in described)


def test_of_botocore_only_our_services_are_described(built: dict[str, Path]) -> None:
    data = built["api"] / "botocore" / "data"
    services = {path.name for path in data.iterdir() if path.is_dir()}
    assert {"dynamodb", "s3", "stepfunctions", "lambda"} <= services
    assert not (data / "ec2").exists()
    (described,) = data.glob("dynamodb/*/service-2.json")
    operations = json.loads(described.read_text("utf-8"))["operations"]
    assert {"GetItem", "Query", "TransactWriteItems"} <= set(operations)


def test_the_code_holds_every_handler_and_nothing_of_the_laptop_command(code: Path) -> None:
    handlers = {path.parent.name for path in code.glob("functions/api/*/handler.py")}
    assert handlers >= {"auth", "indexes", "videos", "search", "workflow", "uploads", "prompt_runs"}
    assert (code / "shared" / "models" / "data" / "minilm-tokenizer.json").is_file()
    assert not (code / "shared" / "cli").exists()
    description = REPOSITORY / "docs" / "openapi.json"
    assert (code / "functions" / "api" / "openapi.json").read_bytes() == description.read_bytes()
    assert not list(code.rglob("Dockerfile*"))
