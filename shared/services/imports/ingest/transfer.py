"""Transfer of source files to this machine, and of large ones into the blob store."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from shared.domain import blob_keys
from shared.domain.imports.import_job import ImportFile, ImportJob, ImportStage
from shared.ports.blobs import Blobs
from shared.ports.jobs import Interrupted
from shared.ports.stores import StoredObject
from shared.ports.uri_fetcher import Fetched, FetchFailed, UriFetcher, UriRefused
from shared.services.connectors.connections import Connections
from shared.services.imports.ingest.connector_source import ConnectorSource
from shared.services.imports.ingest.failures import SourceFailure
from shared.services.imports.ingest.ledger import ImportLedger, has_one_file

_RECORD_EVERY_SECONDS: Final = 2.0

_MAX_UNSTORED_BYTES: Final = 64_000_000
"""A larger source of a job of several files is stored until its parts are made."""


class SourceTransfer:
    """Fetches sources that were given as an address. Uploaded sources are stored already."""

    def __init__(self, blobs: Blobs, fetcher: UriFetcher, connections: Connections, max_bytes: int) -> None:
        self._blobs = blobs
        self._fetcher = fetcher
        self._connector_source = ConnectorSource(connections, max_bytes)
        self._max_bytes = max_bytes

    @contextmanager
    def connected(self, job: ImportJob) -> Iterator["Sources"]:
        """Give access to the sources of a job, over one connection to their store."""
        if job.connector_id is None:
            yield Sources(self._blobs, self._fetch_uri)
            return
        with self._connector_source.connected(job.tenant_id, job.connector_id) as fetch:
            yield Sources(self._blobs, fetch)

    def _fetch_uri(self, uri: str, path: Path, progress: Callable[[int], None]) -> Fetched:
        """Fetch an address into a file. Raises: SourceFailure: it cannot be fetched."""
        try:
            return self._fetcher.fetch(uri, path, limit=self._max_bytes, progress=progress)
        except UriRefused as refusal:
            raise SourceFailure(
                f"The link cannot be used: it {refusal}.",
                code="uri_refused",
                stage=ImportStage.FETCH,
                retryable=False,
            ) from refusal
        except FetchFailed as failure:
            raise SourceFailure(
                str(failure), code=failure.code, stage=ImportStage.FETCH, retryable=failure.retryable
            ) from failure


class Sources:
    """The sources of a batch as local files."""

    def __init__(
        self, blobs: Blobs, fetch: Callable[[str, Path, Callable[[int], None]], Fetched | StoredObject]
    ) -> None:
        self._blobs = blobs
        self._fetch = fetch

    @contextmanager
    def local_file(
        self, ledger: ImportLedger, job: ImportJob, file: ImportFile, stopping: Callable[[], bool]
    ) -> Iterator[tuple[ImportFile, Path]]:
        """Give a source as a local file, with its record, which then has its size. Fetch it unless it is
        stored. What is fetched for a job of one file, or is large, is stored, so that no later attempt
        fetches it again.

        Raises:
            SourceFailure: the source cannot be fetched, or its upload is missing.
            Interrupted: the server is stopping.
        """
        if file.source_key is not None and self._blobs.stat(file.source_key) is not None:
            with self._blobs.as_file(file.source_key) as path:
                yield file, path
            return
        if file.source_uri is None:
            raise SourceFailure(
                "The uploaded file is missing. Send it again.",
                code="source_missing",
                stage=ImportStage.FETCH,
                retryable=False,
            )
        path = self._blobs.scratch_file()
        try:
            fetched = self._fetch(file.source_uri, path, _reporter(ledger, self._blobs, stopping))
            file = file.model_copy(update={"size_bytes": fetched.size})
            if has_one_file(job) or fetched.size > _MAX_UNSTORED_BYTES:
                key = blob_keys.import_source(ledger.tenant_id, ledger.job_id, str(file.ordinal))
                self._blobs.adopt(key, path, fetched.content_type or "application/octet-stream")
                file = file.model_copy(update={"source_key": key})
                ledger.save_file(file)
                with self._blobs.as_file(key) as path:
                    yield file, path
            else:
                yield file, path
        finally:
            path.unlink(missing_ok=True)


def _reporter(ledger: ImportLedger, blobs: Blobs, stopping: Callable[[], bool]) -> Callable[[int], None]:
    """Build the progress callback of a fetch, which records the bytes every two seconds and may interrupt.

    It raises OSError (ENOSPC) when no more may be stored.
    """
    next_record = time.monotonic() + _RECORD_EVERY_SECONDS

    def report(size: int) -> None:
        nonlocal next_record
        if stopping():
            raise Interrupted
        blobs.require_room()
        if time.monotonic() >= next_record:
            next_record = time.monotonic() + _RECORD_EVERY_SECONDS
            ledger.record_transfer(size)

    return report
