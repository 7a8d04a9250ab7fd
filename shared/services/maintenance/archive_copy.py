"""Copy of an archive from one set of stores to another: records, files and users' secrets, unchanged.

What the target already has with the same content is skipped, so an interrupted copy is run again. The search
index is not copied; it is rebuilt from the copied records and files.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum, auto
from itertools import chain, islice
from typing import Final, TypeVar

from shared.domain import default_index, keys
from shared.domain.errors import Conflict, NotFound, Unavailable
from shared.domain.keys import Key
from shared.ports.blobs import Blobs
from shared.ports.record_source import RecordSource
from shared.ports.records import ABSENT, Put, Records
from shared.ports.secrets import SecretVersion, TenantSecrets, TenantSecretSource
from shared.services.records.documents import Documents

_FOLDERS: Final = ("content/", "media/")
"""Source files of imports are not copied, because no import may be running during a copy."""

_NOT_COPIED: Final = ("dead-letters", "idempotency", "searches", "sign-in-ticket", "stream-ticket", "uploads")
"""Kinds of records that stay behind. The target's consumers receive the events of dead letters anyway."""

_DEFAULT_INDEX: Final = f"tenant#{default_index.TENANT}#"
"""Records of the default index are not copied: each laptop makes its own, and AWS has none."""

_RECORDS_PER_BATCH: Final = 100
_FILES_PER_BATCH: Final = 64
_SECRETS_PER_BATCH: Final = 64
_THREADS: Final = 8
_MAX_BYTES_IN_MEMORY: Final = 4 * 1024**2
_MAX_NAMES: Final = 20


class CopyOutcome(StrEnum):
    COPIED = "copied"
    IDENTICAL = "identical"
    DIFFERENT = "different"


class _Stage(Enum):
    """Order in which records are copied. Consumers and timers of the target work meanwhile.

    An event is delivered once if its deliveries are there before it. Due work is dropped as done unless all
    that it refers to is there.
    """

    RECORDS = auto()
    EVENTS = auto()
    DUE_WORK = auto()

    @classmethod
    def of(cls, key: Key) -> _Stage:
        if keys.is_event(key):
            return cls.EVENTS
        return cls.DUE_WORK if keys.is_due(key) else cls.RECORDS


@dataclass(slots=True)
class CopyResult:
    """Counts of a copy. ``different`` names up to 20 records, files and secrets that the target has with
    other content and that were not replaced."""

    records: Counter[CopyOutcome] = field(default_factory=Counter)
    files: Counter[CopyOutcome] = field(default_factory=Counter)
    secrets: Counter[CopyOutcome] = field(default_factory=Counter)
    bytes_copied: int = 0
    different: list[str] = field(default_factory=list)

    def count(self, counts: Counter[CopyOutcome], name: str, outcome: CopyOutcome) -> None:
        counts[outcome] += 1
        if outcome is CopyOutcome.DIFFERENT and len(self.different) < _MAX_NAMES:
            self.different.append(name)


@dataclass(frozen=True, slots=True)
class CopyOptions:
    """Options of a copy.

    ``keys``: copy API keys too. ``overwrite``: replace what differs. ``dry_run``: compare and write nothing.
    ``sizes_only``: treat a file of the same size as identical, without reading it.
    """

    keys: bool = False
    overwrite: bool = False
    dry_run: bool = False
    sizes_only: bool = False


Report = Callable[[CopyResult], object]


@dataclass(frozen=True, slots=True)
class CopySource:
    """The stores that are read."""

    records: RecordSource
    blobs: Blobs
    secrets: TenantSecretSource


@dataclass(frozen=True, slots=True)
class CopyTarget:
    """The stores that are written."""

    records: Records
    blobs: Blobs
    secrets: TenantSecrets


