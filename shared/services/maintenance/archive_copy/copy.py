"""Copy of an archive from one set of stores to another: records, files and users' secrets, unchanged.

What the target already has with the same content is skipped, so an interrupted copy is run again. The search
index is not copied; it is rebuilt from the copied records and files.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Final

from shared.domain.errors import NotFound, Unavailable
from shared.domain.keys import Key
from shared.ports.records import ABSENT, Put
from shared.ports.secrets import SecretVersion
from shared.services.maintenance.archive_copy.contents import ArchiveContents, ArchiveStores, RecordStage
from shared.services.maintenance.archive_copy.digests import digest_of_file
from shared.services.maintenance.archive_copy.phases import AfterFile, Phase, Phases, Position, run
from shared.services.maintenance.archive_copy.results import CopyOptions, CopyOutcome, CopyResult, Report
from shared.services.records.documents import Documents

THREADS: Final = 8

_RECORDS_PER_BATCH: Final = 100
_FILES_PER_BATCH: Final = 64
_SECRETS_PER_BATCH: Final = 64
_MAX_BYTES_IN_MEMORY: Final = 4 * 1024**2
_MAX_TRANSACTION_BYTES: Final = 1024**2


class ArchiveCopy:
    """Copies an archive. No server or worker may use either archive meanwhile."""

    def __init__(
        self,
        source: ArchiveStores,
        target: ArchiveStores,
        options: CopyOptions,
        result: CopyResult | None = None,
    ) -> None:
        """``result`` is continued."""
        self.result = result or CopyResult()
        self._contents = ArchiveContents(source, keys=options.keys)
        self._from = source
        self._to = target
        self._to_documents = Documents(target.records)
        self._options = options

    def run(self, report: Report) -> CopyResult:
        """Copy everything.

        Raises:
            Conflict: a job has not ended.
            Unavailable: a store does not answer, or a file's copy differs from the file.
        """
        self._contents.check_no_jobs()
        with ThreadPoolExecutor(THREADS) as threads:
            run(self.phases(threads, lambda: report(self.result)), lambda *_: report(self.result))
        return self.result

    def phases(self, threads: ThreadPoolExecutor, after_file: AfterFile) -> Phases:
        """Copy files and secrets, then records, so that no record in the target refers to a missing file or
        secret."""
        return [
            Phase(
                "files",
                lambda after: self._contents.files("".join(after)),
                lambda key: (key,),
                lambda batch: self._copy_files(batch, threads, after_file),
                _FILES_PER_BATCH,
            ),
            Phase(
                "secrets",
                self._contents.secrets,
                tuple,
                lambda batch: self._copy_secrets(batch, threads),
                _SECRETS_PER_BATCH,
            ),
            *(self._records_phase(stage, threads) for stage in RecordStage),
        ]

    def _records_phase(self, stage: RecordStage, threads: ThreadPoolExecutor) -> Phase[Put]:
        def items(after: Position) -> Iterator[Put]:
            return self._contents.records(Key(*after) if after else None, stage=stage)

        return Phase(
            stage,
            items,
            lambda write: tuple(write.key),
            lambda batch: self._copy_records(batch, threads),
            _RECORDS_PER_BATCH,
        )

    def _copy_files(self, names: Sequence[str], threads: ThreadPoolExecutor, after_file: AfterFile) -> None:
        for key, (outcome, size) in zip(names, threads.map(self._copy_file, names), strict=True):
            self.result.count(self.result.files, key, outcome)
            self.result.bytes_copied += size
            after_file()

    def _copy_secrets(self, identities: Sequence[SecretVersion], threads: ThreadPoolExecutor) -> None:
        for identity, outcome in zip(identities, threads.map(self._copy_secret, identities), strict=True):
            self.result.count(self.result.secrets, f"secret {identity.name}", outcome)

    def _copy_records(self, batch: Sequence[Put], threads: ThreadPoolExecutor) -> None:
        for write, outcome in self._outcomes(batch, threads):
            self.result.count(self.result.records, "/".join(write.key), outcome)

    def _outcomes(
        self, batch: Sequence[Put], threads: ThreadPoolExecutor
    ) -> Iterator[tuple[Put, CopyOutcome]]:
        in_target = {found.key: found.body for found in self._to.records.get_many([put.key for put in batch])}
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
        yield from zip(to_write, self._put(to_write, threads), strict=True)

    def _put(self, writes: list[Put], threads: ThreadPoolExecutor) -> list[CopyOutcome]:
        """Write records, except those that another process has written meanwhile."""
        if self._options.dry_run:
            return [CopyOutcome.COPIED] * len(writes)
        if self._to.writes_per_transaction == 1:
            return list(threads.map(self._put_one, writes))
        groups = _transactions(writes, self._to.writes_per_transaction)
        return [outcome for group in groups for outcome in self._put_together(group)]

    def _put_together(self, group: list[Put]) -> list[CopyOutcome]:
        if self._to_documents.write_if_unchanged(*group):
            return [CopyOutcome.COPIED] * len(group)
        return [self._put_one(write) for write in group]

    def _put_one(self, write: Put) -> CopyOutcome:
        written = self._to_documents.write_if_unchanged(write)
        return CopyOutcome.COPIED if written else CopyOutcome.DIFFERENT

    def _copy_secret(self, identity: SecretVersion) -> CopyOutcome:
        """Copy one version of a secret under its own id, because records name it."""
        value = self._from.secrets.read(*identity)
        try:
            if self._to.secrets.read(*identity) == value:
                return CopyOutcome.IDENTICAL
            if not self._options.overwrite:
                return CopyOutcome.DIFFERENT
        except NotFound:
            pass
        if not self._options.dry_run:
            self._to.secrets.restore(identity, value)
        return CopyOutcome.COPIED

    def _copy_file(self, key: str) -> tuple[CopyOutcome, int]:
        source, target = self._from.blobs.stat(key), self._to.blobs.stat(key)
        if source is None:
            raise Unavailable(f"The file {key} was deleted during the copy.")
        if target is not None:
            if target.size == source.size and (self._options.sizes_only or self._is_identical(key)):
                return CopyOutcome.IDENTICAL, 0
            if not self._options.overwrite:
                return CopyOutcome.DIFFERENT, 0
        if not self._options.dry_run:
            self._send(key, source.size, source.content_type)
            if self._options.read_back and not self._is_identical(key):
                raise Unavailable(f"The file {key} did not arrive intact. Run the copy again.")
        return CopyOutcome.COPIED, source.size

    def _send(self, key: str, size: int, content_type: str) -> None:
        if size <= _MAX_BYTES_IN_MEMORY:
            self._to.blobs.write(key, self._from.blobs.read(key), content_type)
            return
        copy = self._to.blobs.scratch_file()
        try:
            with copy.open("wb") as file:
                file.writelines(self._from.blobs.stream(key))
            self._to.blobs.adopt(key, copy, content_type)
        finally:
            copy.unlink(missing_ok=True)

    def _is_identical(self, key: str) -> bool:
        return digest_of_file(self._from.blobs, key) == digest_of_file(self._to.blobs, key)


def _transactions(writes: list[Put], per_transaction: int) -> Iterator[list[Put]]:
    """Split writes into transactions that a store accepts."""
    group: list[Put] = []
    size = 0
    for write in writes:
        length = len(json.dumps(write.body))
        if group and (len(group) == per_transaction or size + length > _MAX_TRANSACTION_BYTES):
            yield group
            group, size = [], 0
        group.append(write)
        size += length
    if group:
        yield group
