"""The cost of a cold start of each function, with the packages of its layer only.

The processor time of a start is compared with that of its floor: the packages that every handler
imports and a plain client of DynamoDB. Both are measured in turn, so that other work on the machine
affects both, and the best of each counts. ``make bench`` has the times.
"""

from pathlib import Path
from typing import Final

import pytest

from layers.build import build_layer
from tests.aws.cold_start import RESOURCES, start_floor, start_handler
from tests.measures import ratio_to_floor

pytestmark = pytest.mark.slow

MOST_TIMES_THE_FLOOR: Final = 1.45
"""The lightest handler (auth) takes 0.95 times the floor, the heaviest (workflow) 1.4 times."""

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
NEEDED_AT_START: Final = {"search": {"opensearchpy"}}
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
    ratio = ratio_to_floor(
        lambda: start_handler(resource, packages).milliseconds,
        lambda: start_floor(packages, NEEDED_AT_START.get(resource, ())).milliseconds,
        most=MOST_TIMES_THE_FLOOR,
    )
    print(f"{resource}: {ratio:.2f} times the floor")
    assert ratio <= MOST_TIMES_THE_FLOOR


@pytest.mark.parametrize("resource", RESOURCES)
def test_cold_start_imports_no_heavy_module(resource: str, packages: Path) -> None:
    modules = start_handler(resource, packages).modules
    needed = NEEDED_AT_START.get(resource, set())
    assert modules & (NEVER_AT_START | LOADED_ON_DEMAND) == needed
    others = {name for name in modules if name.startswith("functions.api.") and name.endswith(".handler")}
    assert others == {f"functions.api.{resource}.handler"}
