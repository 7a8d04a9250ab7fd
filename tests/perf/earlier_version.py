"""The sources of an earlier commit, which benchmarks run beside today's."""

import subprocess
from pathlib import Path
from typing import Final

EARLIER_COMMIT: Final = "c2453e7"

_REPOSITORY: Final = Path(__file__).parents[2]


def sources_of(commit: str, folder: Path) -> Path:
    """Write the sources of ``commit`` into the new ``folder``, and return it."""
    folder.mkdir()
    archive = subprocess.run(["git", "archive", commit], cwd=_REPOSITORY, check=True, capture_output=True)
    subprocess.run(["tar", "-x", "-C", folder], input=archive.stdout, check=True)
    return folder
