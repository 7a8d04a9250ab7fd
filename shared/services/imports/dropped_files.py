"""A file put straight into the store, as ``drop/{tenant}/{index id or playground}/{file name}``,
is imported, once, and taken away."""

import hashlib
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from ulid import ULID

from shared.domain import keys
from shared.domain.access import Caller, Scope
from shared.domain.errors import DomainError, Unavailable, WriteRejected
from shared.domain.ids import IMPORT_JOB
from shared.domain.import_job import ImportJob, SourceKind
from shared.domain.media import Index
from shared.ports.dropped_files import DroppedFile, DroppedFileGone, DroppedFiles
from shared.services.imports.imports import Imports, import_source_key
from shared.services.imports.limits import ImportLimits
from shared.services.records.documents import Documents

DROP_PREFIX: Final = "drop/"
PLAYGROUND: Final = "playground"
_NOBODY: Final = "usr_dropped_files"
"""Whoever may write into the store is no user of ours."""


class DropRefused(DomainError):
    """The file is left where it is, marked with the code."""

    code = "drop_refused"


class Place(NamedTuple):
    """``index_id`` None is the playground."""

    tenant_id: str
    index_id: str | None
    file_name: str


class DropOutcome(StrEnum):
    IMPORTED = "imported"
    REFUSED = "refused"
    GONE = "gone"
    """Removed or replaced since; a replacement has an event of its own."""

    IGNORED = "ignored"
    """No file: consoles put empty objects where they show folders."""


class DroppedImports:
    def __init__(
        self, documents: Documents, files: DroppedFiles, imports: Imports, limits: ImportLimits
    ) -> None:
        self._documents = documents
        self._files = files
        self._imports = imports
        self._limits = limits

    def arrived(self, file: DroppedFile, at: datetime) -> tuple[DropOutcome, str]:
        """Import ``file``, or refuse it. ``at`` is the time when the store took it, the same at each
        announcement. Return the outcome with the import job's id, or with the reason for a refusal.

        Raises: Unavailable, WriteRejected: announce it again.
        """
        if file.key.endswith("/"):
            return DropOutcome.IGNORED, "folder"
        try:
            return self._import(file, seed_of(file, at))
        except DroppedFileGone:
            return DropOutcome.GONE, file.key
        except (Unavailable, WriteRejected):  # not the file's fault
            raise
        except DomainError as refusal:
            return self._refuse(file, refusal)

    def _import(self, file: DroppedFile, seed: str) -> tuple[DropOutcome, str]:
        place = self._place(file)
        job_id = f"{IMPORT_JOB}_{seed}"
        if self._documents.get(ImportJob, keys.import_job(place.tenant_id, job_id)) is None:
            source = import_source_key(place.tenant_id, seed)
            self._files.copy(file, source)
            self._imports.accept_stored(
                Caller(tenant_id=place.tenant_id, user_id=_NOBODY, scopes=frozenset({Scope.WRITE})),
                source_key=source,
                file_name=place.file_name,
                size=file.size,
                title=None,
                index_id=place.index_id,
                kind=SourceKind.UPLOAD,
                seed=seed,
            )
        self._files.remove(file)
        return DropOutcome.IMPORTED, job_id

    def _place(self, file: DroppedFile) -> Place:
        parts = file.key.removeprefix(DROP_PREFIX).split("/", 2)
        if not file.key.startswith(DROP_PREFIX) or len(parts) != 3 or not all(parts):
            raise DropRefused(
                "the name is not drop/{tenant}/{index id or playground}/{file name}", code="bad_name"
            )
        tenant_id, place, file_name = parts
        index_id = None if place == PLAYGROUND else place
        if index_id is None and not self._is_tenant(tenant_id):
            raise DropRefused("there is no such tenant", code="no_such_tenant")
        if index_id is not None:
            index = self._documents.get(Index, keys.index(tenant_id, index_id))
            if index is None or index.deleting:
                raise DropRefused("there is no such index", code="no_such_index")
        if not 0 < file.size <= self._limits.max_upload_bytes:
            raise DropRefused("the file is empty or too large", code="bad_size")
        return Place(tenant_id, index_id, file_name)

    def _is_tenant(self, tenant_id: str) -> bool:
        """A tenant is whoever has a key or an index: there is no list of them."""
        places = (keys.api_key_listing(tenant_id), keys.index(tenant_id))
        return any(self._documents.sort_keys(place, limit=1).items for place in places)

    def _refuse(self, file: DroppedFile, refusal: DomainError) -> tuple[DropOutcome, str]:
        """A copy that was made already is removed with other left-overs of imports."""
        try:
            self._files.refuse(file, refusal.code)
        except DroppedFileGone:
            return DropOutcome.GONE, file.key
        return DropOutcome.REFUSED, f"{refusal.code}: {refusal.message}"


def seed_of(file: DroppedFile, at: datetime) -> str:
    """A ULID that is the same at each announcement, and sorts by time like any other."""
    milliseconds = int(at.timestamp() * 1000).to_bytes(6, "big")
    digest = hashlib.sha256(f"{file.key}\n{file.version}\n{file.size}".encode()).digest()
    return str(ULID.from_bytes(milliseconds + digest[:10]))
