"""Opening of the arrays: from their files if these fit the store, otherwise from the store's rows."""

from __future__ import annotations

import errno
import os
import shutil
import threading
from contextlib import suppress
from pathlib import Path
from tokenize import TokenError
from typing import Final
from uuid import uuid4

from shared.adapters.local.search.arrays.checkpoint import (
    FOLDER,
    Checkpoint,
    read_checkpoint,
    write_checkpoint,
)
from shared.adapters.local.search.arrays.memory import SearchMemory
from shared.adapters.local.search.arrays.segments import require_room
from shared.adapters.local.search.store import SearchStore
from shared.domain.evidence import EmbeddingSpace

_Spaces = list[list[str | int]]

_EXHAUSTED: Final = (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOSPC, errno.EDQUOT)
"""Errors that tell nothing about the files, and that a rebuild would meet too."""

_DAMAGE: Final = (ValueError, KeyError, TypeError, IndexError, OverflowError, SyntaxError, TokenError)
"""Errors of damaged files; the last two are those of NumPy for the first bytes of a file."""

_LOADED_ENTRIES: Final = 1_000_000
"""Documents that are read from the store become a segment when they have more entries: this bounds the
memory that it takes."""

_BLOCK_BYTES: Final = 512
"""The unit of ``st_blocks``."""


def open_memory(
    folder: Path, store: SearchStore, text_space: EmbeddingSpace, picture_space: EmbeddingSpace
) -> SearchMemory:
    """Provide the arrays of ``store``, whose folder is ``folder``. Raises: OSError, Unavailable."""
    root = folder / FOLDER
    root.mkdir(mode=0o700, exist_ok=True)
    spaces: _Spaces = [[each.name, each.dimension] for each in (text_space, picture_space)]
    memory = _stored(root, store, spaces)
    if memory is None:
        remove_unused(root, None)
        memory = _loaded(root, store, spaces)
    threading.Thread(target=_read_ahead, args=(memory.folder,), daemon=True).start()
    return memory


def rebuild_memory(folder: Path, store: SearchStore, previous: SearchMemory) -> SearchMemory:
    """Build the arrays again beside ``previous``, without the documents that were removed.

    Raises: OSError, Unavailable: ``previous`` stays.
    """
    root = folder / FOLDER
    require_room(root, sum(path.stat().st_blocks * _BLOCK_BYTES for path in previous.folder.rglob("*")))
    memory = _loaded(root, store, previous.spaces)
    try:
        save_segment(root, store, memory)
    except BaseException:
        _discard(memory)
        raise
    return memory


def read_changes(store: SearchStore, memory: SearchMemory) -> None:
    """Make the arrays those of the store's documents.

    Raises: ValueError: they are not those of an earlier state of the store. OSError, Unavailable.
    """
    _remove_deleted(store, memory)
    _append_later(store, memory)


def save_segment(root: Path, store: SearchStore, memory: SearchMemory) -> None:
    """Write the recent documents as a segment, with a checkpoint that includes it.

    The files that it replaces are left to ``remove_unused``. Raises: OSError, Unavailable: nothing changed.
    """
    previous = read_checkpoint(root)
    try:
        checkpoint, segments = memory.write_segment(uuid4().hex)
        store.add_stamp(checkpoint.stamp, kept=previous.stamp if previous else None)
        write_checkpoint(root, checkpoint)
    except BaseException:
        memory.remove_unused()
        raise
    memory.use_segments(checkpoint, segments)


def remove_unused(root: Path, memory: SearchMemory | None) -> None:
    """Remove the files that ``memory`` does not use, such as those of an interrupted merge.

    Raises: OSError: some are left.
    """
    for path in root.iterdir():
        if path.is_dir() and (memory is None or path != memory.folder):
            shutil.rmtree(path)
    if memory is not None:
        memory.remove_unused()


def _stored(root: Path, store: SearchStore, spaces: _Spaces) -> SearchMemory | None:
    """Open the stored arrays and append the rows after them. None if they do not fit the store."""
    checkpoint = read_checkpoint(root)
    if checkpoint is None or checkpoint.spaces != spaces or not store.has_stamp(checkpoint.stamp):
        return None
    try:
        memory = SearchMemory(root / checkpoint.folder, checkpoint)
        _remove_deleted(store, memory)
    except _DAMAGE:
        return None
    except OSError as error:
        if error.errno in _EXHAUSTED:
            raise
        return None
    try:
        _make_current(root, store, memory)
    except _DAMAGE:
        memory.close()
        return None
    except BaseException:
        memory.close()
        raise
    return memory


def _make_current(root: Path, store: SearchStore, memory: SearchMemory) -> None:
    remove_unused(root, memory)
    examples = memory.columns.examples(memory.snapshot.alive)
    memory.columns.restore_numbers(store.filtered_texts(examples.tolist()))
    memory.repeat_erasures()
    _append_later(store, memory)


def _remove_deleted(store: SearchStore, memory: SearchMemory) -> None:
    memory.restore(store.rows(memory.last_row))


def _append_later(store: SearchStore, memory: SearchMemory) -> None:
    for batch in store.load(after=memory.last_row):
        memory.append(batch)
        memory.publish()
        if memory.recent_entries > _LOADED_ENTRIES:
            memory.use_segments(*memory.write_segment(""))


def _loaded(root: Path, store: SearchStore, spaces: _Spaces) -> SearchMemory:
    """Build the arrays from the rows of the store, in a new folder."""
    name = uuid4().hex
    (root / name).mkdir(mode=0o700)
    memory = SearchMemory(root / name, Checkpoint("", name, spaces))
    try:
        read_changes(store, memory)
    except BaseException:
        _discard(memory)
        raise
    return memory


def _discard(memory: SearchMemory) -> None:
    memory.close()
    shutil.rmtree(memory.folder)


def _read_ahead(folder: Path) -> None:
    """Ask the system to read the files into memory, small ones first, before searches need them."""
    if not hasattr(os, "posix_fadvise"):
        return
    with suppress(OSError):  # a file may be replaced meanwhile
        paths = [path for path in folder.rglob("*") if path.is_file()]
        for path in sorted(paths, key=lambda path: path.stat().st_size):
            with path.open("rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_WILLNEED)
