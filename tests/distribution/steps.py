"""The steps of the server's Dockerfile, run without a container engine.

Each stage is a folder that stands for the root of its file system. A step runs with the absolute paths of the
image replaced by paths in that folder.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.aws.dockerfile import REPOSITORY, Instruction

_ROOT_ONLY: Final = ("useradd", "find / ")
_BASE_PYTHON: Final = "/usr/local/bin/python3"
_IMAGE_PATH: Final = re.compile(r"(?<![\w.$}])/(?:opt/venv|build|app|data|tmp/tools\.lock)\b")


def build_context(folder: Path) -> None:
    """Copy the files that git knows and ``.dockerignore`` lets through."""
    patterns = (REPOSITORY / ".dockerignore").read_text(encoding="utf-8").splitlines()
    sent = tuple(line.removeprefix("!") for line in patterns if line.startswith("!"))
    listed = subprocess.run(
        ["git", "ls-files", "--", *sent], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(REPOSITORY / name, target)


class Image:
    """The stages of a Dockerfile, below ``folder``, from the build context ``context``."""

    def __init__(self, folder: Path, context: Path) -> None:
        self._folder = folder
        self._context = context
        self._parents: dict[str, str] = {}
        self._environments: dict[str, dict[str, str]] = {}
        self._work: dict[str, Path] = {}

    def root(self, stage: str) -> Path:
        return self._folder / stage

    def environment(self, stage: str) -> Mapping[str, str]:
        """Return the variables of a stage, with the paths of this machine."""
        return {
            "PATH": os.environ["PATH"],
            **{name: self._here(stage, value) for name, value in self._environments[stage].items()},
        }

    def follow(self, each: Instruction) -> None:
        """Follow one instruction. Those that concern a running container are left to the caller."""
        match each.name:
            case "FROM":
                self._begin(each)
            case "ENV":
                for name, value in re.findall(r"(\w+)=(\S+)", each.rest):
                    before = self._environments[each.stage].get("PATH", os.environ["PATH"])
                    self._environments[each.stage][name] = value.replace("$PATH", before)
            case "WORKDIR":
                self._work[each.stage] = self._inside(each.stage, each.rest)
                self._work[each.stage].mkdir(parents=True, exist_ok=True)
            case "COPY":
                self._copy(each)
            case "RUN":
                self._run(each)

    def _begin(self, each: Instruction) -> None:
        base = each.rest.split(" AS ")[0]
        root = self.root(each.stage)
        self._environments[each.stage] = dict(self._environments.get(base, {}))
        if base in self._environments:
            shutil.copytree(self.root(base), root, symlinks=True)
            self._work[each.stage] = root / self._work[base].relative_to(self.root(base))
        else:
            subprocess.run([sys.executable, "-m", "venv", root / "base"], check=True)
            self._work[each.stage] = root

    def _copy(self, each: Instruction) -> None:
        *sources, target = each.rest.split()
        origin = self._context
        if sources[0].startswith("--from="):
            origin = self.root(sources.pop(0).removeprefix("--from="))
        place = self._inside(each.stage, target)
        for source in sources:
            found = origin / source.removeprefix("/")
            if found.is_dir():
                shutil.copytree(found, place, symlinks=True, dirs_exist_ok=True)
                continue
            into = place / found.name if target.endswith("/") else place
            into.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(found, into)

    def _run(self, each: Instruction) -> None:
        steps = [step for step in each.rest.split(" && ") if not step.startswith(_ROOT_ONLY)]
        command = " && ".join(self._here(each.stage, step) for step in steps if not step.startswith("chown"))
        variables = {**os.environ, **self.environment(each.stage)}
        variables.pop("UV_NO_CACHE", None)  # an image must not hold the cache; this machine may
        variables["PATH"] = f"{self.root(each.stage) / 'base' / 'bin'}{os.pathsep}{variables['PATH']}"
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command],
            cwd=self._work[each.stage],
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"

    def _inside(self, stage: str, path: str) -> Path:
        return self.root(stage) / path.removeprefix("/") if path.startswith("/") else self._work[stage] / path

    def _here(self, stage: str, text: str) -> str:
        text = text.replace(_BASE_PYTHON, sys.executable)
        return _IMAGE_PATH.sub(lambda found: f"{self.root(stage)}{found[0]}", text)
