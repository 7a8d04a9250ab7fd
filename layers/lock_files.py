"""Lock file of each layer, exported from ``uv.lock`` with hashes.

``python -m layers.lock_files`` regenerates ``layers/<name>/requirements.lock``.
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
class PackageSet:
    """Packages of a layer.

    ``group`` is the dependency group in ``pyproject.toml``. ``without`` lists packages that are left out with
    all of their dependencies.
    """

    group: str
    without: tuple[str, ...] = ()


LAYERS: Final[Mapping[str, PackageSet]] = {
    # obstore takes 11 MB, so only the function that opens stores of users has it.
    "api": PackageSet("api-functions", without=("obstore",)),
    "connectors": PackageSet("api-functions"),
    # tokenizers needs huggingface-hub only to download a tokenizer by name; the project loads it from a file.
    # Other functions validate schemas.
    "models": PackageSet("model-functions", without=("huggingface-hub", "jsonschema-rs")),
    "steps": PackageSet("step-functions"),
}


class UvMissing(RuntimeError):
    """uv, which builds the layers, is not installed."""


def lock_file(layer: str) -> Path:
    """Return the path of the layer's lock file."""
    return REPOSITORY / "layers" / layer / "requirements.lock"


def export_lock(layer: str) -> str:
    """Export the content of the layer's lock file. Raises: UvMissing, CalledProcessError."""
    package_set = LAYERS[layer]
    command = [uv(), "export", "--frozen", "--no-default-groups", "--group", package_set.group]
    command += ["--no-emit-project", "--no-annotate", "--no-header", "--no-cache", "--quiet"]
    for package in package_set.without:
        command += ["--prune", package]
    return subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout  # noqa: S603 - no argument comes from outside


def uv() -> str:
    """Return the path of uv: ``UV``, the one that ``make`` installs, or the one on the PATH.

    Raises: UvMissing.
    """
    installed = REPOSITORY / ".tools" / "bin" / "uv"
    found = os.environ.get("UV") or (str(installed) if installed.is_file() else shutil.which("uv"))
    if found is None:
        raise UvMissing("uv, which builds the layers, is not installed. `make synth` installs it in .tools.")
    return found


def main() -> int:
    """Regenerate all lock files."""
    for layer in LAYERS:
        lock_file(layer).write_text(export_lock(layer), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
