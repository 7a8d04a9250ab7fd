"""Check for Node, which the CDK and the ``cdk`` command run on."""

import shutil
import subprocess
from typing import Final

MINIMUM_VERSION: Final = 20
"""Oldest version that the project was tested with. The CDK's makers support 22 and later."""


class NodeMissing(RuntimeError):
    """Node is missing or too old. The message says what to install."""


def check_node() -> None:
    """Check that a supported Node is on the PATH. Raises: NodeMissing: it is missing or too old."""
    program = shutil.which("node")
    if program is None:
        raise NodeMissing("The CDK runs on Node, but `node` is not on the PATH. Install Node 22.")
    ended = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    version = ended.stdout.strip()
    major = version.removeprefix("v").partition(".")[0]
    if not major.isdigit() or int(major) < MINIMUM_VERSION:
        raise NodeMissing(
            f"The CDK runs on Node, but {program} reports version {version or 'none'}. Install Node 22."
        )
