"""The Node that the CDK, and the CDK's command, run on."""

import shutil
import subprocess
from typing import Final

OLDEST: Final = 20
"""What everything here was tried with; the CDK's makers support 22 and later."""


class NodeMissing(RuntimeError):
    """The text says what is to be done."""


def check_node() -> None:
    """Raises: NodeMissing: there is none, or too old a one."""
    program = shutil.which("node")
    if program is None:
        raise NodeMissing("The CDK runs on Node, and there is no `node` on the PATH: install Node 22.")
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603
    major = said.removeprefix("v").partition(".")[0]
    if not major.isdigit() or int(major) < OLDEST:
        raise NodeMissing(
            f"The CDK runs on Node, and {program} says it is {said or 'none'}: install Node 22."
        )
