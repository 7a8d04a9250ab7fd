"""The Lambda layers as deployed: built for Lambda's platform, within Lambda's and the product's limits."""

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
MOST_BY_LAYER: Final = {"models": 210 * MEGABYTE, "connectors": 62 * MEGABYTE}
"""obstore takes 11 MB."""
LAMBDA_LIMIT: Final = 250 * 1024**2
"""Lambda's limit on the size of a function's code and layers together."""

X86_64: Final = 62
AARCH64: Final = 183
"""The processor of a compiled module (``e_machine`` of the System V ABI)."""

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
def test_size_of_function_stays_within_budget(spec: FunctionSpec, built: dict[str, Path], code: Path) -> None:
    packages, ours = _bytes(built[spec.layer]), _bytes(code)
    print(f"{spec.title}: {packages / MEGABYTE:.1f} MB of packages and {ours / MEGABYTE:.1f} MB of code")
    most = MOST_BY_LAYER.get(spec.layer, MOST_UNZIPPED)
    assert packages + ours < most < LAMBDA_LIMIT


def test_only_query_embedding_layer_has_models(built: dict[str, Path]) -> None:
    assert {spec.title for spec in FUNCTIONS if spec.layer == "models"} == {QUERY_EMBEDDING.title}
    for layer, packages in built.items():
        assert (packages / "onnxruntime").exists() is (layer == "models")
        assert (packages / "numpy").exists() is (layer == "models")
        assert not (packages / "pyarrow").exists()
        assert not (packages / "av").exists()


@pytest.fixture(scope="module")
def here(folder: Path) -> dict[str, Path]:
    """The layers for this machine and Python; ``test_query_embedding_layer`` covers the models' layer."""
    layers = [layer for layer in LAYERS if layer != "models"]
    return {layer: build_layer(layer, folder / "here" / layer, here=True) for layer in layers}


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


def test_native_code_works_without_symbols(here: dict[str, Path], code: Path) -> None:
    done = _python(here["api"], code, SIGN_AND_CHECK)
    assert (done.stdout, done.stderr) == ("False\n", "")


@pytest.mark.parametrize(
    "spec", [spec for spec in FUNCTIONS if spec.kind != API and spec != QUERY_EMBEDDING], ids=_title
)
def test_layer_has_every_import_of_step(spec: FunctionSpec, here: dict[str, Path], code: Path) -> None:
    done = _python(here[spec.layer], code, f"import {spec.module}")
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.mark.parametrize("layer", ["api", "steps"])
def test_layer_can_sign_opensearch_requests(layer: str, here: dict[str, Path], code: Path) -> None:
    program = "import shared.adapters.aws.search.connection as c; c.connect('https://host:443', 'none')"
    done = _python(here[layer], code, program)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("layer", LAYERS)
def test_native_code_is_built_for_lambda_processor(layer: str, built: dict[str, Path]) -> None:
    libraries = [path for path in built[layer].rglob("*") if path.suffix == ".so" or ".so." in path.name]
    assert libraries
    for path in libraries:
        head = path.read_bytes()[:20]
        assert head[:4] == b"\x7fELF", path
        assert int.from_bytes(head[18:20], "little") == (X86_64 if layer == "models" else AARCH64), path


@pytest.mark.parametrize("layer", LAYERS)
def test_packages_keep_their_licence_metadata(layer: str, built: dict[str, Path]) -> None:
    described = list(built[layer].glob("*.dist-info"))
    assert len(described) > 10
    assert all((path / "METADATA").is_file() for path in described)


def test_botocore_data_covers_used_services_only(built: dict[str, Path]) -> None:
    data = built["api"] / "botocore" / "data"
    services = {path.name for path in data.iterdir() if path.is_dir()}
    assert {"dynamodb", "s3", "stepfunctions", "lambda"} <= services
    assert not (data / "ec2").exists()
    (described,) = data.glob("dynamodb/*/service-2.json")
    operations = json.loads(described.read_text("utf-8"))["operations"]
    assert {"GetItem", "Query", "TransactWriteItems"} <= set(operations)


def test_code_has_every_handler_and_no_command_line(code: Path) -> None:
    handlers = {path.parent.name for path in code.glob("functions/api/*/handler.py")}
    assert handlers >= {"auth", "indexes", "videos", "search", "workflow", "uploads", "prompt_runs"}
    assert (code / "shared" / "models" / "data" / "minilm-tokenizer.json").is_file()
    assert not (code / "shared" / "cli").exists()
    description = REPOSITORY / "docs" / "openapi.json"
    assert (code / "functions" / "api" / "openapi.json").read_bytes() == description.read_bytes()
    assert not list(code.rglob("Dockerfile*"))
