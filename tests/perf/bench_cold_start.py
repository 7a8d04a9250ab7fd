"""Processor time of a cold start of each function of the API, with the packages of its layer.

    python -m tests.perf.bench_cold_start

From the import of the handler until its client of DynamoDB is made; the best of several processes.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from layers.build import build_layer
from tests.aws.cold_start import RESOURCES, started_floor, started_handler

STARTS: Final = 5
FLOOR: Final = "floor"


def measure() -> dict[str, Any]:
    """Milliseconds by resource, and those of ``floor``: the packages and a plain client alone."""
    with tempfile.TemporaryDirectory() as name:
        packages = build_layer("api", Path(name), here=True)
        found = {FLOOR: min(started_floor(packages).milliseconds for _ in range(STARTS))}
        for resource in RESOURCES:
            found[resource] = min(started_handler(resource, packages).milliseconds for _ in range(STARTS))
        return {name: round(taken) for name, taken in found.items()}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(), indent=2) + "\n")
