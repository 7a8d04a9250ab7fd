"""The shell commands that this program prints."""

import shlex
import sys
from pathlib import Path


def invocation(*arguments: str | Path) -> str:
    """Return the shell command that runs this program with ``arguments`` in the current folder."""
    python = Path(sys.executable)
    if python.is_relative_to(Path.cwd()):
        python = python.relative_to(Path.cwd())
    return shlex.join([str(python), "-m", "shared.cli", *map(str, arguments)])
