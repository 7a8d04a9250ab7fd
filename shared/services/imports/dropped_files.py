"""Drop folder: a file written to the store as ``drop/{tenant}/{index id or playground}/{file name}`` is
imported once and then removed from there."""

import hashlib
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from ulid import ULID

from shared.domain import default_index, keys
from shared.domain.access import Caller, Scope
from shared.domain.errors import DomainError, Unavailable, WriteRejected
from shared.domain.ids import IMPORT_JOB
from shared.domain.imports.import_job import ImportJob, SourceKind
from shared.domain.media import Index
from shared.ports.dropped_files import DroppedFile, DroppedFileGone, DroppedFiles
from shared.services.imports.identifiers import import_source_key
from shared.services.imports.intake import Imports
from shared.services.imports.limits import ImportLimits
from shared.services.records.documents import Documents

DROP_PREFIX: Final = "drop/"
PLAYGROUND: Final = "playground"
_DROP_USER: Final = "usr_dropped_files"
"""The user id of these imports. Permission to write to the store belongs to no user of the server."""


class DropRefused(DomainError):
    """The file breaks a rule. It stays in the drop folder, marked with the code."""

    code = "drop_refused"


class DropDestination(NamedTuple):
    """The parts of a dropped file's key. ``index_id`` None is the playground."""

    tenant_id: str
    index_id: str | None
    file_name: str


class DropOutcome(StrEnum):
    IMPORTED = "imported"
    REFUSED = "refused"
    GONE = "gone"
    """The file was removed or replaced meanwhile. A replacement has an event of its own."""

    IGNORED = "ignored"
    """The object is a folder marker: consoles create empty objects to show folders."""


class DroppedImports:
    """Imports of dropped files."""

    def __init__(
        self, documents: Documents, files: DroppedFiles, imports: Imports, limits: ImportLimits
    ) -> None:
        self._documents = documents
        self._files = files
        self._imports = imports
        self._limits = limits

    def import_file(self, file: DroppedFile, at: datetime) -> tuple[DropOutcome, str]:
        """Import or refuse ``file``. Return the outcome, with the import job's id or the reason of a refusal.

        ``at`` is the time when the store received the file. It is the same at each delivery of the event, so
        that a repeated delivery finds the same import.

        Raises: Unavailable, WriteRejected: the event must be delivered again.
        """
        if file.key.endswith("/"):
            return DropOutcome.IGNORED, "folder"
        try:
            return self._import(file, drop_seed(file, at))
        except DroppedFileGone:
            return DropOutcome.GONE, file.key
        except (Unavailable, WriteRejected):  # the file itself is valid
            raise
        except DomainError as refusal:
            return self._refuse(file, refusal)

    def _import(self, file: DroppedFile, seed: str) -> tuple[DropOutcome, str]:
        destination = self._destination(file)
        job_id = f"{IMPORT_JOB}_{seed}"
        if self._documents.get(ImportJob, keys.import_job(destination.tenant_id, job_id)) is None:
            source = import_source_key(destination.tenant_id, seed)
            self._files.copy(file, source)
            self._imports.accept_stored(
                Caller(tenant_id=destination.tenant_id, user_id=_DROP_USER, scopes=frozenset({Scope.WRITE})),
                source_key=source,
                file_name=destination.file_name,
                size=file.size,
                title=None,
                index_id=destination.index_id,
                kind=SourceKind.UPLOAD,
                seed=seed,
            )
        self._files.remove(file)
        return DropOutcome.IMPORTED, job_id

    def _destination(self, file: DroppedFile) -> DropDestination:
        """Parse and check the key of a dropped file. Raises: DropRefused."""
        parts = file.key.removeprefix(DROP_PREFIX).split("/", 2)
        if not file.key.startswith(DROP_PREFIX) or len(parts) != 3 or not all(parts):
            raise DropRefused(
                "the name is not drop/{tenant}/{index id or playground}/{file name}", code="bad_name"
            )
        tenant_id, folder, file_name = parts
        if tenant_id == default_index.TENANT:
            raise DropRefused("there is no such tenant", code="no_such_tenant")
        index_id = None if folder == PLAYGROUND else folder
        if index_id is None and not self._is_tenant(tenant_id):
            raise DropRefused("there is no such tenant", code="no_such_tenant")
        if index_id is not None:
            index = self._documents.get(Index, keys.index(tenant_id, index_id))
            if index is None or index.deleting:
                raise DropRefused("there is no such index", code="no_such_index")
        if not 0 < file.size <= self._limits.max_upload_bytes:
            raise DropRefused("the file is empty or too large", code="bad_size")
        return DropDestination(tenant_id, index_id, file_name)

    def _is_tenant(self, tenant_id: str) -> bool:
        """Return whether a tenant exists: it has an API key or an index. There is no list of tenants."""
        partitions = (keys.api_key_listing(tenant_id), keys.index(tenant_id))
        return any(self._documents.sort_keys(partition, limit=1).items for partition in partitions)

    def _refuse(self, file: DroppedFile, refusal: DomainError) -> tuple[DropOutcome, str]:
        """Mark the file as refused. A copy that exists already is removed with other unused sources."""
        try:
            self._files.refuse(file, refusal.code)
        except DroppedFileGone:
            return DropOutcome.GONE, file.key
        return DropOutcome.REFUSED, f"{refusal.code}: {refusal.message}"


def drop_seed(file: DroppedFile, at: datetime) -> str:
    """Build a ULID that is the same at each delivery of a file's event and sorts by ``at``."""
    milliseconds = int(at.timestamp() * 1000).to_bytes(6, "big")
    digest = hashlib.sha256(f"{file.key}\n{file.version}\n{file.size}".encode()).digest()
    return str(ULID.from_bytes(milliseconds + digest[:10]))
