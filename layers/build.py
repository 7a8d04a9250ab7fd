"""Build Lambda layers and the functions' code without Docker.

The build compiles modules to byte code. A function's folder is read-only, so otherwise each cold start would
compile them again. The byte code is not validated against the sources' modification times, because archives
reset them. Packages are deployed without sources; with both, a layer would be a quarter larger.
"""

import shutil
import subprocess
import sys
import warnings
from functools import cache
from pathlib import Path
from typing import Final

from layers.contents import remove_unused
from layers.lock_files import REPOSITORY, UvMissing, lock_file, uv

PYTHON_VERSION: Final = "3.13"
ARM64: Final = "aarch64-manylinux_2_28"
X86_64: Final = "x86_64-manylinux_2_28"
"""Platforms of wheels. Lambda's Python 3.13 runs on Amazon Linux 2023 with glibc 2.34; some wheels need
2.28."""

_X86_LAYERS: Final = frozenset({"models"})
"""Layers for x86. ONNX Runtime and LiteRT read ``/sys/devices/system/cpu``, which Lambda does not provide on
arm64. For years ONNX Runtime could not be imported there (microsoft/onnxruntime#10038). The x86 builds are
also the ones that workers index with and tests run."""

OPENAPI_DOCUMENT: Final = REPOSITORY / "docs" / "openapi.json"
"""OpenAPI document of the whole API. A function has only the routes of its own resource, so it cannot
generate the document."""

_NOT_DEPLOYED: Final = ("__pycache__", "*.pyc", "Dockerfile*")


def platform_of(layer: str) -> str:
    """Return the layer's platform: arm64, which is cheaper, unless its packages need x86."""
    return X86_64 if layer in _X86_LAYERS else ARM64


def build_layer(layer: str, folder: Path, *, here: bool = False) -> Path:
    """Install the layer's locked packages into ``folder/python`` and return that path.

    ``here`` builds for this machine and the running interpreter instead of Lambda.

        Raises:
            UvMissing: uv is not installed.
            subprocess.CalledProcessError: a package is not available for the platform, or its hash differs.
    """
    packages = folder / "python"
    python = sys.executable if here else PYTHON_VERSION
    command = [uv(), "pip", "install", "--quiet", "--require-hashes", "--no-deps"]
    # Copies, because changes to a hard-linked file would also alter uv's cache and every other link to it.
    command += ["--only-binary", ":all:", "--link-mode", "copy"]
    command += ["--target", str(packages), "--requirements", str(lock_file(layer))]
    command += (
        ["--python", python]
        if here
        else ["--python-platform", platform_of(layer), "--python-version", python]
    )
    subprocess.run(command, cwd=REPOSITORY, check=True)  # noqa: S603 - no argument comes from outside
    remove_unused(packages)
    _compile(packages, python, keep_sources=False)
    return packages


def build_code(folder: Path, *, python: str = PYTHON_VERSION) -> Path:
    """Copy the project's modules into ``folder``, where Lambda finds a handler by its dotted name.

    The OpenAPI document is copied to the place where ``functions.api.gateway.function`` looks for it.
    """
    ignored = shutil.ignore_patterns(*_NOT_DEPLOYED)
    for package in ("functions", "shared"):
        shutil.copytree(REPOSITORY / package, folder / package, ignore=ignored, dirs_exist_ok=True)
    shutil.rmtree(folder / "shared" / "cli")
    shutil.copyfile(OPENAPI_DOCUMENT, folder / "functions" / "api" / OPENAPI_DOCUMENT.name)
    _compile(folder, python, keep_sources=True)
    return folder


def _compile(folder: Path, python: str, *, keep_sources: bool) -> None:
    """Compile with the Python version that will run the code; other versions ignore the byte code."""
    interpreter = _interpreter(python)
    if interpreter is None:
        warnings.warn(
            f"Python {python} is not installed, so the modules are not compiled: layers are larger, and cold "
            f"starts take a second longer. Install it with `.tools/bin/uv python install {python}`.",
            stacklevel=3,
        )
        return
    command = [interpreter, "-m", "compileall", "-q", "-j", "2", "--invalidation-mode", "unchecked-hash"]
    command += [] if keep_sources else ["-b"]
    # Some packages contain files for other Python versions, which this version cannot compile.
    subprocess.run([*command, "-s", str(folder), str(folder)], check=False, capture_output=True)  # noqa: S603
    if not keep_sources:
        for source in folder.rglob("*.py"):
            if source.with_suffix(".pyc").is_file():
                source.unlink()


def can_compile(python: str = PYTHON_VERSION) -> bool:
    """Return whether builds on this machine contain byte code for ``python``."""
    try:
        return _interpreter(python) is not None
    except (UvMissing, FileNotFoundError):
        return False


@cache
def _interpreter(python: str) -> str | None:
    """Return the path of an interpreter that runs, or None.

    uv starts the interpreter to find it. A version manager's shim may exist although it refuses to start.
    """
    found = subprocess.run(  # noqa: S603
        [uv(), "python", "find", "--no-python-downloads", "--no-project", python],
        cwd=REPOSITORY,
        check=False,
        capture_output=True,
        text=True,
    )
    return found.stdout.strip() or None if found.returncode == 0 else None
