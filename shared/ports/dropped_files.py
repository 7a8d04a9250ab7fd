"""Files that somebody put straight into the store, past the API, under names of their own.

They lie outside the blobs: their keys are whatever the sender chose.
"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class DroppedFile:
    """One object as the store announced it. ``version`` tells it from a later one of the same name."""

    key: str
    size: int
    version: str


class DroppedFileGone(Exception):
    """The file is not there any more, or another has taken its name."""


class DroppedFiles(Protocol):
    def copy(self, file: DroppedFile, destination: str) -> None:
        """Copy into the blob ``destination``, inside the store. Raises: DroppedFileGone."""
        ...

    def remove(self, file: DroppedFile) -> None:
        """Remove the file if it is still that one; a later one of the same name stays."""
        ...

    def refuse(self, file: DroppedFile, reason: str) -> None:
        """Mark the file, where it lies, with why it is not imported. Raises: DroppedFileGone."""
        ...
