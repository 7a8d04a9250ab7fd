"""Imports of many files from a store, through a connector."""

from shared.domain import keys
from shared.domain.access import Caller
from shared.domain.clock import timestamp
from shared.domain.connectors.connector import ConnectorScope, ImportMode
from shared.domain.connectors.file_pattern import FilePattern
from shared.domain.connectors.rules import check_prefix
from shared.domain.errors import InvalidRequest
from shared.domain.ids import IMPORT_JOB
from shared.domain.imports.import_job import ImportJob, SourceKind
from shared.domain.imports.selection import ConnectorSelection
from shared.ports.jobs import Jobs
from shared.ports.records import ABSENT
from shared.services.connectors.connections import Connections
from shared.services.imports.batches.requests import listing_request
from shared.services.library.index_access import unchanged_index_write
from shared.services.records.documents import Documents, put
from shared.services.records.transact import Decision


class ConnectorImports:
    """Starts imports of selected objects of a store. The same ``seed`` (a ULID) twice is one import."""

    def __init__(self, documents: Documents, jobs: Jobs, connections: Connections) -> None:
        self._documents = documents
        self._jobs = jobs
        self._connections = connections

    def start(
        self,
        caller: Caller,
        *,
        connector_id: str,
        index_id: str,
        source_prefix: str = "",
        file_pattern: str = "*",
        recursive: bool = True,
        import_mode: ImportMode | None = None,
        automation_id: str | None = None,
        seed: str,
    ) -> ImportJob:
        """Start the import of a connector's files into an index.

        ``import_mode`` None is the mode of the connector. The store is listed after the return.

        Raises:
            InvalidRequest: the prefix or the pattern is invalid, or no index is named.
            NotFound: the index or the connector does not exist.
            NotPermitted: the index is the default index.
            Conflict: the connector lacks the scope import or is disabled.
        """
        if not index_id:
            raise InvalidRequest("index_id", "must not be empty")
        caller.require_own(index_id)
        key = keys.import_job(caller.tenant_id, f"{IMPORT_JOB}_{seed}")
        if existing := self._documents.get(ImportJob, key):
            return self._submitted(existing)
        check_prefix(source_prefix, "source_prefix")
        FilePattern(file_pattern, "file_pattern")
        connector = self._connections.find(caller.tenant_id, connector_id, ConnectorScope.IMPORT)
        selection = ConnectorSelection(
            source_prefix=source_prefix,
            file_pattern=file_pattern,
            recursive=recursive,
            import_mode=import_mode or connector.import_mode,
        )
        job = ImportJob(
            job_id=key.sort,
            tenant_id=caller.tenant_id,
            user_id=caller.user_id,
            source_kind=SourceKind.CONNECTOR,
            connector_id=connector_id,
            index_id=index_id,
            source=selection,
            automation_id=automation_id,
            is_listed=False,
            batch_count=0,
            title=source_prefix or connector.name,
            created_at=timestamp(),
        )
        return self._submitted(self._written(job))

    def _written(self, job: ImportJob) -> ImportJob:
        key, request = keys.import_job(job.tenant_id, job.job_id), listing_request(job)

        def decide() -> Decision[ImportJob]:
            index = unchanged_index_write(self._documents, job.tenant_id, job.index_id or "")
            written = put(key, job, expected_version=ABSENT)
            return Decision(job, [index, written, put(keys.job(request.job_id), request)])

        return self._documents.transact(decide, done_elsewhere=lambda: self._documents.get(ImportJob, key))

    def _submitted(self, job: ImportJob) -> ImportJob:
        if not job.status.is_terminal and not job.is_listed:
            self._jobs.submit(listing_request(job))
        return job
