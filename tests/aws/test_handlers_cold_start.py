"""What a cold start costs each function, with the packages of its layer and nothing else.

CPU time of importing the handler and of making the client for its first DynamoDB call, in a process
of its own: the best of several, since whatever runs beside it can only add.
"""

import json
import os
import subprocess
import sys
from math import inf
from pathlib import Path
from typing import Any, Final

import pytest

from layers.build import build_layer

pytestmark = pytest.mark.slow

MOST_MILLISECONDS: Final = 450
ATTEMPTS: Final = 20
"""At most: the first that is within the budget shows that the function is."""
REPOSITORY: Final = Path(__file__).resolve().parents[2]
RESOURCES: Final = sorted(
    path.parent.name for path in (REPOSITORY / "functions" / "api").glob("*/handler.py")
)

NEVER_AT_START: Final = {"numpy", "av", "cv2", "PIL", "boto3", "opensearchpy", "onnxruntime", "tokenizers"}
NEVER_AT_START_EITHER: Final = {
    "httpx",
    "cryptography",
    "jwt",
    "aws_xray_sdk",
    "shared.adapters.local.records.records",
}

MEASURE: Final = """
import importlib, json, resource, sys

def spent():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return (used.ru_utime + used.ru_stime) * 1000

before = spent()
handler = importlib.import_module(f"functions.api.{sys.argv[1]}.handler").handler
handler.runtime.ports.records
print(json.dumps({"milliseconds": spent() - before, "modules": sorted(sys.modules)}))
"""


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The API's layer for this machine and this Python."""
    return build_layer("api", tmp_path_factory.mktemp("layer"), here=True)


def _start(resource: str, packages: Path) -> dict[str, Any]:
    environment = {
        "PATH": os.defpath,
        "PYTHONPATH": f"{packages}{os.pathsep}{REPOSITORY}",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "VIDEOVECTOR_SERVER_RECORDS_TABLE": "records",
    }
    done = subprocess.run(
        [sys.executable, "-S", "-c", MEASURE, resource],
        env=environment,
        cwd=packages,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_function_is_ready_for_its_first_call_within_the_budget(resource: str, packages: Path) -> None:
    taken: list[float] = []
    while len(taken) < ATTEMPTS and min(taken, default=inf) > MOST_MILLISECONDS:
        taken.append(_start(resource, packages)["milliseconds"])
    print(f"{resource}: {min(taken):.0f} ms")
    assert min(taken) <= MOST_MILLISECONDS


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_function_imports_nothing_heavy_before_it_is_asked(resource: str, packages: Path) -> None:
    modules = set(_start(resource, packages)["modules"])
    assert not modules & (NEVER_AT_START | NEVER_AT_START_EITHER)
    others = {name for name in modules if name.startswith("functions.api.") and name.endswith(".handler")}
    assert others == {f"functions.api.{resource}.handler"}
