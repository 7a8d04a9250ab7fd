"""Intake of files: each way in creates an import job, which is durable before the request is answered."""

from pathlib import PurePosixPath
from typing import Protocol

from shared.domain.access import Caller
from shared.domain.connectors.connector import ConnectorScope
from shared.domain.connectors.object_address import ObjectAddress
from shared.domain.errors import Conflict, InvalidRequest
from shared.domain.file_names import base_name
from shared.domain.imports.import_job import ImportFile, ImportJob, SourceKind
from shared.ports.blobs import Blobs
from shared.ports.jobs import Jobs
from shared.ports.uri_fetcher import UriFetcher, UriRefused
from shared.services.connectors.connections import Connections
from shared.services.imports.identifiers import import_file_id, import_source_key
from shared.services.imports.import_jobs import ImportJobs, new_import_job
from shared.services.imports.limits import ImportLimits
from shared.services.records.documents import Documents


class ReceivedFile(Protocol):
    """A file that has arrived completely. The callee becomes its owner and must keep or discard it.

    ``file_name`` is the sender's and may be a full path; ``size`` is in bytes; ``sha256`` is in hex. ``keep``
    and ``discard`` are those of ``shared.ports.incoming_files.IncomingFile``.
    """

    def keep(self, key: str) -> str: ...
    def discard(self) -> None: ...
    @property
    def file_name(self) -> str: ...
    @property
    def content_type(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def sha256(self) -> str: ...


class Imports:
    """Starts imports. The same ``seed`` (a ULID) twice is one import."""

    def __init__(
        self,
        documents: Documents,
        blobs: Blobs,
        jobs: Jobs,
        fetcher: UriFetcher,
        connections: Connections,
        limits: ImportLimits,
    ) -> None:
        self._import_jobs = ImportJobs(documents, blobs, jobs, limits)
        self._blobs = blobs
        self._fetcher = fetcher
        self._connections = connections

    def accept_upload(
        self,
        caller: Caller,
        received: ReceivedFile,
        *,
        title: str | None,
        index_id: str | None,
        seed: str,
        index_created: bool = False,
    ) -> ImportJob:
        """Import a file that a request contains.

        ``title`` None means the file's name; ``index_id`` None is the playground.

        Raises:
            InvalidRequest: the title is invalid, or the file is empty.
            NotFound: the index does not exist.
            NotPermitted: the index is the default index.
            Conflict: the playground is full.
        """
        caller.require_own(index_id)
        title = _title(title, received.file_name)
        job = new_import_job(caller, seed, SourceKind.UPLOAD, title, index_id, index_created=index_created)
        if existing := self._import_jobs.resubmit(job):
            received.discard()
            return existing
        self._import_jobs.check_destination(job)
        if received.size == 0:
            raise InvalidRequest("file", "must not be empty")
        file = _stored_file(job, received.file_name, received.size)
        file.content_hash = received.sha256
        file.source_key = received.keep(import_source_key(caller.tenant_id, seed))
        try:
            return self._import_jobs.start(job, [file])
        except Conflict:
            self._blobs.delete(file.source_key)
            raise

    def accept_stored(
        self,
        caller: Caller,
        *,
        source_key: str,
        file_name: str,
        size: int,
        title: str | None,
        index_id: str | None,
        kind: SourceKind,
        seed: str,
    ) -> ImportJob:
        """Import a file that is stored already, under ``import_source_key(caller.tenant_id, seed)``.

        Raises: as ``accept_upload``. The file is deleted only if its index was deleted meanwhile.
        """
        job = new_import_job(caller, seed, kind, _title(title, file_name), index_id)
        if existing := self._import_jobs.resubmit(job):
            return existing
        self._import_jobs.check_destination(job)
        file = _stored_file(job, file_name, size)
        file.source_key = source_key
        return self._import_jobs.start(job, [file])

    def accept_uri(
        self,
        caller: Caller,
        *,
        title: str,
        video_uri: str,
        index_id: str | None,
        source_connector_id: str | None = None,
        seed: str,
    ) -> ImportJob:
        """Import from an ``https://`` address, or through a connector from ``s3://``, ``gs://`` or ``az://``.

        Raises:
            InvalidRequest: the title is invalid, the server may not fetch the address, or the address is not
                in the connector's store.
            NotFound: the index or the connector does not exist.
            NotPermitted: the index is the default index.
            Conflict: the playground is full, or the connector lacks the scope import.
        """
        caller.require_own(index_id)
        kind = SourceKind.URI if source_connector_id is None else SourceKind.CONNECTOR
        job = new_import_job(caller, seed, kind, title, index_id, connector_id=source_connector_id)
        if existing := self._import_jobs.resubmit(job):
            return existing
        self._import_jobs.check_destination(job)
        if source_connector_id is None:
            file_name = self._check_uri(video_uri)
        else:
            file_name = self._check_object(caller, video_uri, source_connector_id)
        file = ImportFile(
            file_id=import_file_id(job.job_id),
            job_id=job.job_id,
            ordinal=0,
            file_name=base_name(file_name),
            source_uri=video_uri,
        )
        return self._import_jobs.start(job, [file])

    def _check_uri(self, uri: str) -> str:
        """Check a source address; return its path. Raises: InvalidRequest: the server may not fetch it."""
        if ObjectAddress.names_store(uri):
            raise InvalidRequest(
                "video_uri", "must start with https://, or come with the source_connector_id that may read it"
            )
        try:
            self._fetcher.check(uri)
        except UriRefused as refusal:
            raise InvalidRequest("video_uri", str(refusal)) from refusal
        return uri.partition("?")[0].partition("#")[0]

    def _check_object(self, caller: Caller, address: str, connector_id: str) -> str:
        """Check that a connector may read an object; return the object's key.

        Raises: NotFound, Conflict: as ``Connections.find``. InvalidRequest: the address is invalid.
        """
        connector = self._connections.find(caller.tenant_id, connector_id, ConnectorScope.IMPORT)
        found = ObjectAddress.parse(address)
        found.check_key()
        found.check_store(connector.address)
        return found.key


def _title(given: str | None, file_name: str) -> str:
    return PurePosixPath(base_name(file_name)).stem if given is None else given


def _stored_file(job: ImportJob, file_name: str, size: int) -> ImportFile:
    """Build the source file of ``job`` whose bytes need no fetch, and count them as transferred."""
    job.progress.bytes_transferred = size
    return ImportFile(
        file_id=import_file_id(job.job_id),
        job_id=job.job_id,
        ordinal=0,
        file_name=base_name(file_name),
        size_bytes=size,
    )
