"""Options and outcomes of a copy of an archive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

MAX_NAMES: Final = 100
"""Maximum number of differences that a result names."""


class CopyOutcome(StrEnum):
    COPIED = "copied"
    IDENTICAL = "identical"
    DIFFERENT = "different"


@dataclass(slots=True)
class CopyResult:
    """Counts of a copy. ``different`` names up to ``MAX_NAMES`` records, files and secrets that the target
    has with other content and that were not replaced."""

    records: Counter[CopyOutcome] = field(default_factory=Counter)
    files: Counter[CopyOutcome] = field(default_factory=Counter)
    secrets: Counter[CopyOutcome] = field(default_factory=Counter)
    bytes_copied: int = 0
    different: list[str] = field(default_factory=list)

    def count(self, counts: Counter[CopyOutcome], name: str, outcome: CopyOutcome) -> None:
        counts[outcome] += 1
        if outcome is CopyOutcome.DIFFERENT and len(self.different) < MAX_NAMES:
            self.different.append(name)


@dataclass(frozen=True, slots=True)
class CopyOptions:
    """Options of a copy.

    ``keys``: copy API keys too. ``overwrite``: replace what differs. ``dry_run``: compare and write nothing.
    ``sizes_only``: treat a file of the same size as identical, without reading it. ``read_back``: compare
    the copy of each file with the file at once.
    """

    keys: bool = False
    overwrite: bool = False
    dry_run: bool = False
    sizes_only: bool = False
    read_back: bool = True


Report = Callable[[CopyResult], object]
