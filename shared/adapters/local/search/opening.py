"""Opening of the arrays: from their files if these fit the store, otherwise from the store's rows."""

from __future__ import annotations

import os
import shutil
import threading
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import numpy as np

from shared.adapters.local.search.arrays.checkpoint import (
    FOLDER,
    Checkpoint,
    read_checkpoint,
    write_checkpoint,
)
from shared.adapters.local.search.arrays.memory import SearchMemory
from shared.adapters.local.search.store import SearchStore
from shared.domain.evidence import EmbeddingSpace


def open_memory(
    folder: Path, store: SearchStore, text_space: EmbeddingSpace, picture_space: EmbeddingSpace
) -> SearchMemory:
    """Provide the arrays of ``store``, whose folder is ``folder``. Raises: OSError, Unavailable."""
    root = folder / FOLDER
    root.mkdir(mode=0o700, exist_ok=True)
    spaces: list[list[str | int]] = [[each.name, each.dimension] for each in (text_space, picture_space)]
    memory = _continued(root, store, spaces) or _built(root, store, spaces)
    remove_unused(root, memory)
    threading.Thread(target=_read_ahead, args=(memory.folder,), daemon=True).start()
    return memory


def rebuild_memory(folder: Path, store: SearchStore, previous: SearchMemory) -> SearchMemory:
    """Build the arrays again, without the documents that were removed. Raises: OSError, Unavailable."""
    memory = _built(folder / FOLDER, store, previous.spaces)
    remove_unused(folder / FOLDER, memory)
    return memory


def _built(root: Path, store: SearchStore, spaces: list[list[str | int]]) -> SearchMemory:
    """Build the arrays from the rows of the store, in a new folder."""
    name = uuid4().hex
    (root / name).mkdir(mode=0o700)
    memory = SearchMemory(root / name, Checkpoint("", name, spaces))
    for batch in store.load():
        memory.append(batch)
    memory.publish()
    save_segment(root, store, memory)
    return memory


def save_segment(root: Path, store: SearchStore, memory: SearchMemory) -> None:
    """Write the recent documents as a segment if there are enough, with a checkpoint that includes it."""
    if not memory.is_segment_due:
        return
    checkpoint = memory.write_segment(uuid4().hex)
    store.add_stamp(checkpoint.stamp)
    write_checkpoint(root, checkpoint)
    memory.use_segments(checkpoint)
    remove_unused(root, memory)


def remove_unused(root: Path, memory: SearchMemory) -> None:
    """Remove the files that ``memory`` does not use, such as those of an interrupted merge."""
    unused = [path for path in root.iterdir() if path.is_dir() and path != memory.folder]
    unused += [path for path in memory.folder.iterdir() if path.is_dir() and path.name not in memory.used]
    for path in unused:
        shutil.rmtree(path)


def _continued(root: Path, store: SearchStore, spaces: list[list[str | int]]) -> SearchMemory | None:
    """Open the stored arrays and append the rows after them. None if they do not fit the store."""
    checkpoint = read_checkpoint(root)
    if checkpoint is None or checkpoint.spaces != spaces or not store.has_stamp(checkpoint.stamp):
        return None
    try:
        memory = SearchMemory(root / checkpoint.folder, checkpoint)
    except (OSError, ValueError):
        return None
    columns = memory.columns
    last = int(columns.rows.view()[-1])
    removed = np.setdiff1d(columns.rows.view(), store.rows(last), assume_unique=True)
    memory.publish(removed.tolist())
    columns.restore_numbers(store.filtered_texts(columns.examples(memory.snapshot.alive).tolist()))
    memory.erase_forgotten()
    for batch in store.load(after=last):
        memory.append(batch)
    memory.publish()
    save_segment(root, store, memory)
    return memory


def _read_ahead(folder: Path) -> None:
    """Ask the system to read the files into memory, small ones first, before searches need them."""
    if not hasattr(os, "posix_fadvise"):
        return
    with suppress(OSError):  # a file may be replaced meanwhile
        paths = [path for path in folder.rglob("*") if path.is_file()]
        for path in sorted(paths, key=lambda path: path.stat().st_size):
            with path.open("rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_WILLNEED)