class ArchiveCopy:
    """Copies an archive. No server or worker may use either archive meanwhile."""

    def __init__(self, source: CopySource, target: CopyTarget, options: CopyOptions) -> None:
        self._records = source.records
        self._blobs = source.blobs
        self._secrets = source.secrets
        self._to_documents = Documents(target.records)
        self._to_blobs = target.blobs
        self._to_secrets = target.secrets
        self._options = options

    def run(self, report: Report) -> CopyResult:
        """Copy files and secrets, then records, so that no record in the target refers to a missing file or
        secret.

        Raises:
            Conflict: a job has not ended.
            Unavailable: a store does not answer, or a file's copy differs from the file.
        """
        self._check_no_jobs()
        result = CopyResult()
        with ThreadPoolExecutor(_THREADS) as threads:
            for names in _batches(self._files_to_copy(), _FILES_PER_BATCH):
                for key, outcome, size in threads.map(self._copy_file, names):
                    result.count(result.files, key, outcome)
                    result.bytes_copied += size
                    report(result)
            for identities in _batches(self._secrets.walk(), _SECRETS_PER_BATCH):
                for identity, outcome in zip(
                    identities, threads.map(self._copy_secret, identities), strict=True
                ):
                    result.count(result.secrets, f"secret {identity.name}", outcome)
                report(result)
            for stage in _Stage:
                for batch in _batches(self._records_to_copy(stage), _RECORDS_PER_BATCH):
                    for write, outcome in self._copy_records(batch, threads):
                        result.count(result.records, "/".join(write.key), outcome)
                    report(result)
        return result

    def _check_no_jobs(self) -> None:
        """Check that all jobs have ended. Raises: Conflict: a job has not ended."""
        for write in self._records.walk():
            if write.key.partition == keys.job().partition and not _is_default(write):
                raise Conflict("Something is still to be done: start the server until imports and runs end.")

    def _files_to_copy(self) -> Iterable[str]:
        files = chain.from_iterable(self._blobs.keys(folder) for folder in _FOLDERS)
        return (key for key in files if key.split("/")[1] != default_index.TENANT)

    def _records_to_copy(self, stage: _Stage) -> Iterator[Put]:
        excluded = {keys.search_spaces().partition, keys.job().partition}
        for write in self._records.walk():
            partition = write.key.partition
            if partition.startswith(_DEFAULT_INDEX) or _Stage.of(write.key) is not stage:
                continue
            kind = partition.split("#")[2] if partition.startswith("tenant#") else partition.split("#")[0]
            is_key = kind in ("api-key", "api-keys")
            if partition not in excluded and kind not in _NOT_COPIED and (self._options.keys or not is_key):
                yield write

    def _copy_records(
        self, batch: list[Put], threads: ThreadPoolExecutor
    ) -> Iterator[tuple[Put, CopyOutcome]]:
        in_target = {
            found.key: found.body for found in self._to_documents.records.get_many([put.key for put in batch])
        }
        to_write = []
        for write in batch:
            if write.key not in in_target:
                to_write.append(replace(write, expected_version=ABSENT))
            elif in_target[write.key] == write.body:
                yield write, CopyOutcome.IDENTICAL
            elif self._options.overwrite:
                to_write.append(write)
            else:
                yield write, CopyOutcome.DIFFERENT
        yield from zip(to_write, threads.map(self._put, to_write), strict=True)

    def _put(self, write: Put) -> CopyOutcome:
        """Write one record, unless another process has written it meanwhile."""
        if self._options.dry_run or self._to_documents.write_if_unchanged(write):
            return CopyOutcome.COPIED
        return CopyOutcome.DIFFERENT

    def _copy_secret(self, identity: SecretVersion) -> CopyOutcome:
        """Copy one version of a secret under its own id, because records name it."""
        value = self._secrets.read(*identity)
        try:
            if self._to_secrets.read(*identity) == value:
                return CopyOutcome.IDENTICAL
            if not self._options.overwrite:
                return CopyOutcome.DIFFERENT
        except NotFound:
            pass
        if not self._options.dry_run:
            self._to_secrets.restore(identity, value)
        return CopyOutcome.COPIED

    def _copy_file(self, key: str) -> tuple[str, CopyOutcome, int]:
        source, target = self._blobs.stat(key), self._to_blobs.stat(key)
        if source is None:
            raise Unavailable(f"The file {key} was deleted during the copy.")
        if target is not None:
            if target.size == source.size and (self._options.sizes_only or self._is_identical(key)):
                return key, CopyOutcome.IDENTICAL, 0
            if not self._options.overwrite:
                return key, CopyOutcome.DIFFERENT, 0
        if not self._options.dry_run:
            self._send(key, source.size, source.content_type)
            if not self._is_identical(key):
                raise Unavailable(f"The file {key} did not arrive intact. Run the copy again.")
        return key, CopyOutcome.COPIED, source.size

    def _send(self, key: str, size: int, content_type: str) -> None:
        if size <= _MAX_BYTES_IN_MEMORY:
            self._to_blobs.write(key, self._blobs.read(key), content_type)
            return
        copy = self._to_blobs.scratch_file()
        try:
            with copy.open("wb") as file:
                file.writelines(self._blobs.stream(key))
            self._to_blobs.adopt(key, copy, content_type)
        finally:
            copy.unlink(missing_ok=True)

    def _is_identical(self, key: str) -> bool:
        return _digest(self._blobs, key) == _digest(self._to_blobs, key)


def _is_default(job: Put) -> bool:
    """Return whether a job makes the default index."""
    arguments = job.body.get("arguments", {})
    return bool(arguments.get("tenant_id") == default_index.TENANT)


T = TypeVar("T")


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Split ``items`` into batches, so that an error in one batch is raised before the next one starts."""
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch


def _digest(blobs: Blobs, key: str) -> bytes:
    digest = hashlib.sha256()
    for chunk in blobs.stream(key):
        digest.update(chunk)
    return digest.digest()
