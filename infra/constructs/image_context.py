"""What an image is built from."""

import shutil
from pathlib import Path
from typing import Final

from aws_cdk import Stack
from constructs import Construct

from layers.locked import REPOSITORY

CONTEXT: Final = ("functions", "shared", "pyproject.toml", "uv.lock")


def image_context(scope: Construct, name: str) -> Path:
    """Only what the Dockerfiles copy, so that nothing else of the repository is read or sent."""
    folder = Path(Stack.of(scope).node.root.outdir) / f".{name}-context"
    shutil.rmtree(folder, ignore_errors=True)
    for each in CONTEXT:
        source = REPOSITORY / each
        if source.is_dir():
            shutil.copytree(source, folder / each, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
        else:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, folder / each)
    return folder
