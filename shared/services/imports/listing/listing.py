"""The listing workflow: the objects of a store become files and batches of an import job.

Each batch is one transaction: it writes the files, the batch, its request, and in the job the last key that
is listed. A listing that is interrupted goes on behind that key. The batches are imported meanwhile.
"""

import time
from collections.abc import Callable
from functools import partial

from shared.domain import keys
from shared.domain.clock import timestamp
from shared.domain.connectors.connector import Connector, ConnectorScope
from shared.domain.errors import Conflict, DomainError, NotFound, WriteRejected
from shared.domain.imports.import_job import ImportFailure, ImportJob, ImportPhase, ImportStatus
from shared.domain.imports.selection import ConnectorSelection
from shared.domain.job import JobRequest
from shared.domain.keys import Key
from shared.ports.jobs import Interrupted, Jobs, TurnOver
from shared.ports.stores import StoreFailed
from shared.services.connectors.connections import Connections
from shared.services.imports.import_events import import_changed
from shared.services.imports.limits import TURN_SECONDS
from shared.services.imports.listing.job_changes import JobChanges
from shared.services.imports.listing.planned_files import object_groups
from shared.services.imports.listing.reopening import Reopening
from shared.services.imports.listing.store_walk import StoreWalk
from shared.services.library.index_access import visible_index
from shared.services.records.documents import Documents

Stopping = Callable[[], bool]


class ImportListing:
    """Lists the stores of import jobs."""

    def __init__(
        self,
        documents: Documents,
        jobs: Jobs,
        connections: Connections,
        *,
        turn_seconds: float = TURN_SECONDS,
    ) -> None:
        self._documents = documents
        self._connections = connections
        self._turn_seconds = turn_seconds
        self._reopening = Reopening(documents, jobs)
        self._changes = JobChanges(documents, jobs)

    def run(self, request: JobRequest, stopping: Stopping) -> None:
        """Reopen what a retry does again, then list the store of a job to its end.

        Raises: Interrupted: the process is stopping. TurnOver: this listing has had its turn. Or any
            unexpected error; the caller retries the job in each case.
        """
        key = _key(request)
        self._reopening.run(key, stopping)
        job = self._documents.update(ImportJob, key, _started, further=import_changed)
        if job is None or job.is_planned or job.source is None or job.connector_id is None:
            return
        try:
            end = time.monotonic() + self._turn_seconds
            self._list(key, job.source, job.connector_id, stopping, lambda: time.monotonic() >= end)
        except (NotFound, Conflict, StoreFailed) as error:
            if isinstance(error, StoreFailed) and error.retryable:
                raise
            self._changes.end_listing(key, failure=_failure(error))

    def give_up(self, request: JobRequest, error: BaseException) -> None:
        """End a listing that is not retried any more. The batches that it has made are imported."""
        self._changes.end_listing(_key(request), failure=_failure(error))

    def _list(
        self,
        key: Key,
        source: ConnectorSelection,
        connector_id: str,
        stopping: Stopping,
        is_over: Callable[[], bool],
    ) -> None:
        """List the store to its end. After a failure that may pass, go on if some files were listed."""
        tenant_id = self._job(key).tenant_id
        while not (job := self._job(key)).is_planned:
            connector = self._connections.find(tenant_id, connector_id, ConnectorScope.IMPORT)
            try:
                self._list_from(key, connector, source, job.listed_until, stopping, is_over)
            except StoreFailed as failure:
                if not failure.retryable or self._job(key).listed_until == job.listed_until:
                    raise

    def _list_from(
        self,
        key: Key,
        connector: Connector,
        source: ConnectorSelection,
        listed_until: str,
        stopping: Stopping,
        is_over: Callable[[], bool],
    ) -> None:
        with self._connections.open(connector) as store:
            walk = StoreWalk(store, source, listed_until, stopping, is_over)
            for group in object_groups(walk.objects()):
                self._check_index(key)
                if not self._changes.add_batch(key, connector, group, listed_until):
                    return
                listed_until = group[-1].path
        self._changes.end_listing(
            key, listed_from=listed_until, listed_until=walk.last_key, is_listed=not walk.was_stopped
        )
        if walk.was_stopped:
            raise TurnOver if is_over() else Interrupted

    def _check_index(self, key: Key) -> None:
        """Avoid batches for a deleted index. Raises: NotFound."""
        job = self._job(key)
        if job.index_id is not None:
            visible_index(self._documents, job.tenant_id, job.index_id)

    def _job(self, key: Key) -> ImportJob:
        job = self._documents.get(ImportJob, key)
        if job is None:
            raise NotFound("import_job", key.sort)
        return job


def _key(request: JobRequest) -> Key:
    return keys.import_job(request.arguments["tenant_id"], request.arguments["import_job_id"])


def _started(job: ImportJob) -> ImportJob:
    if job.status is ImportStatus.PENDING:
        job.status, job.phase = ImportStatus.SCANNING, ImportPhase.SCANNING
        job.started_at = job.started_at or timestamp()
    return job


def _failure(error: BaseException) -> ImportFailure:
    describe = partial(ImportFailure, stage=ImportPhase.SCANNING)
    if isinstance(error, StoreFailed):
        code = f"connector_{error.problem}"
        return describe(code=code, message=error.message, retryable=error.retryable)
    if isinstance(error, NotFound):
        kind = error.details["resource"]
        message = f"The {kind} was deleted before the store was listed."
        return describe(code=error.code, message=message, retryable=False)
    if isinstance(error, DomainError) and not isinstance(error, WriteRejected):
        return describe(code=error.code, message=error.message, retryable=True)
    message = "The listing failed for an internal reason."
    return describe(code="internal_error", message=message, retryable=True)
