"""The format of an archive's records, and the upgrade from one format to the next.

A stamp record contains the format. It is written when an archive is created and after each step of an
upgrade. An archive that has records and no stamp has the first format. ``docs/adr/0014`` lists the formats
and describes how a new one is introduced.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel

from shared.domain import keys
from shared.domain.errors import Conflict
from shared.ports.record_source import RecordSource
from shared.services.records.documents import Documents, put

FIRST: Final = 2
"""The format of the first release. Format 1 was never released."""

Report = Callable[[int, int], object]
"""Called with the number of items that a step has finished, and with their total."""

Step = Callable[[Documents, RecordSource, Report], None]
"""Bring records of one format to the next. A step is idempotent: after an interruption it runs again
from its start."""

STEPS: tuple[Step, ...] = ()
"""All steps in order. The first step starts from the format ``FIRST``."""


class ArchiveFormat(BaseModel):
    """The record that contains the format of an archive (its stamp)."""

    format: int


class NewerArchive(Conflict):
    """A later release wrote the archive."""

    def __init__(self, found: int) -> None:
        super().__init__(
            f"The archive has format {found}, and this release knows {current_format()} at most. Use the "
            "release that wrote it, or a later one. Nothing was changed.",
            code="archive_too_new",
        )


@dataclass(frozen=True, slots=True)
class Archive:
    """The records of an archive, for reads and writes and for a walk over all of them."""

    documents: Documents
    source: RecordSource

    def format(self) -> int | None:
        """Return the format; None if there is no record yet.

        Raises: NewerArchive; Conflict: the format is unknown.
        """
        stamped = stamped_format(self.documents)
        if stamped is not None:
            return stamped
        return None if next(iter(self.source.walk()), None) is None else FIRST

    def make_current(self, report: Report) -> None:
        """Run the remaining steps, and stamp the archive. No other process may use the archive meanwhile.

        Raises: NewerArchive; Conflict: the format is unknown.
        """
        current = current_format()
        for number in range(self.format() or current, current):
            STEPS[number - FIRST](self.documents, self.source, report)
            self._stamp(number + 1)
        if stamped_format(self.documents) is None:
            self._stamp(current)

    def _stamp(self, number: int) -> None:
        self.documents.write(put(keys.archive_format(), ArchiveFormat(format=number)))


def current_format() -> int:
    """Return the format that this release reads and writes."""
    return FIRST + len(STEPS)


def stamped_format(documents: Documents) -> int | None:
    """Read the stamp. Raises: NewerArchive; Conflict: the format is unknown."""
    found = documents.get(ArchiveFormat, keys.archive_format())
    if found is None:
        return None
    if found.format > current_format():
        raise NewerArchive(found.format)
    if found.format < FIRST:
        raise Conflict(f"The archive has format {found.format}, which no release reads.")
    return found.format


def check_same(documents: Documents) -> None:
    """Check that records of the current format may be added to an archive.

    Raises: NewerArchive; Conflict: the archive has an older format.
    """
    stamped = stamped_format(documents)
    if stamped is not None and stamped < current_format():
        raise Conflict(f"The archive there has format {stamped}: upgrade it first.")
