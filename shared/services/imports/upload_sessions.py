"""Upload sessions: announced, sent part by part straight to the store, completed into an import."""

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
from shared.domain.import_job import ImportJob, SourceKind
from shared.domain.upload_session import UPLOAD, UPLOAD_LIFE, UploadSession, UploadStatus, upload_id_of
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
from shared.services.imports.imports import Imports, import_source_key
from shared.services.imports.limits import ImportLimits
from shared.services.library.index_access import unchanged_index_write
from shared.services.records.documents import Documents, put

MOST_LINKS: Final = 200
"""In one answer: links are long, and a Lambda may answer with 6 MB."""

_KINDS: Final = ("video/", "audio/", "image/", "application/octet-stream", "application/mp4")


@dataclass(frozen=True, slots=True)
class OpenPart:
    part: UploadPart
    request: SignedRequest


@dataclass(frozen=True, slots=True)
class UploadView:
    """``missing`` are the next parts to send, at most ``MOST_LINKS``; none once it is not open."""

    session: UploadSession
    part_count: int
    part_bytes: int
    arrived: Sequence[int]
    missing: Sequence[OpenPart]
    link_seconds: int


class Uploads:
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
        """Open a session; the same ``seed`` twice is one session.

        Raises:
            PayloadTooLarge, UnsupportedMedia: what is announced would not be taken.
            InvalidRequest: no bytes are announced, or a blank title.
            NotFound: no such index.
        """
        self._check(content_type, size)
        if title is not None and not title.strip():
            raise InvalidRequest("title", "must not be blank")
        if index_id is not None:
            unchanged_index_write(self._documents, caller.tenant_id, index_id)
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
        if not self._documents.write_if_unchanged(record):  # an earlier try of the same request
            self._store.abort(key, session.store_upload_id)
            return self.get(caller, session.upload_id)
        return self._view(session)

    def get(self, caller: Caller, upload_id: str) -> UploadView:
        """Raises: NotFound."""
        return self._view(self._session(caller.tenant_id, upload_id))

    def complete(self, caller: Caller, upload_id: str) -> ImportJob:
        """Make the parts one file and import it. Completing twice gives the same job.

        Raises:
            NotFound: no such session, or its index has gone.
            Conflict: parts are missing (``upload_incomplete``), it was aborted (``upload_aborted``), or
                the playground is full.
        """
        session = self._session(caller.tenant_id, upload_id)
        if session.status is UploadStatus.ABORTED:
            raise _aborted()
        if session.status is UploadStatus.OPEN:
            self._join(session)
        return self._import(session)

    def arrived(self, tenant_id: str, import_job_id: str) -> ImportJob | None:
        """The store says that a file lies where an import's source does. None: it did not come
        through a session, or its session was aborted.

        Raises: as ``complete``.
        """
        key = keys.upload_session(tenant_id, upload_id_of(import_job_id))
        session = self._documents.get(UploadSession, key)
        if session is None or session.status is UploadStatus.ABORTED:
            return None
        return self._import(session)

    def abort(self, caller: Caller, upload_id: str) -> None:
        """Forget the parts. Raises: NotFound; Conflict: it is complete (``upload_completed``)."""
        session = self._session(caller.tenant_id, upload_id)
        ended = self._end(session, UploadStatus.ABORTED)
        if ended.status is not UploadStatus.ABORTED:
            raise Conflict("This upload is complete.", code="upload_completed")
        self._store.abort(_source(session), session.store_upload_id)
        self._blobs.delete(_source(session))

    def _join(self, session: UploadSession) -> None:
        try:
            self._store.complete(_source(session), session.store_upload_id, plan_parts(session.size_bytes))
        except UploadIncomplete as error:
            raise Conflict(
                f"{len(error.numbers)} parts have not arrived as announced.",
                code="upload_incomplete",
                details={"missing_parts": error.numbers[:MOST_LINKS]},
            ) from error
        except UploadNotFound as error:
            if self._job(session) is None:
                raise _aborted() from error

    def _import(self, session: UploadSession) -> ImportJob:
        """The job's own conditional write lets one of many start it."""
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
        """End an open session with ``status``; one that has ended stays as it is.

        Raises: VersionConflict: each of 20 attempts met one.
        """

        def end(found: UploadSession) -> UploadSession:
            if found.status is UploadStatus.OPEN:
                found.status = status
            return found

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
        left = [part for part in parts if part not in arrived] if _is_open(session) else []
        links = self._store.part_links(
            _source(session), session.store_upload_id, left[:MOST_LINKS], expires_in=seconds
        )
        missing = [OpenPart(part, link) for part, link in zip(left, links, strict=False)]
        return UploadView(
            session, len(parts), parts[0].size, [part.number for part in arrived], missing, seconds
        )

    def _arrived(self, session: UploadSession) -> list[UploadPart]:
        try:
            return self._store.parts(_source(session), session.store_upload_id)
        except UploadNotFound:  # the store has just made it one file
            return plan_parts(session.size_bytes)

    def _check(self, content_type: str, size: int) -> None:
        limit = self._limits.max_upload_bytes
        if size < 1:
            raise InvalidRequest("size_bytes", "must be at least 1")
        if size > limit:
            raise PayloadTooLarge(
                f"A file may have at most {limit} bytes.",
                details={"rule": "max_upload_bytes", "limit": limit},
            )
        if not content_type.lower().startswith(_KINDS):
            raise UnsupportedMedia(f"{content_type[:100]!r} is no kind of video, audio or picture.")


def _is_open(session: UploadSession) -> bool:
    return session.status is UploadStatus.OPEN


def _key(session: UploadSession) -> keys.Key:
    return keys.upload_session(session.tenant_id, session.upload_id)


def _source(session: UploadSession) -> str:
    return import_source_key(session.tenant_id, session.seed)


def _aborted() -> Conflict:
    return Conflict("This upload was aborted, or left for too long.", code="upload_aborted")
