"""Upload sessions: the client announces a file, sends its parts to the store, and completes the import."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared.domain import keys
from shared.domain.access import Caller, Scope
from shared.domain.clock import isoformat, now, timestamp
from shared.domain.errors import (
    Conflict,
    InvalidRequest,
    NotFound,
    PayloadTooLarge,
    UnsupportedMedia,
)
from shared.domain.file_names import base_name
from shared.domain.ids import IMPORT_JOB
from shared.domain.imports.import_job import ImportJob, SourceKind
from shared.domain.imports.upload_session import (
    UPLOAD,
    UPLOAD_LIFE,
    UploadSession,
    UploadStatus,
    upload_id_of,
)
from shared.ports.blobs import Blobs
from shared.ports.part_uploads import PartUploads
from shared.ports.records import ABSENT
from shared.ports.upload_sessions import (
    SignedRequest,
    UploadIncomplete,
    UploadNotFound,
    UploadPart,
    plan_parts,
)
from shared.services.imports.identifiers import import_source_key
from shared.services.imports.intake import Imports
from shared.services.imports.limits import ImportLimits
from shared.services.library.index_access import visible_index
from shared.services.records.documents import Documents, put

MAX_LINKS: Final = 200
"""Links in one answer. Links are long, and the answer of a Lambda function is limited to 6 MB."""

_CONTENT_TYPES: Final = ("video/", "audio/", "image/", "application/octet-stream", "application/mp4")


@dataclass(frozen=True, slots=True)
class OpenPart:
    """A part that has not arrived, and the signed request that sends it."""

    part: UploadPart
    request: SignedRequest


@dataclass(frozen=True, slots=True)
class UploadView:
    """A session and its parts. ``arrived`` are part numbers. ``missing`` are the next parts to send, at most
    ``MAX_LINKS``, and empty once the session is not open."""

    session: UploadSession
    part_count: int
    part_bytes: int
    arrived: Sequence[int]
    missing: Sequence[OpenPart]
    link_seconds: int


class Uploads:
    """Upload sessions, and the imports that they start."""

    def __init__(
        self,
        documents: Documents,
        store: PartUploads,
        blobs: Blobs,
        imports: Imports,
        limits: ImportLimits,
    ) -> None:
        self._documents = documents
        self._store = store
        self._blobs = blobs
        self._imports = imports
        self._limits = limits

    def begin(
        self,
        caller: Caller,
        *,
        file_name: str,
        content_type: str,
        size: int,
        title: str | None,
        index_id: str | None,
        seed: str,
    ) -> UploadView:
        """Open a session. The same ``seed`` twice is one session.

        Raises:
            PayloadTooLarge: the file is larger than the limit.
            UnsupportedMedia: the content type is not video, audio or image.
            InvalidRequest: the size is not positive, or the title is blank.
            NotFound: the index does not exist.
            NotPermitted: the index is the default index.
        """
        caller.require_own(index_id)
        self._check_file(content_type, size)
        self._check_destination(caller, title, index_id)
        key = import_source_key(caller.tenant_id, seed)
        expires = now() + UPLOAD_LIFE
        session = UploadSession(
            upload_id=f"{UPLOAD}_{seed}",
            tenant_id=caller.tenant_id,
            user_id=caller.user_id,
            store_upload_id=self._store.begin(key, content_type),
            file_name=base_name(file_name),
            content_type=content_type,
            size_bytes=size,
            title=title,
            index_id=index_id,
            created_at=timestamp(),
            expires_at=isoformat(expires),
        )
        record = put(_key(session), session, expected_version=ABSENT, expires_at=expires)
        if not self._documents.write_if_unchanged(record):  # an earlier request with the same seed
            self._store.abort(key, session.store_upload_id)
            return self.get(caller, session.upload_id)
        return self._view(session)

    def get(self, caller: Caller, upload_id: str) -> UploadView:
        """Read a session and the state of its parts. Raises: NotFound."""
        return self._view(self._session(caller.tenant_id, upload_id))

    def complete(self, caller: Caller, upload_id: str) -> ImportJob:
        """Join the parts into one file and import it. It is idempotent: each call returns the same job.

        Raises:
            NotFound: the session or its index does not exist.
            Conflict: parts are missing (``upload_incomplete``), the session was aborted
                (``upload_aborted``), or the playground is full.
        """
        session = self._session(caller.tenant_id, upload_id)
        if session.status is UploadStatus.ABORTED:
            raise _aborted()
        if session.status is UploadStatus.OPEN:
            self._join_parts(session)
        return self._start_import(session)

    def import_joined_file(self, tenant_id: str, import_job_id: str) -> ImportJob | None:
        """Start the import of a file that the store has announced under the source key of an import.

        Return None if the file did not come through a session, or if the session was aborted.

        Raises: as ``complete``.
        """
        key = keys.upload_session(tenant_id, upload_id_of(import_job_id))
        session = self._documents.get(UploadSession, key)
        if session is None or session.status is UploadStatus.ABORTED:
            return None
        return self._start_import(session)

    def abort(self, caller: Caller, upload_id: str) -> None:
        """Abort a session and delete its parts.

        Raises:
            NotFound: the session does not exist.
            Conflict: the session is complete (``upload_completed``).
        """
        session = self._session(caller.tenant_id, upload_id)
        ended = self._end(session, UploadStatus.ABORTED)
        if ended.status is not UploadStatus.ABORTED:
            raise Conflict("This upload is complete.", code="upload_completed")
        self._store.abort(_source(session), session.store_upload_id)
        self._blobs.delete(_source(session))

    def _join_parts(self, session: UploadSession) -> None:
        """Join the parts. Raises: Conflict: parts are missing, or the session was aborted."""
        try:
            self._store.complete(_source(session), session.store_upload_id, plan_parts(session.size_bytes))
        except UploadIncomplete as error:
            raise Conflict(
                f"{len(error.numbers)} parts have not arrived as announced.",
                code="upload_incomplete",
                details={"missing_parts": error.numbers[:MAX_LINKS]},
            ) from error
        except UploadNotFound as error:
            if self._job(session) is None:
                raise _aborted() from error

    def _start_import(self, session: UploadSession) -> ImportJob:
        """Start the import of a complete file. Concurrent calls start one job, as its write is conditional.

        Raises: Conflict: the session was aborted, or the playground is full. NotFound: the index was deleted.
        """
        if self._end(session, UploadStatus.COMPLETED).status is UploadStatus.ABORTED:
            raise _aborted()
        if (existing := self._job(session)) is not None and existing.status.is_terminal:
            return existing
        return self._imports.accept_stored(
            Caller(tenant_id=session.tenant_id, user_id=session.user_id, scopes=frozenset({Scope.WRITE})),
            source_key=_source(session),
            file_name=session.file_name,
            size=session.size_bytes,
            title=session.title,
            index_id=session.index_id,
            kind=SourceKind.UPLOAD,
            seed=session.seed,
        )

    def _end(self, session: UploadSession, status: UploadStatus) -> UploadSession:
        """Give an open session its final ``status``. A session that has ended does not change.

        Raises: VersionConflict: each of 20 attempts failed with one.
        """

        def end(stored: UploadSession) -> UploadSession:
            if stored.status is UploadStatus.OPEN:
                stored.status = status
            return stored

        expires = datetime.fromisoformat(session.expires_at)
        return self._documents.update(UploadSession, _key(session), end, expires_at=expires) or session

    def _job(self, session: UploadSession) -> ImportJob | None:
        key = keys.import_job(session.tenant_id, f"{IMPORT_JOB}_{session.seed}")
        return self._documents.get(ImportJob, key)

    def _session(self, tenant_id: str, upload_id: str) -> UploadSession:
        session = self._documents.get(UploadSession, keys.upload_session(tenant_id, upload_id))
        if session is None:
            raise NotFound("upload", upload_id)
        return session

    def _view(self, session: UploadSession) -> UploadView:
        parts = plan_parts(session.size_bytes)
        arrived: list[UploadPart] = []
        if session.status is UploadStatus.OPEN:
            arrived = self._arrived(session)
        seconds = self._limits.signed_link_seconds
        to_send = [part for part in parts if part not in arrived] if _is_open(session) else []
        links = self._store.part_links(
            _source(session), session.store_upload_id, to_send[:MAX_LINKS], expires_in=seconds
        )
        missing = [OpenPart(part, link) for part, link in zip(to_send, links, strict=False)]
        return UploadView(
            session, len(parts), parts[0].size, [part.number for part in arrived], missing, seconds
        )

    def _arrived(self, session: UploadSession) -> list[UploadPart]:
        try:
            return self._store.parts(_source(session), session.store_upload_id)
        except UploadNotFound:  # the store has joined the parts already
            return plan_parts(session.size_bytes)

    def _check_destination(self, caller: Caller, title: str | None, index_id: str | None) -> None:
        """Check title and index. Raises: InvalidRequest: the title is blank. NotFound: no such index."""
        if title is not None and not title.strip():
            raise InvalidRequest("title", "must not be blank")
        if index_id is not None:
            visible_index(self._documents, caller.tenant_id, index_id)

    def _check_file(self, content_type: str, size: int) -> None:
        """Check size and type. Raises: InvalidRequest, PayloadTooLarge, UnsupportedMedia."""
        limit = self._limits.max_upload_bytes
        if size < 1:
            raise InvalidRequest("size_bytes", "must be at least 1")
        if size > limit:
            raise PayloadTooLarge(
                f"A file may have at most {limit} bytes.",
                details={"rule": "max_upload_bytes", "limit": limit},
            )
        if not content_type.lower().startswith(_CONTENT_TYPES):
            raise UnsupportedMedia(f"{content_type[:100]!r} is not a type of video, audio or image.")


def _is_open(session: UploadSession) -> bool:
    return session.status is UploadStatus.OPEN


def _key(session: UploadSession) -> keys.Key:
    return keys.upload_session(session.tenant_id, session.upload_id)


def _source(session: UploadSession) -> str:
    return import_source_key(session.tenant_id, session.seed)


def _aborted() -> Conflict:
    return Conflict("This upload was aborted, or it has expired.", code="upload_aborted")
