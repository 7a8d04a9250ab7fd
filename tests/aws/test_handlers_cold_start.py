"""The cost of a cold start of each function, with the packages of its layer only.

The function calls of a start are compared with those of its floor: the packages that every handler
imports and a plain client of DynamoDB. The count does not depend on the machine or its other work.
``make bench`` has the times.
"""

from pathlib import Path
from typing import Final

import pytest

from layers.build import build_layer
from tests.aws.cold_start import RESOURCES, floor_calls, handler_calls, start_handler

pytestmark = pytest.mark.slow

MOST_TIMES_THE_FLOOR: Final = 1.85
"""Of the calls: the lightest handlers (console, auth) make 1.2 times as many as the floor, the heaviest
(workflow) 1.77 times; in processor time, 0.9 and 1.4 times."""

NEVER_AT_START: Final = {
    "numpy",
    "av",
    "cv2",
    "PIL",
    "boto3",
    "obstore",
    "opensearchpy",
    "onnxruntime",
    "tokenizers",
}
NEEDED_AT_START: Final = {"search": ("opensearchpy",)}
"""What every request of a resource needs, so that its function loads it at the start."""

LOADED_ON_DEMAND: Final = {
    "httpx",
    "cryptography",
    "jwt",
    "aws_xray_sdk",
    "shared.adapters.local.records.records",
}


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The API's layer for this machine and this Python."""
    return build_layer("api", tmp_path_factory.mktemp("layer"), here=True)


@pytest.mark.parametrize("resource", RESOURCES)
def test_cold_start_stays_within_ratio_to_floor(resource: str, packages: Path) -> None:
    floor = floor_calls(packages, NEEDED_AT_START.get(resource, ()))
    ratio = handler_calls(resource, packages) / floor
    print(f"{resource}: {ratio:.2f} times the floor")
    assert ratio <= MOST_TIMES_THE_FLOOR


@pytest.mark.parametrize("resource", RESOURCES)
def test_cold_start_imports_no_heavy_module(resource: str, packages: Path) -> None:
    modules = start_handler(resource, packages).modules
    needed = set(NEEDED_AT_START.get(resource, ()))
    assert modules & (NEVER_AT_START | LOADED_ON_DEMAND) == needed
    others = {name for name in modules if name.startswith("functions.api.") and name.endswith(".handler")}
    assert others == {f"functions.api.{resource}.handler"}
