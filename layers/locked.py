"""Each layer's set of packages, exported from ``uv.lock`` with hashes.

``python -m layers.locked`` writes ``layers/<name>/requirements.lock`` anew.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class LockedSet:
    """``group`` is the dependency group it is exported from; ``without`` is left out with all it needs."""

    group: str
    without: tuple[str, ...] = ()


LAYERS: Final[Mapping[str, LockedSet]] = {
    "api": LockedSet("api-functions"),
    # Only fetching a tokenizer by name needs the hub, and ours lies in a file. Schemas are checked elsewhere.
    "models": LockedSet("model-functions", without=("huggingface-hub", "jsonschema-rs")),
    "steps": LockedSet("step-functions"),
}


class UvMissing(RuntimeError):
    """There is no ``uv`` to build with."""


def lock_file(layer: str) -> Path:
    return REPOSITORY / "layers" / layer / "requirements.lock"


def exported(layer: str) -> str:
    """The text that the layer's lock file has to have. Raises: UvMissing, CalledProcessError."""
    locked = LAYERS[layer]
    command = [uv(), "export", "--frozen", "--no-default-groups", "--group", locked.group]
    command += ["--no-emit-project", "--no-annotate", "--no-header", "--no-cache", "--quiet"]
    for package in locked.without:
        command += ["--prune", package]
    return subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout  # noqa: S603 - nothing of it comes from outside


def uv() -> str:
    """The path of uv: the one that ``make`` installed, else the one on the PATH. Raises: UvMissing."""
    ours = REPOSITORY / ".tools" / "bin" / "uv"
    found = os.environ.get("UV") or (str(ours) if ours.is_file() else shutil.which("uv"))
    if found is None:
        raise UvMissing("Layers are built with uv. `make synth` installs it below .tools.")
    return found


def main() -> int:
    for layer in LAYERS:
        lock_file(layer).write_text(exported(layer), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
