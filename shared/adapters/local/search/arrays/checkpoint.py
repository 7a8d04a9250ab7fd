"""The state in which the arrays' files can be used again.

The files are a cache of the store. They may be used if the store contains the checkpoint's stamp: then they
were written from this store, whose rows never change. Rows after the checkpoint's are read from the store,
and documents that the store no longer has are erased.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from shared.adapters.local.durable_file import sync, write_durably

FOLDER: Final = "arrays"
LAYOUT: Final = 2
_FILE: Final = "checkpoint.json"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """``folder`` has the files. Lengths are in rows; ``spaces`` are [name, dimension] of text and picture."""

    stamp: str
    folder: str
    spaces: list[list[str | int]]
    documents: int = 0
    passages: int = 0
    pictures: int = 0
    total_length: int = 0
    is_weighted: bool = False
    segments: tuple[str, ...] = ()
    layout: int = LAYOUT


def read_checkpoint(root: Path) -> Checkpoint | None:
    """Read the last checkpoint in ``root``; None if there is none of this layout.

    Raises: OSError: it may exist, but cannot be read now: there are too many open files, for example.
    """
    try:
        content = json.loads((root / _FILE).read_bytes())
        if content["layout"] != LAYOUT:
            return None
        checkpoint = Checkpoint(**content)
        if min(checkpoint.documents, checkpoint.passages, checkpoint.pictures) < 0:
            return None
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return None
    return checkpoint


def write_checkpoint(root: Path, checkpoint: Checkpoint) -> None:
    """Replace the checkpoint atomically. Everything it names must be on disk.

    Raises: OSError: the previous one stays.
    """
    building = root / f"{_FILE}.building"
    write_durably(building, json.dumps(asdict(checkpoint)).encode())
    building.replace(root / _FILE)
    # The new one is in use already. A power failure may bring the previous one back until the folder is on
    # disk; its segments are removed by then, so the arrays are rebuilt.
    with suppress(OSError):
        sync(root)
