"""Build context of container images."""

import shutil
from pathlib import Path
from typing import Final

from aws_cdk import Stack
from constructs import Construct

from layers.lock_files import REPOSITORY

BUILD_CONTEXT: Final = ("functions", "shared", "pyproject.toml", "uv.lock")


def copy_build_context(scope: Construct, name: str) -> Path:
    """Copy the files that the Dockerfiles use to a folder of the assembly, and return the folder.

    No other file of the repository is hashed or sent to the container engine.
    """
    folder = Path(Stack.of(scope).node.root.outdir) / f".{name}-context"
    shutil.rmtree(folder, ignore_errors=True)
    for each in BUILD_CONTEXT:
        source = REPOSITORY / each
        if source.is_dir():
            shutil.copytree(source, folder / each, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
        else:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, folder / each)
    return folder
