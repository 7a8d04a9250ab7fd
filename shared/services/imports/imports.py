"""The ways in: each makes an import job, durable before it is answered."""

from pathlib import PurePosixPath
from typing import Final, Protocol

from shared.domain import blob_keys, keys
from shared.domain.access import Caller
from shared.domain.clock import timestamp
from shared.domain.errors import Conflict, InvalidRequest, NotFound
from shared.domain.file_names import base_name
from shared.domain.ids import IMPORT_FILE, IMPORT_JOB
from shared.domain.import_job import ImportFile, ImportJob, ImportProgress, SourceKind
from shared.domain.job import JobRequest, Workflow
from shared.domain.upload_session import upload_id_of
from shared.ports.blobs import Blobs
from shared.ports.jobs import Jobs
from shared.ports.records import ABSENT, Write
from shared.ports.uri_fetcher import UriFetcher, UriRefused
from shared.services.imports.limits import ImportLimits
from shared.services.library.index_access import unchanged_index_write
from shared.services.library.playground_size import check_playground_capacity, reservation_write
from shared.services.records.documents import Documents, put
from shared.services.records.transact import Decision

_LONGEST_TITLE: Final = 255
_STORAGE_SCHEMES: Final = ("gs://", "s3://", "az://", "azure://")


class ArrivedFile(Protocol):
    """A file that has arrived whole, and now belongs to whoever is given this.

    ``file_name`` is the sender's and may be a full path; ``size`` in bytes; ``sha256`` in hex. ``keep``
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
    def __init__(
        self, documents: Documents, blobs: Blobs, jobs: Jobs, fetcher: UriFetcher, limits: ImportLimits
    ) -> None:
        self._documents = documents
        self._blobs = blobs
        self._jobs = jobs
        self._fetcher = fetcher
        self._limits = limits

    def accept_upload(
        self,
        caller: Caller,
        received: ArrivedFile,
        *,
        title: str | None,
        index_id: str | None,
        seed: str,
        index_created: bool = False,
    ) -> ImportJob:
        """Import a file that was sent. ``title`` None takes the file's name; ``index_id`` None is the
        playground; the same ``seed`` (a ULID) twice is one import.

        Raises:
            InvalidRequest: title or file.
            NotFound: no such index.
            Conflict: the playground is full.
        """
        file_name = base_name(received.file_name)
        name = PurePosixPath(file_name).stem if title is None else title
        job = self._new_job(caller, seed, SourceKind.UPLOAD, name, index_id, index_created)
        file = ImportFile(
            file_id=f"{IMPORT_FILE}_{seed}",
            job_id=job.job_id,
            ordinal=0,
            file_name=file_name,
            size_bytes=received.size,
            content_hash=received.sha256,
        )
        if existing := self._existing(job):
            received.discard()
            return existing
        self._check_place(caller, index_id)
        if received.size == 0:
            raise InvalidRequest("file", "must not be empty")
        file.source_key = received.keep(import_source_key(caller.tenant_id, seed))
        job.progress.bytes_transferred = received.size
        try:
            return self._start(job, file)
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
        """Import a file that is in the store already, under ``import_source_key(caller.tenant_id, seed)``.

        Raises: as ``accept_upload``; the file stays then, unless its index has gone.
        """
        name = PurePosixPath(base_name(file_name)).stem if title is None else title
        job = self._new_job(caller, seed, kind, name, index_id, index_created=False)
        if existing := self._existing(job):
            return existing
        self._check_place(caller, index_id)
        file = ImportFile(
            file_id=f"{IMPORT_FILE}_{seed}",
            job_id=job.job_id,
            ordinal=0,
            file_name=base_name(file_name),
            size_bytes=size,
            source_key=source_key,
        )
        job.progress.bytes_transferred = size
        return self._start(job, file)

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
        """Import from an ``https://`` address.

        Raises:
            InvalidRequest: title, or an address that cannot be fetched from here.
            NotFound: no such index or connector.
            Conflict: the playground is full.
        """
        job = self._new_job(caller, seed, SourceKind.URI, title, index_id, index_created=False)
        if existing := self._existing(job):
            return existing
        self._check_place(caller, index_id)
        if source_connector_id is not None:
            raise NotFound("connector", source_connector_id)
        self._check_uri(video_uri)
        file = ImportFile(
            file_id=f"{IMPORT_FILE}_{seed}",
            job_id=job.job_id,
            ordinal=0,
            file_name=base_name(video_uri.partition("?")[0].partition("#")[0]),
            source_uri=video_uri,
        )
        return self._start(job, file)

    def remove_leftovers(self) -> int:
        """Remove files that were stored for an import which was never written, or has ended: what a
        crash left. To be called while nothing can be uploaded. Returns how many went."""
        removed = 0
        for key in list(self._blobs.keys("imports/")):
            _, tenant_id, job_id, *_ = key.split("/")
            job = self._documents.get(ImportJob, keys.import_job(tenant_id, job_id))
            if (job is None and not self._awaits_completion(tenant_id, job_id)) or (
                job is not None and job.status.is_terminal
            ):
                self._blobs.delete(key)
                removed += 1
        return removed

    def _awaits_completion(self, tenant_id: str, job_id: str) -> bool:
        """Whether an upload session has brought the file, and was cut off before its import began."""
        upload_id = upload_id_of(job_id)
        return self._documents.records.get(keys.upload_session(tenant_id, upload_id)) is not None

    def _new_job(
        self,
        caller: Caller,
        seed: str,
        kind: SourceKind,
        title: str,
        index_id: str | None,
        index_created: bool,
    ) -> ImportJob:
        return ImportJob(
            job_id=f"{IMPORT_JOB}_{seed}",
            tenant_id=caller.tenant_id,
            user_id=caller.user_id,
            source_kind=kind,
            index_id=index_id,
            index_created=index_created,
            holds_place=index_id is None,
            title=_checked_title(title),
            created_at=timestamp(),
            progress=ImportProgress(total_files=1),
        )

    def _existing(self, job: ImportJob) -> ImportJob | None:
        """Find the job of an earlier request with the same seed, and submit it again unless it has ended."""
        found = self._find(job)
        return None if found is None else self._submitted(found)

    def _find(self, job: ImportJob) -> ImportJob | None:
        return self._documents.get(ImportJob, keys.import_job(job.tenant_id, job.job_id))

    def _submitted(self, job: ImportJob) -> ImportJob:
        if not job.status.is_terminal:
            self._jobs.submit(_request(job))
        return job

    def _check_place(self, caller: Caller, index_id: str | None) -> None:
        if index_id is not None:
            unchanged_index_write(self._documents, caller.tenant_id, index_id)
            return
        check_playground_capacity(self._documents, caller.tenant_id, self._limits.max_playground_media)

    def _check_uri(self, uri: str) -> None:
        if uri.lower().startswith(_STORAGE_SCHEMES):
            raise InvalidRequest(
                "video_uri", "must start with https://, or come with the source_connector_id that may read it"
            )
        try:
            self._fetcher.check(uri)
        except UriRefused as refusal:
            raise InvalidRequest("video_uri", str(refusal)) from refusal

    def _start(self, job: ImportJob, file: ImportFile) -> ImportJob:
        """Write job, file and request together, and submit the request. Return the job of an earlier
        request with the same seed where there is one.

        Raises: NotFound: the index has gone meanwhile, and the stored file with it; Conflict: the
        playground has been filled.
        """
        request = _request(job)

        def decide() -> Decision[ImportJob]:
            try:
                guard = self._guard(job)
            except Conflict:
                # The same import may have taken the last place, in a request at the same moment.
                if existing := self._find(job):
                    return Decision(existing)
                raise
            return Decision(
                job,
                [
                    guard,
                    put(keys.import_job(job.tenant_id, job.job_id), job, expected_version=ABSENT),
                    put(keys.import_file(job.tenant_id, job.job_id, file.ordinal), file),
                    put(keys.job(request.job_id), request),
                ],
            )

        try:
            started = self._documents.transact(decide, done_elsewhere=lambda: self._find(job))
        except NotFound:
            if file.source_key is not None:
                self._blobs.delete(file.source_key)
            raise
        return self._submitted(started)

    def _guard(self, job: ImportJob) -> Write:
        """Build the write that fails the transaction if the index or the playground changes meanwhile.

        Raises: NotFound: the index has gone; Conflict: the playground is full.
        """
        if job.index_id is None:
            return reservation_write(self._documents, job.tenant_id, self._limits.max_playground_media)
        return unchanged_index_write(self._documents, job.tenant_id, job.index_id)


def import_source_key(tenant_id: str, seed: str) -> str:
    """Where the file of the import that is made from ``seed`` lies."""
    return blob_keys.import_source(tenant_id, f"{IMPORT_JOB}_{seed}", f"{IMPORT_FILE}_{seed}")


def _checked_title(title: str) -> str:
    stripped = title.strip()
    if not 1 <= len(stripped) <= _LONGEST_TITLE:
        raise InvalidRequest("title", f"must have 1 to {_LONGEST_TITLE} characters")
    return stripped


def _request(job: ImportJob) -> JobRequest:
    return JobRequest(
        job_id=job.job_id,
        workflow=Workflow.INGEST,
        arguments={"tenant_id": job.tenant_id, "import_job_id": job.job_id},
        requested_at=job.created_at,
    )
