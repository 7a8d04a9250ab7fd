"""Verification of a copied archive: every file, secret and record of both sides, by SHA-256."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby
from typing import Final, NamedTuple

from shared.domain.clock import now
from shared.domain.errors import NotFound
from shared.domain.keys import Key
from shared.ports.blobs import BlobNotFound, Blobs
from shared.ports.records import Put, Record
from shared.ports.secrets import SecretVersion, TenantSecretSource
from shared.services.maintenance.archive_copy.contents import ArchiveContents, ArchiveStores
from shared.services.maintenance.archive_copy.digests import digest_of_file, digest_of_record
from shared.services.maintenance.archive_copy.phases import AfterFile, Phase, Phases, Position
from shared.services.maintenance.archive_copy.results import MAX_NAMES

_RECORDS_PER_BATCH: Final = 100
_FILES_PER_BATCH: Final = 64
_SECRETS_PER_BATCH: Final = 64


class Finding(StrEnum):
    """Outcome of a comparison. ``MISSING``: only the source has it. ``ADDITIONAL``: only the target does."""

    IDENTICAL = "identical"
    DIFFERENT = "different"
    MISSING = "missing"
    ADDITIONAL = "additional"


@dataclass(slots=True)
class VerificationResult:
    """Counts of a verification. ``differences`` names up to ``MAX_NAMES`` records, files and secrets that
    are not identical, each as (finding, name)."""

    records: Counter[Finding] = field(default_factory=Counter)
    files: Counter[Finding] = field(default_factory=Counter)
    secrets: Counter[Finding] = field(default_factory=Counter)
    bytes_compared: int = 0
    differences: list[tuple[Finding, str]] = field(default_factory=list)

    @property
    def is_identical(self) -> bool:
        """Whether no difference was found."""
        return not self.differences

    def count(self, counts: Counter[Finding], name: str, finding: Finding) -> None:
        counts[finding] += 1
        if finding is not Finding.IDENTICAL and len(self.differences) < MAX_NAMES:
            self.differences.append((finding, name))


class _File(NamedTuple):
    """A key of the merged listings of both sides."""

    key: str
    finding: Finding | None
    """None: both sides have the file."""


class ArchiveVerification:
    """Compares two archives. No server or worker may use either meanwhile."""

    def __init__(
        self, source: ArchiveStores, target: ArchiveStores, *, keys: bool, result: VerificationResult
    ) -> None:
        """``keys``: API keys of the source are part of it. ``result`` is continued."""
        self.result = result
        self._from = ArchiveContents(source, keys=keys)
        self._to = ArchiveContents(target)

    def phases(self, threads: ThreadPoolExecutor, after_file: AfterFile) -> Phases:
        """Compare files and secrets in one pass. Records have no common order: the first pass looks for the
        source's records in the target, the second for the target's records in the source."""
        return [
            Phase(
                "verify_files",
                self._files,
                lambda file: (file.key,),
                lambda batch: self._compare_files(batch, threads, after_file),
                _FILES_PER_BATCH,
            ),
            Phase(
                "verify_secrets",
                self._secrets,
                tuple,
                lambda batch: self._compare_secrets(batch, threads),
                _SECRETS_PER_BATCH,
            ),
            Phase(
                "verify_records",
                lambda after: self._from.records(_key(after)),
                _position,
                self._compare_records,
                _RECORDS_PER_BATCH,
            ),
            Phase(
                "verify_additional_records",
                lambda after: self._to.records(_key(after)),
                _position,
                self._find_additional_records,
                _RECORDS_PER_BATCH,
            ),
        ]

    def _files(self, after: Position) -> Iterator[_File]:
        last = "".join(after)
        source = ((key, Finding.MISSING) for key in self._from.files(last))
        target = ((key, Finding.ADDITIONAL) for key in self._to.files(last))
        for key, found in groupby(heapq.merge(source, target), lambda each: each[0]):
            findings = [finding for _, finding in found]
            yield _File(key, findings[0] if len(findings) == 1 else None)

    def _compare_files(
        self, files: Sequence[_File], threads: ThreadPoolExecutor, after_file: AfterFile
    ) -> None:
        for file, (finding, size) in zip(files, threads.map(self._compare_file, files), strict=True):
            self.result.count(self.result.files, file.key, finding)
            self.result.bytes_compared += size
            after_file()

    def _compare_file(self, file: _File) -> tuple[Finding, int]:
        if file.finding is not None:
            return file.finding, 0
        source = _read_digest(self._from.stores.blobs, file.key)
        target = _read_digest(self._to.stores.blobs, file.key)
        if source is None or target is None:
            return Finding.ADDITIONAL if source is None else Finding.MISSING, 0
        return Finding.IDENTICAL if source == target else Finding.DIFFERENT, source[1]

    def _secrets(self, after: Position) -> list[SecretVersion]:
        return sorted({*self._from.secrets(after), *self._to.secrets(after)})

    def _compare_secrets(self, identities: Sequence[SecretVersion], threads: ThreadPoolExecutor) -> None:
        for identity, finding in zip(identities, threads.map(self._compare_secret, identities), strict=True):
            self.result.count(self.result.secrets, f"secret {identity.name}", finding)

    def _compare_secret(self, identity: SecretVersion) -> Finding:
        source = _read_secret(self._from.stores.secrets, identity)
        target = _read_secret(self._to.stores.secrets, identity)
        if source is None or target is None:
            return Finding.ADDITIONAL if source is None else Finding.MISSING
        return Finding.IDENTICAL if source == target else Finding.DIFFERENT

    def _compare_records(self, batch: Sequence[Put]) -> None:
        in_target = _by_key(self._to, batch)
        for write in batch:
            found = in_target.get(write.key)
            if found is not None:
                same = digest_of_record(found.body) == digest_of_record(write.body)
                finding = Finding.IDENTICAL if same else Finding.DIFFERENT
            elif _has_expired(write):
                continue
            else:
                finding = Finding.MISSING
            self.result.count(self.result.records, "/".join(write.key), finding)

    def _find_additional_records(self, batch: Sequence[Put]) -> None:
        in_source = _by_key(self._from, batch)
        for write in batch:
            if write.key not in in_source and not _has_expired(write):
                self.result.count(self.result.records, "/".join(write.key), Finding.ADDITIONAL)


def _key(position: Position) -> Key | None:
    return Key(*position) if position else None


def _position(write: Put) -> Position:
    return tuple(write.key)


def _by_key(contents: ArchiveContents, batch: Sequence[Put]) -> Mapping[Key, Record]:
    return {found.key: found for found in contents.stores.records.get_many([put.key for put in batch])}


def _has_expired(write: Put) -> bool:
    """Return whether a record expired between the reads of both sides."""
    return write.expires_at is not None and write.expires_at <= now()


def _read_digest(blobs: Blobs, key: str) -> tuple[bytes, int] | None:
    try:
        return digest_of_file(blobs, key)
    except BlobNotFound:
        return None


def _read_secret(secrets: TenantSecretSource, identity: SecretVersion) -> bytes | None:
    try:
        return secrets.read(*identity)
    except NotFound:
        return None
