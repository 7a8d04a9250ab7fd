"""Build what is deployed, without Docker: layers of locked packages, and the code of the functions.

Modules are compiled beforehand: a function's folder cannot be written to, so each cold start would
compile them again. The byte code is not held against the sources' dates, which archives reset, and
packages go without the sources: with both, a layer is a quarter larger.
"""

import shutil
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Final

from layers.contents import remove_unused
from layers.locked import REPOSITORY, UvMissing, lock_file, uv

PYTHON_VERSION: Final = "3.13"
ARM64: Final = "aarch64-manylinux_2_28"
X86_64: Final = "x86_64-manylinux_2_28"
"""Lambda's Python 3.13 runs on Amazon Linux 2023, which has glibc 2.34; some wheels want 2.28."""

_ON_X86: Final = frozenset({"models"})
"""ONNX Runtime and LiteRT ask ``/sys/devices/system/cpu`` about the processor, which Lambda does not show on
arm64: for years the first could not even be imported there (microsoft/onnxruntime#10038). On x86 they are
what workers index with, and what tests run."""

DESCRIPTION: Final = REPOSITORY / "docs" / "openapi.json"
"""Of the whole API: a function has the routes of its own resource only, and could not describe the others."""

_NOT_DEPLOYED: Final = ("__pycache__", "*.pyc", "Dockerfile*")


def platform_of(layer: str) -> str:
    """Which of Lambda's processors the layer is for: the cheaper, unless its packages want the other."""
    return X86_64 if layer in _ON_X86 else ARM64


def build_layer(layer: str, folder: Path, *, here: bool = False) -> Path:
    """Install the layer's locked packages into ``folder/python`` and return that path.

    ``here`` builds for this machine and the interpreter that runs this, not for Lambda.

    Raises:
        UvMissing: there is no uv.
        subprocess.CalledProcessError: a package cannot be had for the platform, or is not the locked one.
    """
    packages = folder / "python"
    python = sys.executable if here else PYTHON_VERSION
    command = [uv(), "pip", "install", "--quiet", "--require-hashes", "--no-deps"]
    # Copied: a file that is linked to uv's cache would be changed there, and wherever else it is linked.
    command += ["--only-binary", ":all:", "--link-mode", "copy"]
    command += ["--target", str(packages), "--requirements", str(lock_file(layer))]
    command += (
        ["--python", python]
        if here
        else ["--python-platform", platform_of(layer), "--python-version", python]
    )
    subprocess.run(command, cwd=REPOSITORY, check=True)  # noqa: S603 - nothing of it comes from outside
    remove_unused(packages)
    _compile(packages, python, keep_sources=False)
    return packages


def build_code(folder: Path, *, python: str = PYTHON_VERSION) -> Path:
    """Copy our own modules into ``folder``, where a function's handler is found by its dotted name, and the
    description of the API to where ``functions.api.gateway.function`` looks for it."""
    ignored = shutil.ignore_patterns(*_NOT_DEPLOYED)
    for package in ("functions", "shared"):
        shutil.copytree(REPOSITORY / package, folder / package, ignore=ignored, dirs_exist_ok=True)
    shutil.rmtree(folder / "shared" / "cli")
    shutil.copyfile(DESCRIPTION, folder / "functions" / "api" / DESCRIPTION.name)
    _compile(folder, python, keep_sources=True)
    return folder


def _compile(folder: Path, python: str, *, keep_sources: bool) -> None:
    """With the version that will run it: another one's byte code is not read."""
    interpreter = _interpreter(python)
    if interpreter is None:
        warnings.warn(
            f"No Python {python} is here to compile with: packages get larger, and cold starts slower by a "
            f"second. `.tools/bin/uv python install {python}` brings one.",
            stacklevel=3,
        )
        return
    command = [interpreter, "-m", "compileall", "-q", "-j", "2", "--invalidation-mode", "unchecked-hash"]
    command += [] if keep_sources else ["-b"]
    # Some packages carry files for other versions of Python, which this one cannot compile.
    subprocess.run([*command, "-s", str(folder), str(folder)], check=False, capture_output=True)  # noqa: S603
    if not keep_sources:
        for source in folder.rglob("*.py"):
            if source.with_suffix(".pyc").is_file():
                source.unlink()


def can_compile(python: str = PYTHON_VERSION) -> bool:
    """Whether what is built here has byte code for ``python``."""
    try:
        return _interpreter(python) is not None
    except (UvMissing, FileNotFoundError):
        return False


def _interpreter(python: str) -> str | None:
    """One that runs: a version manager may name an interpreter that it then refuses to start."""
    found = subprocess.run(  # noqa: S603
        [uv(), "python", "find", "--no-python-downloads", "--no-project", python],
        cwd=REPOSITORY,
        check=False,
        capture_output=True,
        text=True,
    )
    return found.stdout.strip() or None if found.returncode == 0 else None
