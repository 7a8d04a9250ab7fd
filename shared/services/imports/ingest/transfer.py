"""Transfer of source files into the blob store."""

import time
from collections.abc import Callable
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
from shared.services.imports.ingest.ledger import ImportLedger

_RECORD_EVERY_SECONDS: Final = 2.0


class SourceTransfer:
    """Fetches sources that were given as an address. Uploaded sources are stored already."""

    def __init__(self, blobs: Blobs, fetcher: UriFetcher, connections: Connections, max_bytes: int) -> None:
        self._blobs = blobs
        self._fetcher = fetcher
        self._connector_source = ConnectorSource(connections, max_bytes)
        self._max_bytes = max_bytes

    def fetch_if_missing(
        self, ledger: ImportLedger, job: ImportJob, file: ImportFile, stopping: Callable[[], bool]
    ) -> ImportFile:
        """Fetch a source unless it is stored, through the connector of the job if it has one.

        Return ``file`` with its ``source_key``.

        Raises:
            SourceFailure: the source cannot be fetched, or its upload is missing.
            Interrupted: the server is stopping.
        """
        if file.source_key is not None and self._blobs.stat(file.source_key) is not None:
            return file
        if file.source_uri is None:
            raise SourceFailure(
                "The uploaded file is missing. Send it again.",
                code="source_missing",
                stage=ImportStage.FETCH,
                retryable=False,
            )
        fetched = self._fetch(ledger, job, file, file.source_uri, stopping)
        ledger.save_file(fetched)
        return fetched

    def _fetch(
        self,
        ledger: ImportLedger,
        job: ImportJob,
        file: ImportFile,
        uri: str,
        stopping: Callable[[], bool],
    ) -> ImportFile:
        key = blob_keys.import_source(ledger.tenant_id, ledger.job_id, file.file_id)
        path = self._blobs.scratch_file()
        try:
            progress = _reporter(ledger, self._blobs, stopping)
            fetched: Fetched | StoredObject
            if job.connector_id is None:
                fetched = self._fetcher.fetch(uri, path, limit=self._max_bytes, progress=progress)
            else:
                fetched = self._connector_source.fetch(job.tenant_id, job.connector_id, uri, path, progress)
            self._blobs.adopt(key, path, fetched.content_type or "application/octet-stream")
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
        finally:
            path.unlink(missing_ok=True)
        return file.model_copy(update={"source_key": key, "size_bytes": fetched.size})


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
