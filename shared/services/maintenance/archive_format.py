"""Which format an archive's records have. One record says so, written when an archive begins and after
each upgrade; an archive that has records and not this one is from before there was any, of format 1.

What is in a format, and how one becomes the next, is in docs/adr/0014.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel

from shared.domain import keys
from shared.domain.errors import Conflict
from shared.ports.record_source import RecordSource
from shared.services.records.documents import Documents, put

CURRENT: Final = 2
"""What this release reads and writes."""

FIRST: Final = 1

Report = Callable[[int, int], object]
"""Called with what is done of an upgrade, and with all there is to do."""

Upgrade = Callable[[Report], None]
"""Makes the next format of one. It may be cut off anywhere, and is then called again."""


class ArchiveFormat(BaseModel):
    format: int


class NewerArchive(Conflict):
    """A later release wrote the archive."""

    def __init__(self, found: int) -> None:
        super().__init__(
            f"The archive has format {found}, and this release knows {CURRENT} at most. Use the release that "
            "wrote it, or a later one. Nothing was changed.",
            code="archive_too_new",
        )


@dataclass(frozen=True, slots=True)
class Archive:
    """``upgrades`` by the format that they start from: one for each from ``FIRST`` to ``CURRENT``."""

    documents: Documents
    source: RecordSource
    upgrades: Mapping[int, Upgrade]

    def format(self) -> int | None:
        """None: there is no record yet. Raises: NewerArchive."""
        found = self.documents.get(ArchiveFormat, keys.archive_format())
        if found is None:
            return None if next(iter(self.source.walk()), None) is None else FIRST
        if found.format > CURRENT:
            raise NewerArchive(found.format)
        return found.format

    def make_current(self, report: Report) -> None:
        """Nothing else may be at work on the archive. Raises: NewerArchive."""
        found = self.format()
        for each in range(CURRENT if found is None else found, CURRENT):
            self.upgrades[each](report)
            self._mark(each + 1)
        if found is None:
            self._mark(CURRENT)

    def _mark(self, number: int) -> None:
        self.documents.write(put(keys.archive_format(), ArchiveFormat(format=number)))


def check_same(documents: Documents) -> None:
    """Of an archive that records of this format are to be added to. Raises: NewerArchive; Conflict: its
    format is older."""
    found = documents.get(ArchiveFormat, keys.archive_format())
    if found is not None and found.format > CURRENT:
        raise NewerArchive(found.format)
    if found is not None and found.format < CURRENT:
        raise Conflict(f"The archive there has format {found.format}: upgrade it first.")
