"""What a writer of an export reports."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Written:
    """The size of a file: its segments and its bytes."""

    segments: int
    bytes: int
