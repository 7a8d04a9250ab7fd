"""The stores of an archive, and what of them belongs to the archive and is copied."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import Final

from shared.domain import default_index, keys
from shared.domain.errors import Conflict
from shared.domain.keys import Key
from shared.ports.blobs import Blobs
from shared.ports.record_source import RecordSource
from shared.ports.records import Put, Records
from shared.ports.secrets import SecretVersion, TenantSecretSource

_FOLDERS: Final = ("content/", "exports/", "media/")
"""Source files of imports are not copied, because no import may be running during a copy. Run tables are not
either: their first reader builds them."""

_NOT_COPIED: Final = (
    "dead-letters",
    "idempotency",
    "jobs",
    "run-table-writers",
    "search-spaces",
    "searches",
    "secrets",
    "sign-in-ticket",
    "stream-ticket",
    "uploads",
)
"""Kinds of records that stay behind. The target's consumers receive the events of dead letters anyway.
Sealed secrets can be read in their own deployment only: their values are copied instead."""

_API_KEYS: Final = ("api-key", "api-keys")
_ARCHIVE: Final = keys.archive_format().partition

_DEFAULT_INDEX: Final = f"tenant#{default_index.TENANT}#"
"""Records of the default index are not copied: each laptop makes its own, and AWS has none."""


class RecordStage(StrEnum):
    """Order in which records are copied. Consumers and timers of the target work meanwhile.

    An event is delivered once if its deliveries are there before it. Due work is dropped as done unless all
    that it refers to is there.
    """

    RECORDS = "records"
    EVENTS = "events"
    DUE_WORK = "due_work"

    @classmethod
    def of(cls, key: Key) -> RecordStage:
        if keys.is_event(key):
            return cls.EVENTS
        return cls.DUE_WORK if keys.is_due(key) else cls.RECORDS


@dataclass(frozen=True, slots=True)
class ArchiveStores:
    """The stores of one archive. ``source`` walks over ``records``. ``writes_per_transaction``: number of
    records that a copy into these stores writes at once."""

    records: Records
    source: RecordSource
    blobs: Blobs
    secrets: TenantSecretSource
    writes_per_transaction: int = 1


@dataclass(frozen=True, slots=True)
class ArchiveContents:
    """What a copy takes from the stores of an archive. ``keys``: API keys too."""

    stores: ArchiveStores
    keys: bool = False

    def files(self, after: str = "") -> Iterator[str]:
        """Yield the keys of files that follow ``after``, sorted."""
        files = chain.from_iterable(self.stores.blobs.keys(folder) for folder in _FOLDERS)
        return (key for key in files if key > after and key.split("/")[1] != default_index.TENANT)

    def secrets(self, after: tuple[str, ...] = ()) -> list[SecretVersion]:
        """Return the identities of secrets that follow ``after``, sorted."""
        return sorted(identity for identity in self.stores.secrets.walk() if identity > after)

    def records(self, after: Key | None = None, *, stage: RecordStage | None = None) -> Iterator[Put]:
        """Yield the records of a stage, or of all stages, that follow ``after`` in the store's own order."""
        for write in self.stores.source.walk(after):
            if self._has(write.key) and stage in (None, RecordStage.of(write.key)):
                yield write

    def check_no_jobs(self) -> None:
        """Check that all jobs have ended. Raises: Conflict: a job has not ended."""
        partition, after = keys.job().partition, None
        while True:
            page = self.stores.records.query(partition, after=after)
            if any(
                job.body.get("arguments", {}).get("tenant_id") != default_index.TENANT for job in page.records
            ):
                raise Conflict("Something is still to be done: start the server until imports and runs end.")
            if page.next_after is None:
                return
            after = page.next_after

    def is_empty(self) -> bool:
        """Return whether there is nothing to copy, apart from API keys and the format of the archive."""
        records = (write for write in self.records() if write.key != keys.archive_format())
        return next(self.files(), None) is None and next(records, None) is None

    def _has(self, key: Key) -> bool:
        if key.partition == _ARCHIVE:
            return key == keys.archive_format()
        if key.partition.startswith(_DEFAULT_INDEX):
            return False
        parts = key.partition.split("#")
        kind = parts[2] if parts[0] == "tenant" else parts[0]
        return kind not in _NOT_COPIED and (self.keys or kind not in _API_KEYS)
