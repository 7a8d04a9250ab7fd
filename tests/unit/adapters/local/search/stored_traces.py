"""Traces of content in the files of an index."""

from pathlib import Path


def holders(folder: Path, trace: bytes) -> list[Path]:
    """Return the files in ``folder`` that contain ``trace``."""
    return [path for path in folder.rglob("*") if path.is_file() and trace in path.read_bytes()]
