"""A copy of the product in a folder of its own, to plant files in and to check."""

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
_LEFT_OUT: Final = shutil.ignore_patterns("__pycache__", "node_modules")


class ProductCopy:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in _COPIED:
            source = REPOSITORY / name
            if source.is_dir():
                shutil.copytree(source, folder / name, ignore=_LEFT_OUT)
            else:
                shutil.copy2(source, folder / name)

    def append(self, path: str, text: str) -> None:
        """Add ``text`` to the end of a file, which is made where it is missing."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("a", encoding="utf-8") as file:
            file.write(text)

    def python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the interpreter of the tests inside the copy."""
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
        """The names of import-linter's contracts that do not hold."""
        done = self.python(
            "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache", "--no-logo"
        )
        assert done.returncode in (0, 1), done.stderr
        return [line.removesuffix(" BROKEN") for line in done.stdout.splitlines() if line.endswith(" BROKEN")]
