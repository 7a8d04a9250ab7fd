"""Processor time of a cold start of each function of the API, with the packages of its layer.

    python -m tests.perf.bench_cold_start

The time runs from the import of the handler to its DynamoDB client; the best of several processes counts.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from layers.build import build_layer
from tests.aws.cold_start import RESOURCES, start_floor, start_handler

STARTS: Final = 5
FLOOR: Final = "floor"


def measure() -> dict[str, Any]:
    """Measure milliseconds by resource, and the ``floor``: the packages and a plain client only."""
    with tempfile.TemporaryDirectory() as name:
        packages = build_layer("api", Path(name), here=True)
        found = {FLOOR: min(start_floor(packages).milliseconds for _ in range(STARTS))}
        for resource in RESOURCES:
            found[resource] = min(start_handler(resource, packages).milliseconds for _ in range(STARTS))
        return {name: round(taken) for name, taken in found.items()}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(), indent=2) + "\n")
