"""Atomic replacement of a folder by a newly built one.

A folder cannot be renamed over a folder that is not empty. So the new one is built as ``NAME.building``,
and renamed to ``NAME.complete`` when all of it is on disk: this step commits the switch. After it the old
folder is deleted, and the next process that opens the folder finishes a switch that a crash interrupted.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from shared.adapters.local.durable_file import sync


def begin(folder: Path) -> Path:
    """Create an empty folder to build in, after removing the rest of an interrupted attempt."""
    settle(folder)
    building = _building(folder)
    discard(folder)
    building.mkdir(mode=0o700, parents=True)
    return building


def discard(folder: Path) -> None:
    """Remove a folder that is being built and is not complete."""
    if _building(folder).exists():
        shutil.rmtree(_building(folder))


def complete(folder: Path) -> None:
    """Replace ``folder`` by the built one. The files of both must be closed."""
    building = _building(folder)
    for path in building.iterdir():
        sync(path)
    sync(building)
    building.replace(_complete(folder))
    sync(folder.parent)
    settle(folder)


def settle(folder: Path) -> None:
    """Finish a committed switch, if there is one."""
    if not _complete(folder).is_dir():
        return
    if folder.exists():
        shutil.rmtree(folder)
        sync(folder.parent)  # otherwise a power failure could restore old files in the new folder
    _complete(folder).replace(folder)
    sync(folder.parent)


def _building(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.building")


def _complete(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.complete")
