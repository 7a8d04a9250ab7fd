"""A copy of the product in a folder of its own, in which tests plant files and run checks."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).resolve().parents[2]
_UV: Final = REPOSITORY / ".tools" / "bin" / "uv"
_COPIED: Final = (
    "functions",
    "shared",
    "infra",
    "layers",
    "tests",
    "docs",
    "pyproject.toml",
    "cdk.json",
    "README.md",
    "Makefile",
    "uv.lock",
)
_IGNORED: Final = shutil.ignore_patterns("__pycache__", "node_modules")


class ProductCopy:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in _COPIED:
            source = REPOSITORY / name
            if source.is_dir():
                shutil.copytree(source, folder / name, ignore=_IGNORED)
            else:
                shutil.copy2(source, folder / name)

    def append(self, path: str, text: str) -> None:
        """Append ``text`` to a file; create the file where it is missing."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("a", encoding="utf-8") as file:
            file.write(text)

    def python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the tests' Python interpreter in the copy."""
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=os.environ
            | {"PYTHONPATH": str(self.folder), "UV": str(REPOSITORY / ".tools" / "bin" / "uv")},
            capture_output=True,
            text=True,
            check=False,
        )

    def broken_contracts(self) -> list[str]:
        """Return the names of the contracts that import-linter reports as broken."""
        done = self.python(
            "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache", "--no-logo"
        )
        assert done.returncode in (0, 1), done.stderr
        return [line.removesuffix(" BROKEN") for line in done.stdout.splitlines() if line.endswith(" BROKEN")]
