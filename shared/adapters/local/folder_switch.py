"""Put a folder that was made anew in the place of another, whole or not at all.

A folder cannot be renamed over one that is not empty. So the new one is built as ``NAME.building``,
and renamed to ``NAME.complete`` when all of it is on the disk: that one step decides. From then on
the old one may go, and whoever opens the folder finishes what a crash left.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from shared.adapters.local.durable_file import sync


def begin(folder: Path) -> Path:
    """A new empty folder to build in; what an attempt that was cut off left is removed."""
    settle(folder)
    building = _building(folder)
    discard(folder)
    building.mkdir(mode=0o700, parents=True)
    return building


def discard(folder: Path) -> None:
    """Remove what was begun and is not complete."""
    if _building(folder).exists():
        shutil.rmtree(_building(folder))


def complete(folder: Path) -> None:
    """Put what was built in the place of ``folder``. Its files must be closed, and those of ``folder``."""
    building = _building(folder)
    for path in building.iterdir():
        sync(path)
    sync(building)
    building.replace(_complete(folder))
    sync(folder.parent)
    settle(folder)


def settle(folder: Path) -> None:
    """Finish a switch that was decided; nothing to do where none was."""
    if not _complete(folder).is_dir():
        return
    if folder.exists():
        shutil.rmtree(folder)
        sync(folder.parent)  # or a power cut could bring parts of the old one back into the new one
    _complete(folder).replace(folder)
    sync(folder.parent)


def _building(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.building")


def _complete(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.complete")
