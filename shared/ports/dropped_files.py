"""Dropped files: files that a user puts into the store directly, without the API.

They are not blobs: the sender chooses their keys.
"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class DroppedFile:
    """One object as the store announced it. ``version`` distinguishes it from a later one of that name."""

    key: str
    size: int
    version: str


class DroppedFileGone(Exception):
    """The file was removed, or another file replaced it."""


class DroppedFiles(Protocol):
    def copy(self, file: DroppedFile, destination: str) -> None:
        """Copy the file to the blob ``destination``, inside the store. Raises: DroppedFileGone."""
        ...

    def remove(self, file: DroppedFile) -> None:
        """Remove the file, unless another file has replaced it."""
        ...

    def refuse(self, file: DroppedFile, reason: str) -> None:
        """Tag the file with the reason why it is not imported. Raises: DroppedFileGone."""
        ...
