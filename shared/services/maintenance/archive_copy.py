"""Copy an archive from one pair of stores into another: records as they are, files byte by byte.

What is there already and alike is left alone, so a move that was cut off is simply begun again. The
search index is not copied: it is built anew from what was.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import chain, islice
from typing import Final, TypeVar

from shared.domain import keys
from shared.domain.errors import Conflict, Unavailable
from shared.ports.blobs import Blobs
from shared.ports.record_source import RecordSource
from shared.ports.records import ABSENT, Put, Records
from shared.services.records.documents import Documents

_FOLDERS: Final = ("content/", "media/")
"""Files that came with an import and await it are not among them: nothing is at work during a move."""

_KEPT_BEHIND: Final = ("idempotency", "searches", "uploads")
"""Of each tenant: answers to repeated requests, pages of searches, parts that were sent to this server."""

_RECORDS_AT_ONCE: Final = 100
_FILES_AT_ONCE: Final = 64
_THREADS: Final = 8
_SMALL: Final = 4 * 1024**2
_NAMED: Final = 20


class CopyOutcome(StrEnum):
    COPIED = "copied"
    ALIKE = "alike"
    DIFFERENT = "different"


@dataclass(slots=True)
class Moved:
    """``different`` names some of what is there with another content and was left so."""

    records: Counter[CopyOutcome] = field(default_factory=Counter)
    files: Counter[CopyOutcome] = field(default_factory=Counter)
    bytes_copied: int = 0
    different: list[str] = field(default_factory=list)

    def count(self, counts: Counter[CopyOutcome], name: str, outcome: CopyOutcome) -> None:
        counts[outcome] += 1
        if outcome is CopyOutcome.DIFFERENT and len(self.different) < _NAMED:
            self.different.append(name)


@dataclass(frozen=True, slots=True)
class Choices:
    """``keys``: API keys too. ``overwrite`` what is different there. ``dry_run``: look, and write nothing.
    ``sizes_only``: a file of the same size is taken for the same, instead of being read and compared."""

    keys: bool = False
    overwrite: bool = False
    dry_run: bool = False
    sizes_only: bool = False


Report = Callable[[Moved], object]


class ArchiveCopy:
    """Nothing may be at work on either side."""

    def __init__(
        self, records: RecordSource, blobs: Blobs, to_records: Records, to_blobs: Blobs, choices: Choices
    ) -> None:
        self._records = records
        self._blobs = blobs
        self._to_documents = Documents(to_records)
        self._to_blobs = to_blobs
        self._choices = choices

    def run(self, report: Report) -> Moved:
        """Files first, so that no record there ever means a file that is not.

        Raises: Conflict: a job is not done yet. Unavailable: a store does not answer, or a file did not
        arrive as it was sent.
        """
        for write in self._records.walk():
            if write.key.partition == keys.job().partition:
                raise Conflict("Something is still to be done: start the server until imports and runs end.")
        moved = Moved()
        with ThreadPoolExecutor(_THREADS) as threads:
            for names in _batches(self._file_keys(), _FILES_AT_ONCE):
                for key, outcome, size in threads.map(self._file, names):
                    moved.count(moved.files, key, outcome)
                    moved.bytes_copied += size
                    report(moved)
            for batch in _batches(self._wanted(), _RECORDS_AT_ONCE):
                for write, outcome in self._copy(batch, threads):
                    moved.count(moved.records, "/".join(write.key), outcome)
                report(moved)
        return moved

    def _file_keys(self) -> Iterable[str]:
        return chain.from_iterable(self._blobs.keys(folder) for folder in _FOLDERS)

    def _wanted(self) -> Iterator[Put]:
        left = {keys.search_spaces().partition}
        for write in self._records.walk():
            partition = write.key.partition
            kind = partition.split("#")[2] if partition.startswith("tenant#") else partition.split("#")[0]
            is_key = kind in ("api-key", "api-keys")
            if partition not in left and kind not in _KEPT_BEHIND and (self._choices.keys or not is_key):
                yield write

    def _copy(self, batch: list[Put], threads: ThreadPoolExecutor) -> Iterator[tuple[Put, CopyOutcome]]:
        there = {
            found.key: found.body for found in self._to_documents.records.get_many([put.key for put in batch])
        }
        missing = []
        for write in batch:
            if write.key not in there:
                missing.append(replace(write, expected_version=ABSENT))
            elif there[write.key] == write.body:
                yield write, CopyOutcome.ALIKE
            elif self._choices.overwrite:
                missing.append(write)
            else:
                yield write, CopyOutcome.DIFFERENT
        yield from zip(missing, threads.map(self._put, missing), strict=True)

    def _put(self, write: Put) -> CopyOutcome:
        """Write one record, unless another process has written it since it was looked for."""
        if self._choices.dry_run or self._to_documents.write_if_unchanged(write):
            return CopyOutcome.COPIED
        return CopyOutcome.DIFFERENT

    def _file(self, key: str) -> tuple[str, CopyOutcome, int]:
        here, there = self._blobs.stat(key), self._to_blobs.stat(key)
        if here is None:
            raise Unavailable(f"The file {key} has gone meanwhile.")
        if there is not None:
            if there.size == here.size and (self._choices.sizes_only or self._is_alike(key)):
                return key, CopyOutcome.ALIKE, 0
            if not self._choices.overwrite:
                return key, CopyOutcome.DIFFERENT, 0
        if not self._choices.dry_run:
            self._send(key, here.size, here.content_type)
            if not self._is_alike(key):
                raise Unavailable(f"The file {key} did not arrive as it was sent: begin again.")
        return key, CopyOutcome.COPIED, here.size

    def _send(self, key: str, size: int, content_type: str) -> None:
        if size <= _SMALL:
            self._to_blobs.write(key, self._blobs.read(key), content_type)
            return
        copy = self._to_blobs.scratch_file()
        try:
            with copy.open("wb") as file:
                file.writelines(self._blobs.stream(key))
            self._to_blobs.adopt(key, copy, content_type)
        finally:
            copy.unlink(missing_ok=True)

    def _is_alike(self, key: str) -> bool:
        return _digest(self._blobs, key) == _digest(self._to_blobs, key)


T = TypeVar("T")


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """What has failed in one is told before the next is begun."""
    left = iter(items)
    while batch := list(islice(left, size)):
        yield batch


def _digest(blobs: Blobs, key: str) -> bytes:
    digest = hashlib.sha256()
    for chunk in blobs.stream(key):
        digest.update(chunk)
    return digest.digest()
