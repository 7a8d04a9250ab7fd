"""The worker's Dockerfile, followed as far as possible without a container engine."""

import shutil
from pathlib import Path
from typing import Final, NamedTuple

REPOSITORY: Final = Path(__file__).resolve().parents[2]
DOCKERFILE: Final = REPOSITORY / "functions" / "worker" / "Dockerfile"


class Instruction(NamedTuple):
    """One instruction. ``stage`` is the name of its build stage, empty before the first."""

    stage: str
    name: str
    rest: str


def instructions(path: Path = DOCKERFILE) -> list[Instruction]:
    """Return the instructions in order, with continued lines joined."""
    joined = path.read_text(encoding="utf-8").replace("\\\n", " ")
    found, stage = [], ""
    for line in joined.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        name, _, rest = line.partition(" ")
        if name == "FROM":
            stage = rest.split(" AS ")[1]
        found.append(Instruction(stage, name, " ".join(rest.split())))
    return found


def uv_arguments(variant: str) -> list[str]:
    """Return the arguments with which uv installs the packages of ``variant``."""
    [run] = (each for each in instructions() if each.stage == f"packages-of-{variant}" and each.name == "RUN")
    uv, *arguments = run.rest.split()
    assert uv == "uv"
    return arguments


def copy_files(folder: Path) -> None:
    """Copy the contents of the image's working directory into ``folder``."""
    for each in instructions():
        if each.stage != "worker" or each.name != "COPY" or each.rest.startswith("--from="):
            continue
        source, target = each.rest.split()
        _copy(REPOSITORY / source, folder / target)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)
