"""Files that are there whole or not at all, also after a power cut."""

import os
import shutil
from pathlib import Path


def write_durably(path: Path, content: bytes) -> None:
    """Fill ``path`` and wait until the disk has it."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def copy_durably(source: Path, path: Path) -> None:
    with source.open("rb") as reader, path.open("wb") as writer:
        shutil.copyfileobj(reader, writer, 1024**2)
        writer.flush()
        os.fsync(writer.fileno())


def sync(path: Path) -> None:
    """Wait until the disk has a file's bytes, or a folder's names."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folders(folder: Path) -> None:
    """Create ``folder`` and its missing parents, for their owner alone; their names are on disk before
    return."""
    if folder.is_dir():
        return
    make_folders(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    sync(folder.parent)
