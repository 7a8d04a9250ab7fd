"""Durable progress of a move, in a record of the target."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from pydantic import BaseModel, Field

from shared.domain import keys
from shared.domain.clock import isoformat, now
from shared.domain.errors import Conflict
from shared.ports.records import ABSENT
from shared.services.maintenance.archive_copy.phases import Position
from shared.services.maintenance.archive_copy.results import CopyOptions, CopyResult
from shared.services.maintenance.archive_copy.verification import VerificationResult
from shared.services.records.documents import Documents, put


class MoveRecord(BaseModel):
    """A move into this archive. ``source`` identifies the archive that it comes from; ``phase`` and
    ``after`` are the position that a continued move starts from."""

    source: str
    options: CopyOptions
    started_at: str
    completed_at: str | None = None
    phase: str = ""
    after: Position = ()
    copied: CopyResult = Field(default_factory=CopyResult)
    verified: VerificationResult = Field(default_factory=VerificationResult)


class ForeignArchive(Conflict):
    """The target is not empty, or a move from another source has filled it."""


_OTHER_PROCESS: Final = "Another process continues this move. This process has stopped."


class MoveProgress:
    """Reads and writes the record of a move. Two processes that write it detect each other."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._version = ABSENT

    def stored(self) -> MoveRecord | None:
        """Read the record. Raises: Unavailable."""
        found = self._documents.records.get(keys.archive_move())
        self._version = ABSENT if found is None else found.version
        return None if found is None else MoveRecord.model_validate(found.body)

    def store(self, move: MoveRecord) -> None:
        """Write the record. Raises: Conflict: another process has written it since. Unavailable."""
        write = replace(put(keys.archive_move(), move), expected_version=self._version)
        if not self._documents.write_if_unchanged(write):
            raise Conflict(_OTHER_PROCESS)
        self._version += 1


def new_move(source: str, options: CopyOptions) -> MoveRecord:
    return MoveRecord(source=source, options=options, started_at=isoformat(now()))
