"""Iteration over a folder of blobs as a flat list of keys, and deletion of its files."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from shared.adapters.local.content_types import SUFFIX, type_file


def keys(objects: Path, prefix: str) -> Iterator[str]:
    """Yield the keys with ``prefix`` in the order of their UTF-8 bytes, reading one folder at a time."""
    for name in _names(objects, prefix):
        if not name.endswith(SUFFIX):
            yield name


def delete_blob(path: Path) -> None:
    """Delete a blob, and then its type file: a crash in between leaves a type file, which is never listed."""
    if path.is_dir():
        return
    with suppress(NotADirectoryError):  # a part of the key that should be a folder is a blob
        path.unlink(missing_ok=True)
        type_file(path).unlink(missing_ok=True)


def delete_prefix(objects: Path, prefix: str) -> None:
    folders: set[Path] = set()
    for name in _names(objects, prefix):
        path = objects / name
        path.unlink(missing_ok=True)
        folders.add(path.parent)
    for folder in folders:
        remove_empty_folders(folder, objects)


def remove_empty_folders(folder: Path, objects: Path) -> None:
    """Remove ``folder`` and its parents below ``objects``, as long as they are empty."""
    while folder != objects:
        try:
            folder.rmdir()
        except FileNotFoundError:
            pass  # its parent may still exist, and be empty
        except OSError:  # not empty
            return
        folder = folder.parent


def _names(objects: Path, prefix: str) -> Iterator[str]:
    """Yield the names of all files, including type files (``<name>!type``)."""
    head = prefix.rpartition("/")[0]
    if ".." in head.split("/") or head.startswith("/"):
        return
    yield from _below(objects, f"{head}/" if head else "", prefix)


def _below(objects: Path, head: str, prefix: str) -> Iterator[str]:
    try:
        with os.scandir(objects / head) as entries:
            names = [f"{head}{entry.name}{'/' if entry.is_dir() else ''}" for entry in entries]
    except (FileNotFoundError, NotADirectoryError):
        return
    # A folder sorts with its trailing slash: a-b/c, a.mp4, a/b.
    for name in sorted(names):
        if name.endswith("/"):
            if name.startswith(prefix) or prefix.startswith(name):
                yield from _below(objects, name, prefix)
        elif name.startswith(prefix):
            yield name
